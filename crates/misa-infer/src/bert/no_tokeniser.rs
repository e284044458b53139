//! A placeholder for the tokeniser, without the feature `bert`.

use crate::InferError;
use crate::bert::Casing;
use misa_terms::UtteranceError;
use std::convert::Infallible;
use std::path::Path;

/// BERT's tokeniser. Without the feature `bert`, it cannot be created.
#[derive(Clone, Debug)]
pub struct Tokeniser(Infallible);

impl Tokeniser {
    /// The file of the words, one a line, in a Hugging Face folder.
    pub const VOCABULARY_FILE: &str = "vocab.txt";
    /// The file of the settings in a Hugging Face folder.
    pub const SETTINGS_FILE: &str = "tokenizer_config.json";
    /// Tokens that every vocabulary contains, in the order of their ids in a new one.
    pub const SPECIAL_TOKENS: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// Fails: the feature `bert` is off.
    ///
    /// # Errors
    ///
    /// [`InferError::NoTokeniser`], always.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, InferError> {
        Err(InferError::NoTokeniser {
            path: folder.as_ref().to_owned(),
        })
    }

    /// Fails as [`Self::open`] does.
    pub(crate) fn of_bytes(path: &Path, _: &[u8]) -> Result<Self, InferError> {
        Self::open(path)
    }

    /// The tokeniser as a `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// None: there is no tokeniser.
    pub fn to_json(&self) -> Result<String, InferError> {
        match self.0 {}
    }

    /// Largest id of a token, plus 1.
    pub fn len(&self) -> usize {
        match self.0 {}
    }

    /// Whether there is no token at all.
    pub fn is_empty(&self) -> bool {
        match self.0 {}
    }

    /// Id of padding.
    pub fn padding(&self) -> u32 {
        match self.0 {}
    }

    /// Id of words that the vocabulary has no pieces of.
    pub fn unknown(&self) -> u32 {
        match self.0 {}
    }

    /// How it is known whether letters keep their case.
    pub fn casing(&self) -> Casing {
        match self.0 {}
    }

    /// The ids of all pieces of `words`.
    ///
    /// # Errors
    ///
    /// None: there is no tokeniser.
    pub fn tokens(&self, _: &[String]) -> Result<Vec<u32>, UtteranceError> {
        match self.0 {}
    }
}
