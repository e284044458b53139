//! The utterances of a split whose features are padded.

use super::rows::Rows;
use super::sides::{Sides, UtteranceEnds};
use crate::entry::Entry;
use crate::intake::Intake;
use crate::{DataError, NoteKind, Padding, Split, TextSequence, Vocabulary};
use misa_terms::PerModality;
use std::rc::Rc;

/// Everything needed to read one split.
#[derive(Debug)]
pub(in crate::format) struct Table<'p> {
    /// `None` for clips that are in none.
    pub split: Option<Split>,
    /// The name of the split in messages.
    pub place: String,
    /// One per utterance, like the names and the transcripts.
    pub labels: Vec<Option<f32>>,
    /// The labels by each modality alone; none of a modality without.
    pub modality_labels: PerModality<Vec<Option<f32>>>,
    pub ids: Vec<String>,
    pub transcripts: Option<Vec<String>>,
    /// Index of the features of each utterance, unless the order is the same.
    pub places: Option<Vec<usize>>,
    pub rows: Rc<Rows<'p>>,
}

/// Passes on the utterances of all splits and returns the vocabulary if the text is words. Only the
/// words of the train split have ids of their own.
pub(in crate::format) fn read(
    tables: Vec<Table<'_>>,
    padding: Padding,
    intake: &mut Intake<'_>,
) -> Result<Option<Vocabulary>, DataError> {
    let mut ends = Vec::new();
    for table in &tables {
        if !table.labels.is_empty() {
            table.rows.check_mask(padding, &table.place)?;
        }
        table.add_ends(padding, &mut ends)?;
    }
    let is_aligned = tables.iter().all(|table| table.rows.is_aligned);
    let sides = Sides::decide(padding, is_aligned, &ends);
    let mut vocabulary = Vocabulary::new();
    let has_words = tables.iter().any(Table::has_words);
    for table in tables {
        if table.split != Some(Split::Train) {
            vocabulary.freeze();
        }
        table.read(&sides, &mut vocabulary, intake)?;
    }
    Ok(has_words.then_some(vocabulary))
}

impl Table<'_> {
    /// Whether the text is words instead of features.
    fn has_words(&self) -> bool {
        self.rows.features.text.is_none() && !self.labels.is_empty()
    }

    /// Adds the ends of every utterance, if the padding is to be detected by them.
    fn add_ends(&self, padding: Padding, ends: &mut Vec<UtteranceEnds>) -> Result<(), DataError> {
        if padding != Padding::Auto {
            return Ok(());
        }
        for index in 0..self.labels.len() {
            ends.push(self.rows.ends(self.place_of(index))?);
        }
        Ok(())
    }

    /// Index of the features of utterance `index`.
    fn place_of(&self, index: usize) -> usize {
        self.places.as_ref().map_or(index, |places| places[index])
    }

    fn read(
        self,
        sides: &Sides,
        vocabulary: &mut Vocabulary,
        intake: &mut Intake<'_>,
    ) -> Result<(), DataError> {
        let split = self.split;
        for (index, &label) in self.labels.iter().enumerate() {
            let place = self.place_of(index);
            let notes = &mut intake.notes;
            let sequences = self.rows.sequences(sides, split, place, notes)?;
            let words = self.words(index);
            let (words, text) = match sequences.text {
                Some(text) => (words, Some(TextSequence::Features(text))),
                None if self.transcripts.is_none() && intake.wanted().is_clips() => (words, None),
                None => word_ids(split, &self.place, words, vocabulary, intake)?,
            };
            let entry = Entry {
                id: self.ids[index].clone(),
                words,
                text,
                visual: sequences.visual,
                acoustic: sequences.acoustic,
                label,
                modality_labels: (self.modality_labels.as_ref())
                    .map(|labels| labels.get(index).copied().flatten()),
            };
            intake.push(split, &self.place, entry)?;
        }
        Ok(())
    }

    /// The words of the transcript, if there is one.
    fn words(&self, index: usize) -> Vec<String> {
        let transcript = self.transcripts.as_ref().map(|texts| &texts[index]);
        let words = transcript
            .into_iter()
            .flat_map(|text| text.split_whitespace());
        words.map(str::to_owned).collect()
    }
}

/// The words of an utterance, and its text.
type Said = (Vec<String>, Option<TextSequence>);

/// The words with their ids. Without words, the text of a clip is missing, and that of an utterance is one
/// unknown word.
pub(in crate::format) fn word_ids(
    split: Option<Split>,
    place: &str,
    words: Vec<String>,
    vocabulary: &mut Vocabulary,
    intake: &mut Intake<'_>,
) -> Result<Said, DataError> {
    let ids = vocabulary.ids_of(&words);
    let ids = ids.ok_or_else(|| DataError::too_many_words(place))?;
    let notes = &mut intake.notes;
    if ids.is_empty() {
        notes.add(split, NoteKind::NoText, 1);
        if intake.wanted().is_clips() {
            return Ok((words, None));
        }
        let words = vec![Vocabulary::UNKNOWN_WORD.to_owned()];
        let text = TextSequence::Words(vec![Vocabulary::UNKNOWN]);
        return Ok((words, Some(text)));
    }
    let unknown = ids.iter().filter(|&&id| id == Vocabulary::UNKNOWN).count();
    notes.add(split, NoteKind::UnknownWord, unknown);
    Ok((words, Some(TextSequence::Words(ids))))
}
