//! Replacing one modality by that of another file.

use crate::entry::Entry;
use crate::note::Notes;
use crate::refusal::Listed;
use crate::{DataError, Note, Sequence, Split, TextSequence};
use misa_terms::{Modality, RecipeStamp, Recipes};
use std::collections::{HashMap, VecDeque};
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
    sequences: SequencesById,
    recipe: Option<RecipeStamp>,
    missing: Listed,
}

/// The sequences of a file, by utterance id.
#[derive(Debug, Default)]
pub(crate) struct SequencesById(HashMap<String, Candidates>);

impl SequencesById {
    /// Adds the next sequence of a split; clips may be in none.
    pub fn add(&mut self, split: Option<Split>, id: String, sequence: Sequence) {
        let candidates = self.0.entry(id).or_default();
        candidates.count += 1;
        candidates.untaken[place_of(split)].push_back(sequence);
    }
}

/// The sequences of one id.
#[derive(Debug, Default)]
struct Candidates {
    /// How many the file has.
    count: usize,
    /// Those that no utterance has taken, by split, in their order; the last are those of no split.
    untaken: [VecDeque<Sequence>; 4],
    /// Whether the data set has the id in a split, or in none.
    is_asked: [bool; 4],
    /// Whether an utterance found none.
    is_lacking: bool,
}

impl Candidates {
    /// The sequence for the next utterance of a split. If there is only one, it is that of all utterances.
    fn take(&mut self, split: Option<Split>) -> Option<Sequence> {
        if self.count == 1 {
            return self.untaken.iter().flatten().next().cloned();
        }
        let place = place_of(split);
        self.is_asked[place] = true;
        let sequence = self.untaken[place].pop_front();
        self.is_lacking |= sequence.is_none();
        sequence
    }

    /// Whether a split of the data set has the id more or less often than that of the file.
    fn differ(&self) -> bool {
        let mut splits = self.is_asked.iter().zip(&self.untaken);
        self.is_lacking || splits.any(|(&is_asked, untaken)| is_asked && !untaken.is_empty())
    }
}

/// Index of a split; that of no split is the last.
fn place_of(split: Option<Split>) -> usize {
    split.map_or(Split::ALL.len(), Split::index)
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
    pub fn add(&mut self, modality: Modality, path: &Path, sequences: SequencesById, known: Known) {
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

    /// Replaces what is to be replaced in the next utterance of a split; `false` when a file has nothing for
    /// it.
    pub fn apply(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
        // Every file is asked, so that each lists all it lacks.
        let complete = self.files.iter_mut().map(|file| file.apply(split, entry));
        complete.fold(true, |all, found| all & found)
    }

    /// Fails if an utterance is missing in a file, or an id is not as often in it as in the data set.
    pub fn check(&self) -> Result<(), DataError> {
        self.files.iter().try_for_each(Replacement::check)
    }
}

impl Replacement {
    fn apply(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
        let Some(candidates) = self.sequences.0.get_mut(&entry.id) else {
            self.missing.add(&entry.id);
            return false;
        };
        let Some(sequence) = candidates.take(split) else {
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
        let place = self.path.display().to_string();
        if self.missing.count() > 0 {
            return Err(DataError::NotReplaced {
                place,
                modality: self.modality,
                found: format!("{} {}", self.missing.count(), self.missing),
            });
        }
        let candidates = self.sequences.0.iter();
        let differing = candidates.filter(|(_, candidates)| candidates.differ());
        let Some((id, candidates)) = differing.min_by_key(|&(id, _)| id) else {
            return Ok(());
        };
        let place = format!("{place}: id {id:?}");
        let expected = "it once, or in each split as often as in the data";
        let found = format!("{} times", candidates.count);
        Err(DataError::layout(place, expected, found))
    }
}
