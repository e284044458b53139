//! Replacing one modality by that of another file.

use crate::entry::Entry;
use crate::note::Notes;
use crate::refusal::Listed;
use crate::{DataError, Note, Sequence, TextSequence};
use misa_terms::{Modality, RecipeStamp, Recipes};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The replacing sequences, by utterance id.
#[derive(Debug, Default)]
pub(crate) struct Replacements {
    files: Vec<Replacement>,
    notes: Notes,
}

#[derive(Debug)]
struct Replacement {
    modality: Modality,
    path: PathBuf,
    sequences: HashMap<String, Sequence>,
    recipe: Option<RecipeStamp>,
    missing: Listed,
}

/// What is known of a replacing file beside its sequences.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub notes: Vec<Note>,
    /// How the sequences were made.
    pub recipe: Option<RecipeStamp>,
}

impl Replacements {
    /// Takes the sequences of `modality` by utterance id, as they were read from `path`, their recipe, and
    /// of the notes those that concern them.
    pub fn add(
        &mut self,
        modality: Modality,
        path: &Path,
        sequences: HashMap<String, Sequence>,
        known: Known,
    ) {
        let concerning = |note: &&Note| note.kind.concerns(modality);
        self.notes.extend(known.notes.iter().filter(concerning));
        self.files.push(Replacement {
            modality,
            path: path.to_owned(),
            sequences,
            recipe: known.recipe,
            missing: Listed::default(),
        });
    }

    /// Puts the recipes of the files in the place of those of the data set.
    pub fn replace_recipes(&mut self, recipes: &mut Recipes) {
        for file in &mut self.files {
            *recipes.get_mut(file.modality) = file.recipe.take();
        }
    }

    /// What was noted while the files were read.
    pub fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes).into_vec()
    }

    /// Replaces what is to be replaced; `false` when a file has nothing for this utterance.
    pub fn apply(&mut self, entry: &mut Entry) -> bool {
        // Every file is asked, so that each lists all it lacks.
        let complete = self.files.iter_mut().map(|file| file.apply(entry));
        complete.fold(true, |all, found| all & found)
    }

    /// Fails if an utterance is missing in a file.
    pub fn check(&self) -> Result<(), DataError> {
        self.files.iter().try_for_each(Replacement::check)
    }
}

impl Replacement {
    fn apply(&mut self, entry: &mut Entry) -> bool {
        let Some(sequence) = self.sequences.get(&entry.id).cloned() else {
            self.missing.add(&entry.id);
            return false;
        };
        match self.modality {
            Modality::Text => entry.text = Some(TextSequence::Features(sequence)),
            Modality::Visual => entry.visual = Some(sequence),
            Modality::Acoustic => entry.acoustic = Some(sequence),
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
