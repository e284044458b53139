//! The folder of UR-FUNNY's pickles.
//!
//! Every file is a dictionary by the number of an utterance:
//!
//! | File | Content |
//! |---|---|
//! | `humor_label_sdk.pkl` | 1 if it is followed by laughter, otherwise 0 |
//! | `data_folds.pkl` | lists of numbers under `train`, `dev` and `test` |
//! | `openface_features_sdk.pkl`, `covarep_features_sdk.pkl` | `punchline_features`: a row per word |
//! | `word_embedding_indexes_sdk.pkl` (V1) | `punchline_embedding_indexes`: indices into the word list |
//! | `word_list.pkl` (V1) | the words |
//! | `word_embedding_list.pkl` (V1) | their vectors |
//! | `language_sdk.pkl` (V2) | `punchline_sentence` |
//!
//! The text is the words of V1 if their list exists, otherwise the sentences of V2, otherwise the
//! vectors of V1. Only the punchline is read. Utterances of no fold, and utterances whose
//! modalities differ in rows, are dropped and counted.
//!
//! - Source: official MISA, `create_dataset.py`; ROC-HCI/UR-FUNNY.
//! - Differs: sentences and vectors are additions, because the word list of V1 is lost. The
//!   official code does not read the context either.

use super::Format;
use super::fields::{at, rows};
use super::files::open_pickle;
use crate::intake::{Heading, Intake};
use crate::prepare::{Preparer, RawUtterance};
use crate::{DataError, Sequence, Split};
use misa_files::pickle::{Pickle, Value};
use std::collections::HashMap;
use std::path::Path;

/// The file that marks a folder as a data set of this format.
pub(super) const LABELS: &str = "humor_label_sdk.pkl";
const FOLDS: &str = "data_folds.pkl";
const VISUAL: &str = "openface_features_sdk.pkl";
const ACOUSTIC: &str = "covarep_features_sdk.pkl";
const INDEXES: &str = "word_embedding_indexes_sdk.pkl";
const WORDS: &str = "word_list.pkl";
const VECTORS: &str = "word_embedding_list.pkl";
const SENTENCES: &str = "language_sdk.pkl";

/// The data set of a folder.
pub(super) fn read_folder(folder: &Path, intake: &mut Intake<'_>) -> Result<Heading, DataError> {
    let [labels, visual, acoustic] =
        [LABELS, VISUAL, ACOUSTIC].map(|name| Table::open(folder, name));
    let (labels, visual, acoustic) = (labels?, visual?, acoustic?);
    let folds = Table::open(folder, FOLDS)?;
    let files = TextFiles::open(folder)?;
    let tables = [&labels, &visual, &acoustic, &folds].into_iter();
    for table in tables.chain(files.tables()) {
        intake.note_unread(None, &table.pickle);
    }
    let (visual, acoustic) = (visual.entries()?, acoustic.entries()?);
    let folds = self::folds(&folds)?;
    let text = files.text()?;
    let mut preparer = text.preparer(intake);
    for (number, label) in labels.numbered()? {
        let id = number.to_string();
        let label = label.as_float().ok_or_else(|| {
            let place = format!("{}: utterance {id:?}", labels.place);
            DataError::layout(place, "one number", label.describe())
        })?;
        let (words, vectors) = text.of(number)?;
        let raw = RawUtterance {
            id,
            split: folds.get(&number).copied(),
            words,
            visual: visual.rows(number)?,
            acoustic: acoustic.rows(number)?,
            label,
            is_single: false,
        };
        intake.push_raw(&labels.place, &raw, vectors, &mut preparer)?;
    }
    let has_words = !matches!(text, Text::Vectors { .. });
    Ok(Heading {
        format: Format::UrFunny,
        vocabulary: has_words.then(|| preparer.finish()),
    })
}

/// One of the files.
#[derive(Debug)]
struct Table {
    place: String,
    pickle: Pickle<'static>,
}

impl Table {
    fn open(folder: &Path, name: &str) -> Result<Self, DataError> {
        let path = folder.join(name);
        Ok(Self {
            pickle: open_pickle(&path)?,
            place: path.display().to_string(),
        })
    }

    fn open_if_there(folder: &Path, name: &str) -> Result<Option<Self>, DataError> {
        let is_there = folder.join(name).is_file();
        is_there.then(|| Self::open(folder, name)).transpose()
    }

    /// Number and value of each entry, in the order of the file.
    fn numbered(&self) -> Result<Vec<(i64, Value<'_>)>, DataError> {
        let root = self.pickle.root();
        let wrong = || DataError::layout(&self.place, "a dict by number", root.describe());
        let entries = root.entries().ok_or_else(wrong)?;
        entries
            .map(|(key, value)| Some((key.as_int()?, value)))
            .collect::<Option<_>>()
            .ok_or_else(wrong)
    }

    fn entries(&self) -> Result<Entries<'_>, DataError> {
        Ok(Entries {
            place: &self.place,
            values: self.numbered()?.into_iter().collect(),
        })
    }

    fn texts(&self) -> Result<Vec<String>, DataError> {
        self.pickle.root().to_texts().map_err(at(&self.place))
    }
}

/// The entries of a file by number.
#[derive(Debug)]
struct Entries<'p> {
    place: &'p str,
    values: HashMap<i64, Value<'p>>,
}

