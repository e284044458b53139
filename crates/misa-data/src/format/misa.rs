//! Pickles of the official MISA code.
//!
//! A split is a list of `((word_ids, visual, acoustic, words), label, segment)`, word by word:
//! ids `[steps]`, features `[steps, d_input]`, label `[1, 1]`. UR-FUNNY has no segment. Successors
//! of MISA append the visual and acoustic lengths to the inner tuple, for unaligned features.
//!
//! - Source: declare-lab/MISA, `create_dataset.py`; MMIM for the lengths.
//! - Differs: the vocabulary is rebuilt from the pairs of id and word of all splits, because the
//!   file that contains it also names Python functions.

use super::Format;
use super::fields::{at, check_aligned, items, outer, outer_label, part, sequence, word_ids};
use super::files::{self, open_pickle};
use crate::entry::Entry;
use crate::intake::{Heading, Intake};
use crate::wanted::Wanted;
use crate::{DataError, Policy, Sequence, Split, TextSequence, Utterance, Vocabulary};
use misa_files::pickle::{Pickle, Value};
use misa_terms::{Conflict, ModalityLabels};
use std::path::{Path, PathBuf};

/// Whether a folder contains the train split of this format: `train.pkl`, in letters of any case. For
/// clips, two other splits do as well.
pub(super) fn is_folder(folder: &Path, wanted: Wanted) -> bool {
    let has = |&split: &Split| split_files(folder, split).is_ok_and(|found| !found.is_empty());
    has(&Split::Train)
        || wanted.is_clips() && Split::ALL.iter().filter(|split| has(split)).count() > 1
}

/// The utterances of one split file, with [`Policy::Strict`].
///
/// # Errors
///
/// [`DataError`] when the file is not such a pickle, an utterance is invalid or feature sizes
/// differ.
pub fn read_split(path: impl AsRef<Path>) -> Result<Vec<Utterance>, DataError> {
    let path = path.as_ref();
    let mut utterances = Vec::new();
    let mut sink = |_, utterance| {
        utterances.push(utterance);
        Ok(())
    };
    let mut intake = Intake::new(Policy::Strict, &mut sink);
    let mut reader = Reader::new(&mut intake);
    reader.split(Split::Train, path, &open_pickle(path)?)?;
    let heading = reader.heading()?;
    intake.finish(&path.display().to_string(), heading)?;
    Ok(utterances)
}

/// The data set of a folder with a file per split.
pub(super) fn read_folder(folder: &Path, intake: &mut Intake<'_>) -> Result<Heading, DataError> {
    let mut reader = Reader::new(intake);
    for split in Split::ALL {
        match split_files(folder, split)?.as_slice() {
            [] => {}
            [path] => reader.split(split, path, &open_pickle(path)?)?,
            paths => {
                return Err(DataError::Several {
                    path: folder.to_owned(),
                    expected: format!("one file of the split `{split}`"),
                    found: paths.iter().map(|path| files::name(path)).collect(),
                });
            }
        }
    }
    reader.heading()
}

/// The data set of a single file, which is the train split.
pub(super) fn read_root(
    path: &Path,
    pickle: &Pickle<'_>,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let mut reader = Reader::new(intake);
    reader.split(Split::Train, path, pickle)?;
    reader.heading()
}

/// The files of a split; each split has several customary names.
fn split_files(folder: &Path, split: Split) -> Result<Vec<PathBuf>, DataError> {
    let mut paths = files::with(folder, "pkl")?;
    paths.retain(|path| {
        let stem = path.file_stem().unwrap_or_default();
        Split::of_name(&stem.to_string_lossy()) == Some(split)
    });
    Ok(paths)
}

/// Reads the splits in turn, and collects the words.
struct Reader<'r, 's> {
    intake: &'r mut Intake<'s>,
    vocabulary: Vocabulary,
    /// A conflict of words, which is reported last because differing sizes explain more.
    conflict: Option<DataError>,
}

