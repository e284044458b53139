//! The roles of the sequences of a folder.

use super::EXTENSION;
use super::sequence::Csd;
use crate::format::files;
use crate::{DataError, OpenOptions};
use misa_files::FileKind;
use misa_terms::Modality;
use std::collections::BTreeMap;
use std::path::Path;

/// Kinds of the files.
pub(in crate::format) const KINDS: [FileKind; 2] = [FileKind::Hdf5, FileKind::Matlab73];

/// Parts of names that reveal the role of a sequence, in lower case.
pub(super) const LABELS: [&str; 2] = ["label", "opinion"];
pub(super) const VISUAL: [&str; 4] = ["facet", "openface", "visual", "video"];
pub(super) const ACOUSTIC: [&str; 4] = ["covarep", "opensmile", "acoustic", "audio"];
pub(super) const WORDS: [&str; 1] = ["word"];

/// The role of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Words,
    Labels,
    Visual,
    Acoustic,
}

impl Role {
    fn of_modality(modality: Modality) -> Self {
        match modality {
            Modality::Text => Self::Words,
            Modality::Visual => Self::Visual,
            Modality::Acoustic => Self::Acoustic,
        }
    }

    /// The error for several sequences of this role.
    pub fn several(self, folder: &Path, found: &[Csd]) -> DataError {
        let path = folder.to_owned();
        let found = found.iter().map(|csd| csd.path.display().to_string());
        let choice = |modality, what| DataError::Choice {
            path: path.clone(),
            modality,
            what,
            found: found.clone().collect(),
        };
        match self {
            Self::Words => choice(Modality::Text, "words"),
            Self::Visual => choice(Modality::Visual, "visual features"),
            Self::Acoustic => choice(Modality::Acoustic, "acoustic features"),
            Self::Labels => DataError::Several {
                path: path.clone(),
                expected: "one sequence of labels".to_string(),
                found: found.collect(),
            },
        }
    }

    /// By the name of the sequence, or otherwise that of the file. A sequence of texts is the
    /// words, and no other one is: vectors of words have "word" in their name too.
    fn of(csd: &Csd) -> Result<Option<Self>, DataError> {
        if csd.is_text()? {
            let is_word = [&csd.root, &files::name(&csd.path)]
                .into_iter()
                .any(|name| has_one_of(name, &WORDS));
            return Ok(is_word.then_some(Self::Words));
        }
        let by_name = |name: &str| {
            let roles = [
                (Self::Labels, LABELS.as_slice()),
                (Self::Visual, &VISUAL),
                (Self::Acoustic, &ACOUSTIC),
            ];
            let mut found = roles
                .into_iter()
                .filter(|(_, names)| has_one_of(name, names));
            found.next().map(|(role, _)| role)
        };
        Ok(by_name(&csd.root).or_else(|| by_name(&files::name(&csd.path))))
    }
}

/// The sequences of a folder by their role, or the one that is chosen for it.
pub(super) fn roles(
    folder: &Path,
    options: &OpenOptions,
) -> Result<BTreeMap<Role, Vec<Csd>>, DataError> {
    let mut chosen: BTreeMap<Role, Vec<Csd>> = BTreeMap::new();
    for modality in Modality::ALL {
        if let Some(path) = options.chosen(modality, &KINDS)? {
            let role = Role::of_modality(modality);
            let csd = Csd::open(path.to_owned())?;
            if csd.is_text()? != (role == Role::Words) {
                let (texts, numbers) = ("a sequence of words", "a sequence of numbers");
                let (expected, found) = match role {
                    Role::Words => (texts, numbers),
                    _ => (numbers, texts),
                };
                return Err(DataError::layout(
                    path.display().to_string(),
                    expected,
                    found,
                ));
            }
            chosen.insert(role, vec![csd]);
        }
    }
    let mut roles: BTreeMap<Role, Vec<Csd>> = BTreeMap::new();
    for path in files::with(folder, EXTENSION)? {
        let csd = Csd::open(path)?;
        match Role::of(&csd)? {
            Some(role) if !chosen.contains_key(&role) => {
                roles.entry(role).or_default().push(csd);
            }
            _ => {}
        }
    }
    roles.append(&mut chosen);
    Ok(roles)
}

fn has_one_of(name: &str, parts: &[&str]) -> bool {
    let name = name.to_lowercase();
    parts.iter().any(|part| name.contains(part))
}