impl<'p> Entries<'p> {
    /// The value under `key` of an utterance.
    fn get(&self, number: i64, key: &str) -> Result<(String, Value<'p>), DataError> {
        let place = format!("{}: utterance \"{number}\"", self.place);
        let found = self.values.get(&number).and_then(|value| value.get(key));
        match found {
            Some(value) => Ok((format!("{place}: {key}"), value)),
            None => Err(DataError::layout(
                place,
                format!("a dict with {key:?}"),
                "none",
            )),
        }
    }

    /// The features of the punchline.
    fn rows(&self, number: i64) -> Result<Vec<Vec<f64>>, DataError> {
        let (place, value) = self.get(number, "punchline_features")?;
        rows(&place, value)
    }
}

/// The files with text, as far as they exist.
#[derive(Debug)]
struct TextFiles {
    folder: String,
    indexes: Option<Table>,
    words: Option<Table>,
    vectors: Option<Table>,
    sentences: Option<Table>,
}

impl TextFiles {
    fn open(folder: &Path) -> Result<Self, DataError> {
        let indexes = Table::open_if_there(folder, INDEXES)?;
        let words = Table::open_if_there(folder, WORDS)?.filter(|_| indexes.is_some());
        let has_words = words.is_some();
        let sentences = if has_words {
            None
        } else {
            Table::open_if_there(folder, SENTENCES)?
        };
        let vectors = if has_words || sentences.is_some() {
            None
        } else {
            Table::open_if_there(folder, VECTORS)?
        };
        Ok(Self {
            folder: folder.display().to_string(),
            indexes,
            words,
            vectors,
            sentences,
        })
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        let files = [&self.indexes, &self.words, &self.vectors, &self.sentences];
        files.into_iter().flatten()
    }

    fn text(&self) -> Result<Text<'_>, DataError> {
        let indexes = self.indexes.as_ref().map(Table::entries).transpose()?;
        match (indexes, &self.words, &self.sentences, &self.vectors) {
            (Some(indexes), Some(words), ..) => Ok(Text::Words {
                indexes,
                words: words.texts()?,
            }),
            (_, _, Some(sentences), _) => Ok(Text::Sentences(sentences.entries()?)),
            (Some(indexes), _, _, Some(vectors)) => Ok(Text::Vectors {
                indexes,
                rows: rows(&vectors.place, vectors.pickle.root())?,
            }),
            _ => {
                let expected = format!("{INDEXES} with {WORDS} or {VECTORS}, or {SENTENCES}");
                Err(DataError::layout(&self.folder, expected, "none of these"))
            }
        }
    }
}

/// The source of the text of an utterance.
#[derive(Debug)]
enum Text<'p> {
    Words {
        indexes: Entries<'p>,
        words: Vec<String>,
    },
    Sentences(Entries<'p>),
    Vectors {
        indexes: Entries<'p>,
        rows: Vec<Vec<f64>>,
    },
}

impl Text<'_> {
    fn preparer(&self, intake: &Intake<'_>) -> Preparer {
        let preparer = Preparer::new(intake.non_finite()).without_pauses();
        match self {
            // Sentences are split at spaces, features at spoken words.
            Self::Sentences(_) => preparer.with_own_words(),
            Self::Words { .. } | Self::Vectors { .. } => preparer,
        }
    }

    /// The words of an utterance, or their vectors if only these are known.
    fn of(&self, number: i64) -> Result<(Vec<String>, Option<Sequence>), DataError> {
        match self {
            Self::Words { indexes, words } => {
                let word = |index: usize| words[index].clone();
                let places = places(indexes, number, words.len())?;
                Ok((places.into_iter().map(word).collect(), None))
            }
            Self::Sentences(sentences) => {
                let (place, value) = sentences.get(number, "punchline_sentence")?;
                let sentence = value.to_text().map_err(at(&place))?;
                Ok((
                    sentence.split_whitespace().map(str::to_owned).collect(),
                    None,
                ))
            }
            Self::Vectors { indexes, rows } => {
                let places = places(indexes, number, rows.len())?;
                let values = places.iter().flat_map(|&index| &rows[index]);
                let values = values.map(|&value| value as f32).collect();
                let d_input = rows.first().map_or(0, Vec::len);
                // Placeholders, one per row, because the words are unknown.
                Ok((
                    vec![String::new(); places.len()],
                    Sequence::new(d_input, values),
                ))
            }
        }
    }
}

/// Indices into the word list, checked to be inside.
fn places(indexes: &Entries<'_>, number: i64, len: usize) -> Result<Vec<usize>, DataError> {
    let (place, value) = indexes.get(number, "punchline_embedding_indexes")?;
    let ints = value.to_ints().map_err(at(&place))?;
    let inside = |index: i64| usize::try_from(index).ok().filter(|&index| index < len);
    ints.into_iter()
        .map(|index| {
            let wrong =
                || DataError::layout(&place, format!("places below {len}"), index.to_string());
            inside(index).ok_or_else(wrong)
        })
        .collect()
}

/// The split of every utterance that is in one.
fn folds(table: &Table) -> Result<HashMap<i64, Split>, DataError> {
    let mut folds = HashMap::new();
    super::padded::check_splits(Path::new(&table.place), table.pickle.root())?;
    for split in Split::ALL {
        let root = table.pickle.root();
        let Some(numbers) = super::padded::split_of(root, split) else {
            let expected = format!("a dict with \"{split}\"");
            return Err(DataError::layout(&table.place, expected, root.describe()));
        };
        let place = format!("{}: {split}", table.place);
        for number in numbers.to_ints().map_err(at(&place))? {
            folds.insert(number, split);
        }
    }
    Ok(folds)
}
