//! The three modalities of an utterance, and a container of one value for each.

use serde::{Deserialize, Serialize};
use std::fmt;

crate::choice! {
    /// One of the three modalities of an utterance.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Modality {
        /// What is said: word ids or word vectors.
        Text,
        /// What is seen: facial features.
        Visual,
        /// What is heard: voice features.
        Acoustic,
    }
}

impl Modality {
    /// The three modalities in text, visual, acoustic order.
    pub const ALL: [Self; 3] = [Self::Text, Self::Visual, Self::Acoustic];

    /// The name in lower case: `text`, `visual` or `acoustic`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Visual => "visual",
            Self::Acoustic => "acoustic",
        }
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One `T` per modality.
///
/// What the model does for each modality is written once and mapped over this type, instead of
/// three times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerModality<T> {
    /// Value of [`Modality::Text`].
    pub text: T,
    /// Value of [`Modality::Visual`].
    pub visual: T,
    /// Value of [`Modality::Acoustic`].
    pub acoustic: T,
}

impl<T> PerModality<T> {
    /// Builds the value of each modality from its name.
    pub fn from_fn(mut f: impl FnMut(Modality) -> T) -> Self {
        Self {
            text: f(Modality::Text),
            visual: f(Modality::Visual),
            acoustic: f(Modality::Acoustic),
        }
    }

    /// Borrows each value.
    pub fn as_ref(&self) -> PerModality<&T> {
        PerModality {
            text: &self.text,
            visual: &self.visual,
            acoustic: &self.acoustic,
        }
    }

    /// The value of one modality.
    pub fn get(&self, modality: Modality) -> &T {
        match modality {
            Modality::Text => &self.text,
            Modality::Visual => &self.visual,
            Modality::Acoustic => &self.acoustic,
        }
    }

    /// The value of one modality, to be changed.
    pub fn get_mut(&mut self, modality: Modality) -> &mut T {
        match modality {
            Modality::Text => &mut self.text,
            Modality::Visual => &mut self.visual,
            Modality::Acoustic => &mut self.acoustic,
        }
    }

    /// Applies `f` to each value.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> PerModality<U> {
        PerModality {
            text: f(self.text),
            visual: f(self.visual),
            acoustic: f(self.acoustic),
        }
    }

    /// Pairs each value with the other container's value for the same modality.
    pub fn zip<U>(self, other: PerModality<U>) -> PerModality<(T, U)> {
        PerModality {
            text: (self.text, other.text),
            visual: (self.visual, other.visual),
            acoustic: (self.acoustic, other.acoustic),
        }
    }

    /// The values in text, visual, acoustic order.
    pub fn into_array(self) -> [T; 3] {
        [self.text, self.visual, self.acoustic]
    }

    /// The three unordered pairs of distinct modalities.
    pub fn pairs(&self) -> [(&T, &T); 3] {
        [
            (&self.text, &self.visual),
            (&self.text, &self.acoustic),
            (&self.acoustic, &self.visual),
        ]
    }
}

impl<T, E> PerModality<Result<T, E>> {
    /// All values, or the first error in text, visual, acoustic order.
    ///
    /// # Errors
    ///
    /// The first error found.
    pub fn transpose(self) -> Result<PerModality<T>, E> {
        Ok(PerModality {
            text: self.text?,
            visual: self.visual?,
            acoustic: self.acoustic?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> PerModality<&'static str> {
        PerModality::from_fn(Modality::name)
    }

    #[test]
    fn order_is_text_visual_acoustic() {
        assert_eq!(names().into_array(), ["text", "visual", "acoustic"]);
        assert_eq!(Modality::ALL.map(Modality::name), names().into_array());
    }

    #[test]
    fn map_with_identity_changes_nothing() {
        assert_eq!(names().map(|name| name), names());
    }

    #[test]
    fn zip_pairs_equal_modalities() {
        let zipped = names().zip(PerModality::from_fn(|modality| modality));
        for (name, modality) in zipped.into_array() {
            assert_eq!(name, modality.to_string());
            assert_eq!(names().get(modality), &name);
        }
    }

    #[test]
    fn transpose_reports_the_first_error() {
        let results = PerModality::from_fn(|modality| match modality {
            Modality::Text => Ok(1),
            other => Err(other),
        });
        assert_eq!(results.transpose(), Err(Modality::Visual));
    }
}
