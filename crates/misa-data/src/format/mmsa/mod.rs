//! Feature files of the MMSA platform: MOSI, MOSEI and CH-SIMS, aligned or not.
//!
//! One dictionary of splits (`train`, `valid`, `test`), each a dictionary of arrays over all its
//! utterances, padded at the end to a common length:
//!
//! | Key | Content |
//! |---|---|
//! | `text` | text features `[utterances, steps, d_input]` |
//! | `text_bert` | `[utterances, 3, steps]`: token ids, attention mask, segments |
//! | `raw_text` | transcripts, read as words where there is no `text` |
//! | `vision`, `audio` | `[utterances, steps, d_input]` |
//! | `vision_lengths`, `audio_lengths` | true steps, in unaligned files |
//! | `regression_labels`, `id` | one per utterance |
//!
//! - Source: thuiar/MMSA, `data_loader.py`.
//! - Differs: sequences are cut to their true lengths, so that padding is not read as silence.

mod columns;

use super::Format;
use super::fields::of_utterance;
use crate::dataset::Parts;
use crate::note::Notes;
use crate::pickle::Pickle;
use crate::{DataError, NoteKind, Split, TextSequence, Utterance, Vocabulary};
use columns::Columns;
use misa_core::Modality;
use std::path::Path;

/// The data set in one file.
pub(super) fn read_root(path: &Path, pickle: &Pickle<'_>) -> Result<Parts, DataError> {
    let path = path.display();
    let root = pickle.root();
    let places = Split::ALL.map(|split| format!("{path}: {split}"));
    if root.get(Split::Train.name()).is_none() {
        return Err(DataError::layout(
            path.to_string(),
            "a dict of splits or a list of utterances",
            root.describe(),
        ));
    }
    let mut notes = Notes::default();
    let mut vocabulary = Vocabulary::new();
    let mut splits = [const { Vec::new() }; 3];
    for split in Split::ALL {
        if let Some(value) = root.get(split.name()) {
            let columns = Columns::new(&places[split.index()], value)?;
            let reader = SplitReader {
                split,
                columns,
                vocabulary: &mut vocabulary,
                notes: &mut notes,
            };
            splits[split.index()] = reader.read()?;
        }
        // Only what the train split says is known.
        vocabulary.freeze();
    }
    Ok(Parts {
        format: Format::Mmsa,
        places,
        vocabulary: has_words(&splits).then_some(vocabulary),
        splits,
        notes,
    })
}

fn has_words(splits: &[Vec<Utterance>; 3]) -> bool {
    let mut all = splits.iter().flatten();
    all.any(|utterance| matches!(utterance.text, TextSequence::Words(_)))
}

/// Everything needed to read one split.
#[derive(Debug)]
struct SplitReader<'r, 'p> {
    split: Split,
    columns: Columns<'p>,
    vocabulary: &'r mut Vocabulary,
    notes: &'r mut Notes,
}

impl SplitReader<'_, '_> {
    fn read(mut self) -> Result<Vec<Utterance>, DataError> {
        (0..self.columns.labels.len())
            .map(|index| self.utterance(index))
            .collect()
    }

    fn utterance(&mut self, index: usize) -> Result<Utterance, DataError> {
        let id = match &self.columns.ids {
            Some(ids) => ids[index].clone(),
            None => format!("{}[{index}]", self.split),
        };
        let here = format!("{}: utterance {id:?}", self.columns.place);
        let transcript = self.columns.transcripts.as_ref();
        let words: Vec<String> = transcript
            .map(|texts| texts[index].split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default();
        let (words, text) = self.text(&format!("{here}: text"), words, index)?;
        let columns = &self.columns;
        let visual = columns.steps(&columns.visual, columns.visual_lengths.as_ref(), index);
        let acoustic = columns.steps(&columns.acoustic, columns.acoustic_lengths.as_ref(), index);
        let visual = self.bounded(Modality::Visual, visual, self.columns.visual.steps);
        let acoustic = self.bounded(Modality::Acoustic, acoustic, self.columns.acoustic.steps);
        let columns = &self.columns;
        let visual = columns
            .visual
            .sequence(&format!("{here}: visual"), index, visual)?;
        let acoustic = columns
            .acoustic
            .sequence(&format!("{here}: acoustic"), index, acoustic)?;
        let label = columns.labels[index];
        Utterance::new(id.as_str(), words, text, visual, acoustic, label)
            .map_err(of_utterance(columns.place, &id))
    }

    /// Text features where the file has them, else the words of the transcript.
    fn text(
        &mut self,
        place: &str,
        words: Vec<String>,
        index: usize,
    ) -> Result<(Vec<String>, TextSequence), DataError> {
        if let Some(text) = &self.columns.text {
            let (stored, stated) = (text.steps, self.columns.steps(text, None, index));
            let steps = self.bounded(Modality::Text, stated, stored);
            let Some(text) = &self.columns.text else {
                return Err(DataError::layout(place, "text features", "none"));
            };
            let features = text.sequence(place, index, steps)?;
            return Ok((words, TextSequence::Features(features)));
        }
        if self.columns.transcripts.is_none() {
            let expected = "a dict with \"text\" or \"raw_text\"";
            return Err(DataError::layout(self.columns.place, expected, "neither"));
        }
        if words.is_empty() {
            self.notes.add(self.split, NoteKind::NoText, 1);
            let words = vec![Vocabulary::UNKNOWN_WORD.to_owned()];
            return Ok((words, TextSequence::Words(vec![Vocabulary::UNKNOWN])));
        }
        let ids: Vec<u32> = words.iter().map(|word| self.vocabulary.add(word)).collect();
        let unknown = ids.iter().filter(|&&id| id == Vocabulary::UNKNOWN).count();
        self.notes.add(self.split, NoteKind::UnknownWord, unknown);
        Ok((words, TextSequence::Words(ids)))
    }

    /// `stated` steps where they lie in `1..=stored`, else the nearest of them, counted.
    fn bounded(&mut self, modality: Modality, stated: usize, stored: usize) -> usize {
        let kind = match stated {
            0 => NoteKind::NoSteps(modality),
            _ if stated > stored => NoteKind::TooLong(modality),
            _ => return stated,
        };
        self.notes.add(self.split, kind, 1);
        stated.max(1).min(stored)
    }
}
