//! Pickles of MAG-BERT: one dictionary of splits, each a list of utterances.
//!
//! An utterance is `((words, visual, acoustic), label, segment)`, word by word: texts `[steps]` and
//! features `[steps, d_input]`. Words get ids in order of first appearance in the train split.
//!
//! - Source: WasifurRahman/BERT_multimodal_transformer, `multimodal_driver.py`.

use super::Format;
use super::fields::{at, check_aligned, items, label, sequence};
use super::padded::{check_splits, split_of};
use crate::intake::{Heading, Intake};
use crate::{DataError, NoteKind, Split, TextSequence, Utterance, Vocabulary};
use misa_files::pickle::{Pickle, Value};
use std::path::Path;

/// Whether this is a dictionary of splits that are lists.
pub(super) fn is_root(root: Value<'_>) -> bool {
    let mut splits = Split::ALL
        .into_iter()
        .filter_map(|split| split_of(root, split));
    splits.any(|split| split.kind() == "list")
}

/// The data set in one file.
pub(super) fn read_root(
    path: &Path,
    pickle: &Pickle<'_>,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let mut vocabulary = Vocabulary::new();
    check_splits(path, pickle.root())?;
    intake.note_unread(None, pickle);
    for split in Split::ALL {
        if let Some(list) = split_of(pickle.root(), split) {
            let place = format!("{}: {split}", path.display());
            let wrong = || DataError::layout(&place, "a list of utterances", list.describe());
            for (index, item) in list.items().ok_or_else(wrong)?.iter().enumerate() {
                let mut utterance = utterance(&place, format!("{split}[{index}]"), item)?;
                let ids = vocabulary.ids_of(&utterance.words);
                let unknown = ids.iter().filter(|&&id| id == Vocabulary::UNKNOWN).count();
                intake.notes.add(split, NoteKind::UnknownWord, unknown);
                utterance.text = TextSequence::Words(ids);
                check_aligned(&place, &utterance)?;
                intake.push(split, &place, utterance)?;
            }
        }
        // Only words of the train split are known.
        vocabulary.freeze();
    }
    Ok(Heading {
        format: Format::Mag,
        vocabulary: Some(vocabulary),
    })
}

/// The utterance, still without its text.
fn utterance(place: &str, position: String, item: Value<'_>) -> Result<Utterance, DataError> {
    let here = format!("{place}: {position}");
    let outer = items(&here, item, &[2, 3], "(features, label, segment)")?;
    let outer: Vec<Value<'_>> = outer.iter().collect();
    let id = match outer.get(2) {
        Some(segment) => segment.to_text().map_err(at(&format!("{here}: segment")))?,
        None => position,
    };
    let here = format!("{place}: utterance {id:?}");
    let inner = items(&here, outer[0], &[3], "(words, visual, acoustic)")?;
    let inner: Vec<Value<'_>> = inner.iter().collect();
    Ok(Utterance {
        words: inner[0].to_texts().map_err(at(&format!("{here}: words")))?,
        text: TextSequence::Words(Vec::new()),
        visual: sequence(&format!("{here}: visual"), inner[1], None)?,
        acoustic: sequence(&format!("{here}: acoustic"), inner[2], None)?,
        label: label(&here, outer[1])?,
        id,
    })
}
