//! Pickles of the official MISA code.
//!
//! A split is a list of `((word_ids, visual, acoustic, words), label, segment)`, word by word:
//! ids `[steps]`, features `[steps, d_input]`, label `[1, 1]`. UR-FUNNY has no segment. Successors
//! of MISA append the visual and acoustic lengths to the inner tuple, for features that are not
//! aligned to words.
//!
//! - Source: declare-lab/MISA, `create_dataset.py`; MMIM for the lengths.
//! - Differs: the vocabulary is rebuilt from the pairs of id and word of all splits, since the
//!   file that holds it also names Python functions.

use super::fields::{at, check_aligned, items, of_utterance, sequence, word_ids};
use super::{Format, with_pickle};
use crate::dataset::Parts;
use crate::note::Notes;
use crate::pickle::{Pickle, Value};
use crate::vocabulary::Conflict;
use crate::widths::check_widths;
use crate::{DataError, Sequence, Split, TextSequence, Utterance, Vocabulary};
use std::path::{Path, PathBuf};

/// The file that makes a folder a data set of this format.
pub(super) const TRAIN: &str = "train.pkl";

/// The utterances of one split file.
///
/// # Errors
///
/// [`DataError`] when the file is no such pickle, an utterance is wrong or feature sizes differ.
pub fn read_split(path: impl AsRef<Path>) -> Result<Vec<Utterance>, DataError> {
    let path = path.as_ref();
    with_pickle(path, |pickle| utterances(path, pickle))
}

/// The data set of a folder with a file per split.
pub(super) fn read_folder(folder: &Path) -> Result<Parts, DataError> {
    let mut paths = [const { PathBuf::new() }; 3];
    let mut splits = [const { Vec::new() }; 3];
    for split in Split::ALL {
        let path = split_path(folder, split)?;
        if path.is_file() {
            splits[split.index()] = read_split(&path)?;
        }
        paths[split.index()] = path;
    }
    parts(paths.map(|path| path.display().to_string()), splits)
}

/// The data set of a single file: all of it is the train split.
pub(super) fn read_root(path: &Path, pickle: &Pickle<'_>) -> Result<Parts, DataError> {
    let place = path.display().to_string();
    let splits = [utterances(path, pickle)?, Vec::new(), Vec::new()];
    parts([place.clone(), place.clone(), place], splits)
}

/// The file of a split; the valid one has two customary names.
fn split_path(folder: &Path, split: Split) -> Result<PathBuf, DataError> {
    let (dev, valid) = (folder.join("dev.pkl"), folder.join("valid.pkl"));
    match split {
        Split::Train => Ok(folder.join(TRAIN)),
        Split::Test => Ok(folder.join("test.pkl")),
        Split::Valid if dev.is_file() && valid.is_file() => Err(DataError::Ambiguous {
            path: folder.to_owned(),
            found: vec!["dev.pkl".to_owned(), "valid.pkl".to_owned()],
        }),
        Split::Valid if valid.is_file() => Ok(valid),
        Split::Valid => Ok(dev),
    }
}

fn parts(places: [String; 3], splits: [Vec<Utterance>; 3]) -> Result<Parts, DataError> {
    let mut widths = None;
    for (place, utterances) in places.iter().zip(&splits) {
        check_widths(place, utterances, &mut widths)?;
    }
    Ok(Parts {
        format: Format::Misa,
        vocabulary: Some(vocabulary(&places, &splits)?),
        places,
        splits,
        notes: Notes::default(),
    })
}

fn utterances(path: &Path, pickle: &Pickle<'_>) -> Result<Vec<Utterance>, DataError> {
    let place = path.display().to_string();
    let root = pickle.root();
    let list = match (root.kind(), root.items()) {
        ("list", Some(items)) => items,
        _ => {
            let found = root.describe();
            return Err(DataError::layout(place, "a list of utterances", found));
        }
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let utterances = list
        .iter()
        .enumerate()
        .map(|(index, item)| utterance(&place, format!("{stem}[{index}]"), item))
        .collect::<Result<Vec<_>, _>>()?;
    check_widths(&place, &utterances, &mut None)?;
    Ok(utterances)
}

fn utterance(place: &str, position: String, item: Value<'_>) -> Result<Utterance, DataError> {
    let here = format!("{place}: {position}");
    let outer: Vec<Value<'_>> = items(&here, item, &[2, 3], "(features, label, segment)")?
        .iter()
        .collect();
    let id = match outer.get(2) {
        Some(segment) => segment.to_text().map_err(at(&format!("{here}: segment")))?,
        None => position,
    };
    let here = format!("{place}: utterance {id:?}");
    let inner: Vec<Value<'_>> = items(
        &here,
        outer[0],
        &[4, 6],
        "(word_ids, visual, acoustic, words)",
    )?
    .iter()
    .collect();
    let ids = word_ids(&format!("{here}: text"), inner[0])?;
    let words = inner[3].to_texts().map_err(at(&format!("{here}: words")))?;
    let visual = rows(&format!("{here}: visual"), inner[1], inner.get(4))?;
    let acoustic = rows(&format!("{here}: acoustic"), inner[2], inner.get(5))?;
    let label = outer[1].as_float().ok_or_else(|| {
        DataError::layout(format!("{here}: label"), "one number", outer[1].describe())
    })?;
    let text = TextSequence::Words(ids);
    let utterance = Utterance::new(id.as_str(), words, text, visual, acoustic, label as f32)
        .map_err(of_utterance(place, &id))?;
    // Only the long form knows features that are not aligned to words.
    if inner.len() == 4 {
        check_aligned(place, &utterance)?;
    }
    Ok(utterance)
}

/// The feature rows of one modality, cut to their length where the file states one.
fn rows(place: &str, value: Value<'_>, length: Option<&Value<'_>>) -> Result<Sequence, DataError> {
    let steps = match length {
        None => None,
        Some(length) => match length
            .as_int()
            .and_then(|steps| usize::try_from(steps).ok())
        {
            Some(steps) => Some(steps),
            None => {
                let place = format!("{place}: length");
                return Err(DataError::layout(place, "a count", length.describe()));
            }
        },
    };
    sequence(place, value, steps)
}

/// The vocabulary that the pairs of id and word tell, and that all of them agree on.
fn vocabulary(places: &[String; 3], splits: &[Vec<Utterance>; 3]) -> Result<Vocabulary, DataError> {
    let mut vocabulary = Vocabulary::new();
    for (place, utterances) in places.iter().zip(splits) {
        for utterance in utterances {
            let TextSequence::Words(ids) = &utterance.text else {
                continue;
            };
            for (&word_id, word) in ids.iter().zip(&utterance.words) {
                // The id of unknown words stands for many.
                if word_id == Vocabulary::UNKNOWN {
                    continue;
                }
                vocabulary
                    .insert(word_id, word)
                    .map_err(|conflict| DataError::Word {
                        place: place.clone(),
                        id: utterance.id.clone(),
                        word_id,
                        word: word.clone(),
                        expected: match conflict {
                            Conflict::Word(known) => format!("{known:?} as before"),
                            Conflict::Id(known) => format!("id {known} for it as before"),
                            Conflict::Range => format!("an id below {}", Vocabulary::MAX_LEN),
                        },
                    })?;
            }
        }
    }
    Ok(vocabulary)
}
