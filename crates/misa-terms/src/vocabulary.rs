//! Words and their ids.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Words by id.
///
/// Id 0 stands for every unknown word and id 1 for padding. Ids may have gaps, because a file only
/// contains the words it uses. A frozen vocabulary takes no new words.
///
/// It is serialised as the list of its words in the order of their ids, with `null` for gaps.
///
/// - Source: official MISA, one vocabulary over all splits, ids by first appearance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Option<String>>", into = "Vec<Option<String>>")]
pub struct Vocabulary {
    words: Vec<Option<String>>,
    ids: HashMap<String, u32>,
    frozen: bool,
}

impl Vocabulary {
    /// Id of every word that is not in the vocabulary.
    pub const UNKNOWN: u32 = 0;
    /// Id that pads sentences.
    pub const PADDING: u32 = 1;
    /// The word of id [`UNKNOWN`](Self::UNKNOWN).
    pub const UNKNOWN_WORD: &str = "<unk>";
    /// The word of id [`PADDING`](Self::PADDING).
    pub const PADDING_WORD: &str = "<pad>";
    /// Largest size. A corpus has fewer words; a damaged id must not allocate memory for gaps.
    pub const MAX_LEN: usize = 1 << 20;

    /// A vocabulary of the two special words.
    pub fn new() -> Self {
        let words = [Self::UNKNOWN_WORD, Self::PADDING_WORD];
        Self {
            ids: words
                .iter()
                .zip(0..)
                .map(|(word, id)| (word.to_string(), id))
                .collect(),
            words: words.map(|word| Some(word.to_owned())).into(),
            frozen: false,
        }
    }

    /// Number of ids, including gaps and special words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are only special words.
    pub fn is_empty(&self) -> bool {
        self.ids.len() <= 2
    }

    /// The id of a word, or [`UNKNOWN`](Self::UNKNOWN).
    pub fn id(&self, word: &str) -> u32 {
        self.ids.get(word).copied().unwrap_or(Self::UNKNOWN)
    }

    /// The word of an id; `None` in a gap and beyond the last id.
    pub fn word(&self, id: u32) -> Option<&str> {
        self.words.get(id as usize)?.as_deref()
    }

    /// The id of a word. A new word gets the next id, or stays unknown if the vocabulary is frozen.
    ///
    /// # Panics
    ///
    /// Panics if the vocabulary would exceed [`MAX_LEN`](Self::MAX_LEN).
    pub fn add(&mut self, word: &str) -> u32 {
        match self.ids.get(word) {
            Some(&id) => id,
            None if self.frozen => Self::UNKNOWN,
            None => {
                assert!(self.len() < Self::MAX_LEN, "vocabulary is full");
                let id = self.len() as u32;
                self.words.push(Some(word.to_owned()));
                self.ids.insert(word.to_owned(), id);
                id
            }
        }
    }

    /// The ids of words, see [`add`](Self::add); `None` if a new word would exceed [`MAX_LEN`](Self::MAX_LEN).
    #[doc(hidden)]
    pub fn ids_of<'w>(&mut self, words: impl IntoIterator<Item = &'w String>) -> Option<Vec<u32>> {
        let mut ids = Vec::new();
        for word in words {
            let has_room = self.frozen || self.len() < Self::MAX_LEN;
            if !has_room && !self.ids.contains_key(word) {
                return None;
            }
            ids.push(self.add(word));
        }
        Some(ids)
    }

    /// Freezes the vocabulary: from now on, new words are unknown.
    pub fn freeze(&mut self) {
        self.frozen = true;
    }

    /// Adds `word` with the `id` that a file gives it.
    ///
    /// # Errors
    ///
    /// [`Conflict`] if the id has another word, the word has another id, or the id is too large.
    #[doc(hidden)]
    pub fn insert(&mut self, id: u32, word: &str) -> Result<(), Conflict> {
        let index = id as usize;
        if index >= Self::MAX_LEN {
            return Err(Conflict::Range);
        }
        if let Some(known) = self.word(id) {
            return if known == word {
                Ok(())
            } else {
                Err(Conflict::Word(known.to_owned()))
            };
        }
        if let Some(&known) = self.ids.get(word) {
            return Err(Conflict::Id(known));
        }
        if index >= self.words.len() {
            self.words.resize(index + 1, None);
        }
        self.words[index] = Some(word.to_owned());
        self.ids.insert(word.to_owned(), id);
        Ok(())
    }

    /// Ids and words in the order of the ids, without gaps.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> + Clone {
        self.words
            .iter()
            .zip(0..)
            .filter_map(|(word, id)| Some((id, word.as_deref()?)))
    }
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::new()
    }
}

