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
//! | `vision_lengths`, `audio_lengths` | true steps, in unaligned files (and `text_lengths`, if any) |
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
use crate::{DataError, NoteKind, Sequence, Split, TextSequence, Utterance, Vocabulary};
use columns::{Columns, Padded};
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
        let (words, text) = self.text(&here, index)?;
        let columns = &self.columns;
        let (visual, acoustic) = (&columns.visual, &columns.acoustic);
        let visual = rows(self.notes, self.split, &here, columns, visual, index)?;
        let acoustic = rows(self.notes, self.split, &here, columns, acoustic, index)?;
        let label = columns.labels[index];
        Utterance::new(id.as_str(), words, text, visual, acoustic, label)
            .map_err(of_utterance(columns.place, &id))
    }

    /// The words of the transcript, and text features where the file has them, else word ids.
    fn text(&mut self, here: &str, index: usize) -> Result<(Vec<String>, TextSequence), DataError> {
        let columns = &self.columns;
        let transcript = columns.transcripts.as_ref().map(|texts| &texts[index]);
        let words = transcript
            .into_iter()
            .flat_map(|text| text.split_whitespace());
        let words: Vec<String> = words.map(str::to_owned).collect();
        if let Some(text) = &columns.text {
            let features = rows(self.notes, self.split, here, columns, text, index)?;
            return Ok((words, TextSequence::Features(features)));
        }
        if transcript.is_none() {
            let expected = "a dict with \"text\" or \"raw_text\"";
            return Err(DataError::layout(columns.place, expected, "neither"));
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
}

/// The rows of utterance `index` without their padding. A stated length outside `1..=stored` is
/// read as the nearest one inside, and counted.
fn rows(
    notes: &mut Notes,
    split: Split,
    here: &str,
    columns: &Columns<'_>,
    padded: &Padded<'_>,
    index: usize,
) -> Result<Sequence, DataError> {
    let (modality, stored) = (padded.modality, padded.steps);
    let stated = columns.steps(padded, index);
    if stated == 0 {
        notes.add(split, NoteKind::NoSteps(modality), 1);
    } else if stated > stored {
        notes.add(split, NoteKind::TooLong(modality), 1);
    }
    let steps = stated.max(1).min(stored);
    padded.sequence(&format!("{here}: {modality}"), index, steps)
}