impl<'r, 's> Reader<'r, 's> {
    fn new(intake: &'r mut Intake<'s>) -> Self {
        Self {
            intake,
            vocabulary: Vocabulary::new(),
            conflict: None,
        }
    }

    fn heading(self) -> Result<Heading, DataError> {
        match self.conflict {
            Some(error) => Err(error),
            None => Ok(Heading {
                format: Format::Misa,
                vocabulary: Some(self.vocabulary),
            }),
        }
    }

    fn split(&mut self, split: Split, path: &Path, pickle: &Pickle<'_>) -> Result<(), DataError> {
        let place = path.display().to_string();
        self.intake.note_unread(split, pickle);
        let root = pickle.root();
        let list = match (root.kind(), root.items()) {
            ("list", Some(items)) => items,
            _ => {
                let found = root.describe();
                return Err(DataError::layout(place, "a list of utterances", found));
            }
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        for (index, item) in list.iter().enumerate() {
            let position = format!("{stem}[{index}]");
            let entry = entry(&place, position, item, self.intake.wanted())?;
            self.intake.check(&place, &entry)?;
            if let Err(error) = self.learn(&place, &entry) {
                self.conflict.get_or_insert(error);
            }
            self.intake.push(split, &place, entry)?;
        }
        Ok(())
    }

    /// Adds the pairs of id and word, on which all utterances must agree.
    fn learn(&mut self, place: &str, entry: &Entry) -> Result<(), DataError> {
        let Some(TextSequence::Words(ids)) = &entry.text else {
            return Ok(());
        };
        for (&word_id, word) in ids.iter().zip(&entry.words) {
            // The id of unknown words stands for many words.
            if word_id == Vocabulary::UNKNOWN {
                continue;
            }
            let learnt = self.vocabulary.insert(word_id, word);
            learnt.map_err(|conflict| DataError::Word {
                place: place.to_owned(),
                id: entry.id.clone(),
                word_id,
                word: word.clone(),
                expected: match conflict {
                    Conflict::Word(known) => format!("{known:?} as before"),
                    Conflict::Id(known) => format!("id {known} for it as before"),
                    Conflict::Range => format!("an id below {}", Vocabulary::MAX_LEN),
                },
            })?;
        }
        Ok(())
    }
}

fn entry(
    place: &str,
    position: String,
    item: Value<'_>,
    wanted: Wanted,
) -> Result<Entry, DataError> {
    let here = format!("{place}: {position}");
    let outer = outer(&here, item, wanted)?;
    let id = match outer.get(2) {
        Some(segment) => segment.to_text().map_err(at(&format!("{here}: segment")))?,
        None => position,
    };
    let here = format!("{place}: utterance {id:?}");
    let expected = "(word_ids, visual, acoustic, words)";
    let inner: Vec<Value<'_>> = items(&here, outer[0], &[4, 6], expected)?.iter().collect();
    let ids = part(wanted, inner[0], |value| {
        word_ids(&format!("{here}: text"), value)
    })?;
    let at_words = format!("{here}: words");
    let words = part(wanted, inner[3], |value| {
        value.to_texts().map_err(at(&at_words))
    })?;
    let features = |index: usize, length: usize, name: &str| {
        let read = |value| rows(&format!("{here}: {name}"), value, inner.get(length));
        part(wanted, inner[index], read)
    };
    let (visual, acoustic) = (features(1, 4, "visual")?, features(2, 5, "acoustic")?);
    // Words alone are a text too: the model knows their ids.
    let unknown = |words: &Vec<String>| vec![Vocabulary::UNKNOWN; words.len()];
    let ids = ids.or_else(|| words.as_ref().map(unknown));
    let entry = Entry {
        id,
        words: words.unwrap_or_default(),
        text: ids.map(TextSequence::Words),
        visual,
        acoustic,
        label: outer_label(&here, &outer, wanted)?,
        modality_labels: ModalityLabels::default(),
    };
    // Only the long form supports unaligned features.
    if inner.len() == 4 {
        check_aligned(place, &entry)?;
    }
    Ok(entry)
}

/// The feature rows of one modality, cut to their length if the file states one.
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