impl TryFrom<Vec<Option<String>>> for Vocabulary {
    type Error = String;

    /// Reads a list that was serialised; the result is frozen.
    fn try_from(words: Vec<Option<String>>) -> Result<Self, String> {
        let mut vocabulary = Self::new();
        let length = words.len();
        for (id, word) in (0..).zip(words) {
            let Some(word) = word else { continue };
            vocabulary
                .insert(id, &word)
                .map_err(|conflict| match conflict {
                    Conflict::Word(known) => format!("word {id}: `{word}`, expected `{known}`"),
                    Conflict::Id(known) => format!("word {id}: `{word}` is word {known} already"),
                    Conflict::Range => {
                        format!("{length} words, expected at most {}", Self::MAX_LEN)
                    }
                })?;
        }
        vocabulary.words.resize(length.max(2), None);
        vocabulary.freeze();
        Ok(vocabulary)
    }
}

impl From<Vocabulary> for Vec<Option<String>> {
    fn from(vocabulary: Vocabulary) -> Self {
        vocabulary.words
    }
}

/// Why an id and a word cannot be added to a vocabulary.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The id has this word.
    Word(String),
    /// The word has this id.
    Id(u32),
    /// The id is [`Vocabulary::MAX_LEN`] or larger.
    Range,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_first_appearance() {
        let mut vocabulary = Vocabulary::new();
        assert_eq!(["a", "b", "a"].map(|word| vocabulary.add(word)), [2, 3, 2]);
        assert_eq!(vocabulary.len(), 4);
        assert_eq!(vocabulary.word(3), Some("b"));
        assert_eq!(vocabulary.word(Vocabulary::PADDING), Some("<pad>"));
    }

    #[test]
    fn frozen_means_unknown() {
        let mut vocabulary = Vocabulary::new();
        vocabulary.add("a");
        vocabulary.freeze();
        assert_eq!(vocabulary.add("b"), Vocabulary::UNKNOWN);
        assert_eq!(vocabulary.add("a"), 2);
        assert_eq!(vocabulary.len(), 3);
    }

    #[test]
    fn words_beyond_the_largest_size_have_no_ids() {
        let mut vocabulary = Vocabulary::new();
        let last = Vocabulary::MAX_LEN as u32 - 1;
        vocabulary.insert(last, "last").unwrap();
        let words = ["last", "new"].map(str::to_string);
        assert_eq!(vocabulary.ids_of(&words[..1]), Some(vec![last]));
        assert_eq!(vocabulary.ids_of(&words), None);
        vocabulary.freeze();
        assert_eq!(vocabulary.ids_of(&words), Some(vec![last, 0]));
    }

    #[test]
    fn a_list_of_words_is_read_back_frozen() {
        let mut vocabulary = Vocabulary::new();
        vocabulary.insert(4, "e").unwrap();
        let json = serde_json::to_string(&vocabulary).unwrap();
        assert_eq!(json, r#"["<unk>","<pad>",null,null,"e"]"#);
        let mut read: Vocabulary = serde_json::from_str(&json).unwrap();
        assert_eq!((read.len(), read.id("e"), read.add("f")), (5, 4, 0));
        let twice = serde_json::from_str::<Vocabulary>(r#"["<unk>","<pad>","a","a"]"#);
        assert_eq!(
            twice.unwrap_err().to_string(),
            "word 3: `a` is word 2 already"
        );
    }

    #[test]
    fn gaps_are_allowed_and_conflicts_are_not() {
        let mut vocabulary = Vocabulary::new();
        assert_eq!(vocabulary.insert(5, "e"), Ok(()));
        assert_eq!(vocabulary.insert(5, "e"), Ok(()));
        assert_eq!(vocabulary.insert(5, "f"), Err(Conflict::Word("e".into())));
        assert_eq!(vocabulary.insert(4, "e"), Err(Conflict::Id(5)));
        assert_eq!(vocabulary.insert(u32::MAX, "z"), Err(Conflict::Range));
        assert_eq!(vocabulary.len(), 6);
        assert_eq!(vocabulary.word(3), None);
        let ids: Vec<u32> = vocabulary.iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [0, 1, 5]);
    }
}
