//! Names of tensors and texts.

use crate::error::{Fault, quoted};
use crate::limits::Limits;
use std::fmt;

/// Where the header keeps texts.
pub(crate) const METADATA: &str = "__metadata__";

/// The text in which Python's libraries say for which of them a file was written; it says nothing of the
/// tensors.
pub(super) const FORMAT: &str = "format";

/// A part of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Vectors or word ids as a tensor, a sentence as a text.
    Text,
    Visual,
    Acoustic,
    /// Flags of absent steps of the vectors.
    TextAbsent,
    VisualAbsent,
    AcousticAbsent,
    /// Words, as a text.
    Words,
    /// The id, as a text.
    Id,
}

impl Part {
    const TENSORS: [Self; 6] = [
        Self::Text,
        Self::Visual,
        Self::Acoustic,
        Self::TextAbsent,
        Self::VisualAbsent,
        Self::AcousticAbsent,
    ];
    const TEXTS: [Self; 3] = [Self::Text, Self::Words, Self::Id];

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Visual => "visual",
            Self::Acoustic => "acoustic",
            Self::TextAbsent => "text.absent",
            Self::VisualAbsent => "visual.absent",
            Self::AcousticAbsent => "acoustic.absent",
            Self::Words => "words",
            Self::Id => "id",
        }
    }
}

/// Part of a clip, such as `3.visual`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// Number of the clip.
    pub clip: usize,
    pub part: Part,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.clip, self.part.name())
    }
}

impl Name {
    /// The tensor called `name`.
    pub fn of_tensor(name: &str, limits: &Limits) -> Result<Self, Fault> {
        Self::parse(name, Part::TENSORS, limits).unwrap_or_else(|| {
            let expected = "tensors called `0.text`, `0.visual`, `0.acoustic`, `1.text` and so on";
            Err(Fault::invalid(expected, quoted(name)))
        })
    }

    /// The text called `name`.
    pub fn of_text(name: &str, limits: &Limits) -> Result<Self, Fault> {
        Self::parse(name, Part::TEXTS, limits).unwrap_or_else(|| {
            let expected =
                "texts called `model`, `modalities`, `0.text`, `0.words`, `0.id`, `1.text` and so on";
            Err(Fault::invalid(expected, quoted(name)))
        })
    }

    /// `None` if there is no such part.
    fn parse<const N: usize>(
        name: &str,
        parts: [Part; N],
        limits: &Limits,
    ) -> Option<Result<Self, Fault>> {
        let (number, part) = name.split_once('.')?;
        let part = parts.into_iter().find(|known| known.name() == part)?;
        // Each number has one name, so that no clip is there twice.
        let is_number = !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (number == "0" || !number.starts_with('0'));
        if !is_number {
            return None;
        }
        let clip = number.parse().ok().filter(|&clip| clip < limits.clips);
        let fault = || Fault::too_many(limits.clips, "clips", format!("`{}`", quoted_number(name)));
        Some(clip.map(|clip| Self { clip, part }).ok_or_else(fault))
    }
}

/// Checks the name of a tensor in a header.
pub(crate) fn check_tensor_name(name: &str, limits: &Limits) -> Result<(), Fault> {
    Name::of_tensor(name, limits).map(|_| ())
}

/// Checks the name of a text in a header.
pub(crate) fn check_text_name(name: &str, limits: &Limits) -> Result<(), Fault> {
    match name {
        "model" | "modalities" | FORMAT => Ok(()),
        _ => Name::of_text(name, limits).map(|_| ()),
    }
}

fn quoted_number(name: &str) -> String {
    quoted(name).replace('"', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_has_one_name() {
        let limits = Limits::default();
        let name = Name::of_tensor("12.visual", &limits).unwrap();
        assert_eq!(name.to_string(), "12.visual");
        let name = Name::of_tensor("12.visual.absent", &limits).unwrap();
        assert_eq!(name.to_string(), "12.visual.absent");
        for other in [
            "012.visual",
            "+1.visual",
            ".visual",
            "1.visual ",
            "1.visual.present",
            "1.absent",
            "1.id",
            "1",
        ] {
            assert!(Name::of_tensor(other, &limits).is_err(), "{other}");
        }
        assert!(Name::of_text("1.visual", &limits).is_err());
    }
}
