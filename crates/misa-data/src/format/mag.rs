//! Pickles of MAG-BERT: one dictionary of splits, each a list of utterances.
//!
//! An utterance is `((words, visual, acoustic), label, segment)`, word by word: texts `[steps]` and
//! features `[steps, d_input]`. Words get ids in order of first appearance in the train split.
//!
//! - Source: WasifurRahman/BERT_multimodal_transformer, `multimodal_driver.py`.

use super::Format;
use super::fields::{at, check_aligned, items, outer, outer_label, part, sequence};
use super::padded::{check_splits, note_others, split_of};
use crate::entry::Entry;
use crate::intake::{Heading, Intake};
use crate::{DataError, NoteKind, Split, TextSequence, Vocabulary};
use misa_files::pickle::{Pickle, Value};
use misa_terms::ModalityLabels;
use std::path::Path;

/// Whether this is a dictionary of splits that are lists.
pub(super) fn is_root(root: Value<'_>) -> bool {
    let mut splits = Split::ALL
        .into_iter()
        .filter_map(|split| split_of(root, split));
    splits.any(|split| split.kind() == "list")
}

/// Whether this is a list of such utterances, without a split.
pub(super) fn is_list(root: Value<'_>) -> bool {
    let features = first(root).and_then(first);
    let parts = features.and_then(|features| features.items());
    root.kind() == "list" && parts.is_some_and(|parts| parts.len() == PARTS)
}

fn first(list: Value<'_>) -> Option<Value<'_>> {
    list.items()?.iter().next()
}

/// Parts of the features: words, visual, acoustic.
const PARTS: usize = 3;

/// The data set in one file. Clips may be in one list, without splits.
pub(super) fn read_root(
    path: &Path,
    pickle: &Pickle<'_>,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let mut vocabulary = Vocabulary::new();
    let root = pickle.root();
    check_splits(path, root)?;
    intake.note_unread(None, pickle);
    note_others(root, intake);
    for split in intake.wanted().splits() {
        let (name, list) = match split {
            Some(split) => (split.name(), split_of(root, split)),
            None => ("", Some(root).filter(|&root| is_list(root))),
        };
        if let Some(list) = list {
            let place = match split {
                Some(split) => format!("{}: {split}", path.display()),
                None => path.display().to_string(),
            };
            let wrong = || DataError::layout(&place, "a list of utterances", list.describe());
            for (index, item) in list.items().ok_or_else(wrong)?.iter().enumerate() {
                let position = format!("{name}[{index}]");
                let entry = entry(&place, position, item, intake, &mut vocabulary, split)?;
                check_aligned(&place, &entry)?;
                intake.push(split, &place, entry)?;
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

fn entry(
    place: &str,
    position: String,
    item: Value<'_>,
    intake: &mut Intake<'_>,
    vocabulary: &mut Vocabulary,
    split: Option<Split>,
) -> Result<Entry, DataError> {
    let wanted = intake.wanted();
    let here = format!("{place}: {position}");
    let outer = outer(&here, item, wanted)?;
    let id = match outer.get(2) {
        Some(segment) => segment.to_text().map_err(at(&format!("{here}: segment")))?,
        None => position,
    };
    let here = format!("{place}: utterance {id:?}");
    let inner = items(&here, outer[0], &[PARTS], "(words, visual, acoustic)")?;
    let inner: Vec<Value<'_>> = inner.iter().collect();
    let features = |index: usize, name: &str| {
        let place = format!("{here}: {name}");
        part(wanted, inner[index], |value| sequence(&place, value, None))
    };
    let place = format!("{here}: words");
    let words = part(wanted, inner[0], |value| {
        value.to_texts().map_err(at(&place))
    })?;
    let (visual, acoustic) = (features(1, "visual")?, features(2, "acoustic")?);
    let ids = words.as_ref().map(|words| {
        let ids = vocabulary.ids_of(words);
        ids.ok_or_else(|| DataError::too_many_words(&place))
    });
    let text = ids.transpose()?.map(|ids| {
        let unknown = ids.iter().filter(|&&id| id == Vocabulary::UNKNOWN).count();
        intake.notes.add(split, NoteKind::UnknownWord, unknown);
        TextSequence::Words(ids)
    });
    Ok(Entry {
        words: words.unwrap_or_default(),
        text,
        visual,
        acoustic,
        label: outer_label(&here, &outer, wanted)?,
        modality_labels: ModalityLabels::default(),
        id,
    })
}
