//! What is read from a file of words.

use crate::Word;
use crate::words::{WordsFormat, WordsNote};

/// The words of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WordsFile {
    /// What wrote the file.
    pub format: WordsFormat,
    /// The recordings that it tells of, in the order of the file: several in CTM, STM and MLF, otherwise one.
    /// Together they have at least one word.
    pub recordings: Vec<RecordingWords>,
    /// The language of all words, as the tool writes it: `en`.
    pub language: Option<String>,
    /// What was left out, replaced or odd, counted.
    pub notes: Vec<WordsNote>,
}

/// The words of one recording.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RecordingWords {
    /// The recording, as CTM, STM and MLF state it, which may be with folder and extension; `None` if the
    /// file's own name says it.
    pub name: Option<String>,
    /// Its words, in the order of the file. Times are finite, from 0 to the limit, and no word ends before it
    /// starts; but a word may start before the one in front of it.
    pub words: Vec<Word>,
}
