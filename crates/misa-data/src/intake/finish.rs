//! What is known when all utterances or clips have passed.

use super::{Heading, Intake};
use crate::{DataError, Note, NoteKind, Overview, Split, Vocabulary, Width};
use misa_terms::{FeatureSizes, Recipes, TextSize, check_recipes};
use std::collections::HashSet;

impl Intake<'_> {
    /// The overview after all utterances have passed; `place` names the data set in messages.
    pub fn finish(mut self, place: &str, heading: Heading) -> Result<Overview, DataError> {
        self.settle(place)?;
        let (Some(text), Some(visual), Some(acoustic)) =
            (self.widths.text, self.widths.visual, self.widths.acoustic)
        else {
            return Err(self.no_utterances(place));
        };
        let sizes = FeatureSizes {
            text: match text {
                Width::Words => TextSize::Words {
                    vocabulary: self.words(heading.vocabulary.as_ref())?,
                },
                Width::Features(d_input) => TextSize::Features { d_input },
            },
            visual: features(visual),
            acoustic: features(acoustic),
        };
        let has_words = text == Width::Words;
        let recipes = self.recipes(place, Some(sizes))?;
        let mut vocabulary = heading.vocabulary.filter(|_| has_words);
        if let Some(vocabulary) = &mut vocabulary {
            vocabulary.freeze();
        }
        Ok(Overview {
            format: heading.format,
            sizes,
            vocabulary,
            notes: self.notes.into_vec(),
            recipes,
            counts: self.counts,
        })
    }

    /// What was noted, and how the features were made, after all clips have passed.
    pub fn finish_clips(
        mut self,
        place: &str,
        heading: &Heading,
    ) -> Result<(Vec<Note>, Recipes), DataError> {
        self.settle(place)?;
        if self.ids.iter().all(HashSet::is_empty) {
            return Err(self.no_utterances(place));
        }
        self.words(heading.vocabulary.as_ref())?;
        let recipes = self.recipes(place, None)?;
        Ok((self.notes.into_vec(), recipes))
    }

    /// How the features were made; those of another file as that file says.
    fn recipes(&mut self, place: &str, sizes: Option<FeatureSizes>) -> Result<Recipes, DataError> {
        let mut recipes = std::mem::take(&mut self.recipes);
        self.replacements.replace_recipes(&mut recipes);
        let checked = check_recipes(&recipes, sizes);
        checked.map_err(|fault| DataError::Recipes {
            place: format!("{place}: recipes"),
            fault,
        })?;
        Ok(recipes)
    }

    /// Fails if anything was refused or could not be replaced.
    fn settle(&mut self, place: &str) -> Result<(), DataError> {
        if !self.refused.is_empty() {
            return Err(DataError::NonFinite {
                place: place.to_owned(),
                found: self.refused.to_string(),
            });
        }
        self.replacements.check()?;
        self.note_shared_ids();
        Ok(())
    }

    fn no_utterances(self, place: &str) -> DataError {
        DataError::NoUtterances {
            place: place.to_owned(),
            notes: self.notes.into_vec(),
        }
    }

    fn note_shared_ids(&mut self) {
        for split in [Split::Valid, Split::Test] {
            let (earlier, ids) = self.ids.split_at(split.index());
            let is_shared = |id: &&String| earlier.iter().any(|earlier| earlier.contains(*id));
            let shared = ids[0].iter().filter(is_shared).count();
            self.notes.add(split, NoteKind::SharedId, shared);
        }
    }

    /// The number of word ids, after checking that none is outside the vocabulary.
    fn words(&self, vocabulary: Option<&Vocabulary>) -> Result<usize, DataError> {
        let bound = vocabulary.map_or(Vocabulary::MAX_LEN, Vocabulary::len);
        let largest = self.largest.word_id as usize;
        if largest >= bound {
            return Err(DataError::layout(
                self.largest.place.as_str(),
                format!("word ids below {bound}"),
                largest.to_string(),
            ));
        }
        Ok(vocabulary.map_or((largest + 1).max(2), Vocabulary::len))
    }
}

fn features(width: Width) -> usize {
    match width {
        Width::Features(d_input) => d_input,
        // Visual and acoustic sequences are always features.
        Width::Words => 0,
    }
}
