//! One modality taken from another file.

use crate::refusal::Listed;
use crate::{DataError, OpenOptions, Sequence, TextSequence, Utterance, format};
use misa_core::Modality;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The sequences that take the place of others, by utterance id.
#[derive(Debug, Default)]
pub(crate) struct Replacements(Vec<Replacement>);

#[derive(Debug)]
struct Replacement {
    modality: Modality,
    path: PathBuf,
    sequences: HashMap<String, Sequence>,
    missing: Listed,
}

impl Replacements {
    /// Reads one modality of each file.
    pub fn read(options: &OpenOptions, files: &[(Modality, PathBuf)]) -> Result<Self, DataError> {
        let read =
            |(modality, path): &(Modality, PathBuf)| Replacement::read(options, *modality, path);
        files.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Replaces what is to be replaced; `false` when a file has nothing for this utterance.
    pub fn apply(&mut self, utterance: &mut Utterance) -> bool {
        // Every file is asked, so that each lists all it lacks.
        let complete = self.0.iter_mut().map(|file| file.apply(utterance));
        complete.fold(true, |all, found| all & found)
    }

    /// Fails when an utterance was not found in a file.
    pub fn check(&self) -> Result<(), DataError> {
        self.0.iter().try_for_each(Replacement::check)
    }
}

impl Replacement {
    fn read(options: &OpenOptions, modality: Modality, path: &Path) -> Result<Self, DataError> {
        let mut sequences = HashMap::new();
        format::read_modality(path, options, modality, &mut |id, sequence| {
            sequences.insert(id, sequence);
        })?;
        Ok(Self {
            modality,
            path: path.to_owned(),
            sequences,
            missing: Listed::default(),
        })
    }

    fn apply(&mut self, utterance: &mut Utterance) -> bool {
        let Some(sequence) = self.sequences.get(&utterance.id).cloned() else {
            self.missing.add(&utterance.id);
            return false;
        };
        match self.modality {
            Modality::Text => utterance.text = TextSequence::Features(sequence),
            Modality::Visual => utterance.visual = sequence,
            Modality::Acoustic => utterance.acoustic = sequence,
        }
        true
    }

    fn check(&self) -> Result<(), DataError> {
        if self.missing.count() == 0 {
            return Ok(());
        }
        Err(DataError::NotReplaced {
            place: self.path.display().to_string(),
            modality: self.modality,
            found: format!("{} {}", self.missing.count(), self.missing),
        })
    }
}
