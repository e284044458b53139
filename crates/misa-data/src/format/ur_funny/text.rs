//! The text of the utterances.

use super::table::{Entries, Table};
use super::{INDEXES, SENTENCES, VECTORS, WORDS};
use crate::format::fields::{at, rows};
use crate::intake::Intake;
use crate::prepare::Preparer;
use crate::wanted::Wanted;
use crate::{DataError, Sequence};
use std::path::Path;

/// The files with text, as far as they exist.
#[derive(Debug)]
pub(super) struct TextFiles {
    folder: String,
    pub indexes: Option<Table>,
    words: Option<Table>,
    vectors: Option<Table>,
    pub sentences: Option<Table>,
}

impl TextFiles {
    pub fn open(folder: &Path) -> Result<Self, DataError> {
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

    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        let files = [&self.indexes, &self.words, &self.vectors, &self.sentences];
        files.into_iter().flatten()
    }

    pub fn text(&self, wanted: Wanted) -> Result<Text<'_>, DataError> {
        if wanted.is_clips() && self.tables().next().is_none() {
            return Ok(Text::Missing);
        }
        let indexes = self.indexes.as_ref().map(Table::entries).transpose()?;
        match (indexes, &self.words, &self.sentences, &self.vectors) {
            (Some(indexes), Some(words), ..) => Ok(Text::Words {
                indexes,
                words: words.texts()?,
            }),
            (_, _, Some(sentences), _) => Ok(Text::Sentences(sentences.entries()?)),
            (Some(indexes), _, _, Some(vectors)) => Ok(Text::Vectors {
                indexes,
                rows: equal_rows(vectors)?,
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
pub(super) enum Text<'p> {
    Words {
        indexes: Entries<'p>,
        words: Vec<String>,
    },
    Sentences(Entries<'p>),
    Vectors {
        indexes: Entries<'p>,
        rows: Vec<Vec<f64>>,
    },
    /// Of clips.
    Missing,
}

/// The words of an utterance, and their vectors if only these are known.
pub(super) type Said = (Option<Vec<String>>, Option<Sequence>);

impl Text<'_> {
    pub fn preparer(&self, intake: &Intake<'_>) -> Preparer {
        let preparer = Preparer::new(intake.non_finite(), intake.wanted()).without_pauses();
        match self {
            // Sentences are split at spaces, features at spoken words.
            Self::Sentences(_) => preparer.with_own_words(),
            _ => preparer,
        }
    }

    /// The text of an utterance; clips may have none.
    pub fn of(&self, number: i64, wanted: Wanted) -> Result<Said, DataError> {
        match self {
            Self::Missing => Ok((None, None)),
            Self::Sentences(entries)
            | Self::Words {
                indexes: entries, ..
            }
            | Self::Vectors {
                indexes: entries, ..
            } if entries.lacks(number, wanted) => Ok((None, None)),
            Self::Words { indexes, words } => {
                let word = |index: usize| words[index].clone();
                let places = places(indexes, number, words.len())?;
                Ok((Some(places.into_iter().map(word).collect()), None))
            }
            Self::Sentences(sentences) => {
                let (place, value) = sentences.get(number, "punchline_sentence")?;
                let sentence = value.to_text().map_err(at(&place))?;
                let words = sentence.split_whitespace().map(str::to_owned);
                Ok((Some(words.collect()), None))
            }
            Self::Vectors { indexes, rows } => {
                let places = places(indexes, number, rows.len())?;
                let values = places.iter().flat_map(|&index| &rows[index]);
                let values = values.map(|&value| value as f32).collect();
                let d_input = rows.first().map_or(0, Vec::len);
                // Placeholders, one per row, because the words are unknown.
                let words = vec![String::new(); places.len()];
                Ok((Some(words), Sequence::new(d_input, values)))
            }
        }
    }
}

/// The vectors of the words, which have one size.
fn equal_rows(vectors: &Table) -> Result<Vec<Vec<f64>>, DataError> {
    let rows = rows(&vectors.place, vectors.pickle.root())?;
    let d_input = rows.first().map_or(1, Vec::len).max(1);
    match rows.iter().position(|row| row.len() != d_input) {
        None => Ok(rows),
        Some(word) => {
            let place = format!("{}: vector {word}", vectors.place);
            let expected = format!("{d_input} numbers, as in the others");
            let found = rows[word].len().to_string();
            Err(DataError::layout(place, expected, found))
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
