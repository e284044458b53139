//! Turns words into token ids.

use crate::InferError;
use crate::bert::Casing;
use misa_terms::{JsonFault, UtteranceError};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::str::FromStr;
use tokenizers::Tokenizer;

/// Largest file that is read; real vocabularies are much smaller.
const MAX_BYTES: u64 = 64 << 20;
const JSON: &str = "tokenizer.json";

/// BERT's tokeniser, which splits words into pieces and adds a special token before and after.
///
/// - Source: BERT, input representation.
#[derive(Clone, Debug)]
pub struct Tokeniser {
    inner: Tokenizer,
    /// Id of the token before a sentence.
    first: u32,
    /// Id of the token after a sentence.
    last: u32,
    /// Id of padding.
    padding: u32,
    /// Id of words that the vocabulary has no pieces of.
    unknown: u32,
    casing: Casing,
    /// Largest id of a token, plus 1.
    len: usize,
}

/// The entries of `tokenizer_config.json` that affect the tokens.
#[derive(Deserialize)]
struct Settings {
    /// By default: if the vocabulary has no words with capital letters.
    #[serde(default)]
    do_lower_case: Option<bool>,
    #[serde(default = "yes")]
    tokenize_chinese_chars: bool,
    /// By default: if letters are made lower case.
    #[serde(default)]
    strip_accents: Option<bool>,
}

fn yes() -> bool {
    true
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            do_lower_case: None,
            tokenize_chinese_chars: true,
            strip_accents: None,
        }
    }
}

impl Tokeniser {
    /// The file of the words, one a line, in a Hugging Face folder.
    pub const VOCABULARY_FILE: &str = "vocab.txt";
    /// The file of the settings in a Hugging Face folder.
    pub const SETTINGS_FILE: &str = "tokenizer_config.json";
    /// Tokens that every vocabulary contains, in the order of their ids in a new one.
    pub const SPECIAL_TOKENS: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// The tokeniser of a Hugging Face folder: its `tokenizer.json`, or its `vocab.txt` with the
    /// settings of `tokenizer_config.json`, if it exists.
    ///
    /// Where no file says whether letters keep their case, they do if the vocabulary has words with
    /// capital letters, see [`Self::casing`].
    ///
    /// # Errors
    ///
    /// [`InferError`] when neither file exists, or one is damaged, too large or of another model.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, InferError> {
        let folder = folder.as_ref();
        let path = folder.join(JSON);
        if path.exists() {
            let place = path.display().to_string();
            return Self::from_json(&read(&path)?, &place);
        }
        let path = folder.join(Self::VOCABULARY_FILE);
        if !path.exists() {
            let expected = format!("`{JSON}` or `{}`", Self::VOCABULARY_FILE);
            return Err(InferError::layout(
                folder.display().to_string(),
                expected,
                "neither",
            ));
        }
        let mut settings = settings(&folder.join(Self::SETTINGS_FILE))?;
        let words = read(&path)?;
        let casing = match settings.do_lower_case {
            Some(_) => Casing::Stated,
            None => Casing::guess(words.lines()),
        };
        if casing == Casing::GuessedCased {
            settings.do_lower_case = Some(false);
        }
        let tokeniser = Self::from_words(&words, &path.display().to_string(), &settings)?;
        Ok(Self {
            casing,
            ..tokeniser
        })
    }

    /// The tokeniser in the bytes of a `tokenizer.json`.
    pub(crate) fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, InferError> {
        let place = path.display().to_string();
        if bytes.len() as u64 > MAX_BYTES {
            let expected = format!("at most {MAX_BYTES} bytes");
            let found = format!("{} bytes", bytes.len());
            return Err(InferError::layout(place, expected, found));
        }
        match std::str::from_utf8(bytes) {
            Ok(json) => Self::from_json(json, &place),
            Err(error) => Err(InferError::layout(place, "text", error.to_string())),
        }
    }

    /// The tokeniser of these words, one per line, with ids that count lines from 0; letters become
    /// lower case.
    ///
    /// # Errors
    ///
    /// [`InferError`] when a special token is missing or a word is repeated.
    pub fn from_vocabulary(words: &str) -> Result<Self, InferError> {
        Self::from_words(words, "vocabulary", &Settings::default())
    }

    fn from_words(words: &str, place: &str, settings: &Settings) -> Result<Self, InferError> {
        let mut vocabulary = HashMap::new();
        for (line, word) in words.lines().enumerate() {
            // Ids are below the number of bytes.
            if let Some(before) = vocabulary.insert(word.to_owned(), line as u32) {
                let found = format!("{word:?} in lines {} and {}", before + 1, line + 1);
                return Err(InferError::layout(place, "each word once", found));
            }
        }
        if let Some(missing) = Self::SPECIAL_TOKENS
            .iter()
            .find(|&&word| !vocabulary.contains_key(word))
        {
            let found = format!("{} lines without it", vocabulary.len());
            return Err(InferError::layout(place, *missing, found));
        }
        let special = |(id, word): (usize, &str)| {
            json!({"id": id, "content": word, "special": true, "single_word": false,
                "lstrip": false, "rstrip": false, "normalized": false})
        };
        let words = words.lines().enumerate();
        let added: Vec<_> = (words.filter(|(_, word)| Self::SPECIAL_TOKENS.contains(word)))
            .map(special)
            .collect();
        let whole = json!({
            "version": "1.0",
            "added_tokens": added,
            "normalizer": {
                "type": "BertNormalizer",
                "clean_text": true,
                "handle_chinese_chars": settings.tokenize_chinese_chars,
                "strip_accents": settings.strip_accents,
                "lowercase": settings.do_lower_case.unwrap_or(true),
            },
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "model": {
                "type": "WordPiece",
                "unk_token": "[UNK]",
                "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100,
                "vocab": vocabulary,
            },
        });
        Self::from_json(&whole.to_string(), place)
    }

    /// The tokeniser that [`Self::to_json`] wrote, or the `tokenizer.json` of a Hugging Face model.
    ///
    /// `place` is named in errors.
    ///
    /// # Errors
    ///
    /// [`InferError`] when this is not a tokeniser, or lacks the special tokens of BERT.
    pub fn from_json(json: &str, place: &str) -> Result<Self, InferError> {
        check_kind(json, place)?;
        let inner = Tokenizer::from_str(json)
            .map_err(|error| InferError::layout(place, "a tokeniser", error.to_string()))?;
        Self::of(inner, place)
    }

    fn of(mut inner: Tokenizer, place: &str) -> Result<Self, InferError> {
        // This crate truncates and pads itself; settings in the file would do it a second time.
        inner.with_padding(None);
        let cleared = inner.with_truncation(None);
        cleared.map_err(|error| InferError::layout(place, "a tokeniser", error.to_string()))?;
        let id = |word: &str| {
            let expected = format!("the token {word}");
            let missing = || InferError::layout(place, expected, "a tokeniser without it");
            inner.token_to_id(word).ok_or_else(missing)
        };
        let [first, last, padding] = [id("[CLS]")?, id("[SEP]")?, id("[PAD]")?];
        let unknown = id("[UNK]")?;
        let largest = inner.get_vocab(true).into_values().max().unwrap_or(0);
        Ok(Self {
            first,
            last,
            padding,
            unknown,
            casing: Casing::Stated,
            len: largest as usize + 1,
            inner,
        })
    }

    /// The tokeniser as a `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// [`InferError::Layout`] when it cannot be written as such.
    pub fn to_json(&self) -> Result<String, InferError> {
        let json = self.inner.to_string(false);
        json.map_err(|error| InferError::layout(JSON, "a tokeniser", error.to_string()))
    }

    /// Largest id of a token, plus 1.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Always false: there are special tokens.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Id of padding.
    pub fn padding(&self) -> u32 {
        self.padding
    }

    /// Id of words that the vocabulary has no pieces of.
    pub fn unknown(&self) -> u32 {
        self.unknown
    }

    /// How it is known whether letters keep their case.
    pub fn casing(&self) -> Casing {
        self.casing
    }

    /// The ids of all pieces of `words`, with a special token before and after them.
    ///
    /// Words are joined by single spaces.
    ///
    /// - Source: official MISA, `collate_fn`.
    ///
    /// # Errors
    ///
    /// [`UtteranceError::Tokeniser`] if a tokeniser from a file fails on the text.
    pub fn tokens(&self, words: &[String]) -> Result<Vec<u32>, UtteranceError> {
        let encoding = self.inner.encode_fast(words.join(" "), false);
        let encoding = encoding.map_err(|error| UtteranceError::Tokeniser {
            reason: error.to_string(),
        })?;
        let mut tokens = Vec::with_capacity(encoding.len() + 2);
        tokens.push(self.first);
        tokens.extend_from_slice(encoding.get_ids());
        tokens.push(self.last);
        Ok(tokens)
    }
}

/// Refuses other tokenisers than BERT's before the library builds them.
fn check_kind(json: &str, place: &str) -> Result<(), InferError> {
    let wrong = |found: String| InferError::layout(place, "a tokeniser of BERT", found);
    let value: Value = serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
    for (part, expected) in [
        ("model", "WordPiece"),
        ("normalizer", "BertNormalizer"),
        ("pre_tokenizer", "BertPreTokenizer"),
    ] {
        let found = &value[part]["type"];
        if found != expected {
            return Err(wrong(format!("{part} {found}, not {expected:?}")));
        }
    }
    Ok(())
}

/// The text of a file that is not too large.
fn read(path: &Path) -> Result<String, InferError> {
    let bytes = fs::metadata(path)
        .map_err(InferError::missing_or_io(path))?
        .len();
    if bytes > MAX_BYTES {
        let expected = format!("at most {MAX_BYTES} bytes");
        let place = path.display().to_string();
        return Err(InferError::layout(
            place,
            expected,
            format!("{bytes} bytes"),
        ));
    }
    let mut text = String::new();
    let mut file = File::open(path)
        .map_err(InferError::missing_or_io(path))?
        .take(MAX_BYTES);
    file.read_to_string(&mut text)
        .map_err(InferError::missing_or_io(path))?;
    Ok(text)
}

fn settings(path: &Path) -> Result<Settings, InferError> {
    if !path.exists() {
        return Ok(Settings::default());
    }
    let text = read(path)?;
    serde_json::from_str(&text).map_err(|error| {
        let place = path.display().to_string();
        let found = JsonFault::new(text.as_bytes(), &error).instead_with_place();
        InferError::layout(place, "the settings of a tokeniser", found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\ngood\n##s\n";

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn words_are_split_into_pieces() {
        let tokeniser = Tokeniser::from_vocabulary(WORDS).unwrap();
        assert_eq!(
            tokeniser.tokens(&words("Good films")).unwrap(),
            [2, 6, 5, 7, 3]
        );
        assert_eq!(tokeniser.tokens(&words("bad")).unwrap(), [2, 1, 3]);
        assert_eq!((tokeniser.len(), tokeniser.padding()), (8, 0));
    }

    #[test]
    fn a_tokeniser_survives_json() {
        let tokeniser = Tokeniser::from_vocabulary(WORDS).unwrap();
        let json = tokeniser.to_json().unwrap();
        let again = Tokeniser::from_json(&json, "json").unwrap();
        let sentence = words("Good films [SEP] film,");
        let [found, expected] = [&again, &tokeniser].map(|one| one.tokens(&sentence).unwrap());
        assert_eq!(found, expected);
        assert_eq!(again.to_json().unwrap(), json);
    }

    /// The tokeniser of a folder with this `vocab.txt` and, if given, `tokenizer_config.json`.
    fn opened(vocabulary: &str, settings: Option<&str>) -> Tokeniser {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(Tokeniser::VOCABULARY_FILE), vocabulary).unwrap();
        if let Some(settings) = settings {
            fs::write(folder.path().join(Tokeniser::SETTINGS_FILE), settings).unwrap();
        }
        Tokeniser::open(folder.path()).unwrap()
    }

    #[test]
    fn a_casing_that_no_file_states_is_guessed_from_the_vocabulary() {
        let cased = format!("{WORDS}Good\n");
        let good = |tokeniser: &Tokeniser| tokeniser.tokens(&words("Good")).unwrap()[1];
        for (vocabulary, settings, casing, expected) in [
            (WORDS, None, Casing::GuessedLower, 6),
            (WORDS, Some("{}"), Casing::GuessedLower, 6),
            (&cased, None, Casing::GuessedCased, 8),
            (
                &cased,
                Some("{\"strip_accents\": null}"),
                Casing::GuessedCased,
                8,
            ),
            (&cased, Some("{\"do_lower_case\": true}"), Casing::Stated, 6),
            (WORDS, Some("{\"do_lower_case\": false}"), Casing::Stated, 1),
        ] {
            let tokeniser = opened(vocabulary, settings);
            assert_eq!((tokeniser.casing(), good(&tokeniser)), (casing, expected));
            assert_eq!(casing.note().is_some(), casing != Casing::Stated);
        }
    }

    #[test]
    fn files_that_are_not_of_bert_are_refused() {
        for (vocabulary, text) in [
            (
                "[PAD]\nfilm",
                "vocabulary: expected [UNK], found 2 lines without it",
            ),
            (
                "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\na",
                "vocabulary: expected each word once, found \"a\" in lines 6 and 7",
            ),
        ] {
            let error = Tokeniser::from_vocabulary(vocabulary).unwrap_err();
            assert_eq!(error.to_string(), text);
        }
        let error = Tokeniser::from_json("{}", "tokenizer.json").unwrap_err();
        assert_eq!(
            error.to_string(),
            "tokenizer.json: expected a tokeniser of BERT, found model null, not \"WordPiece\""
        );
    }

    #[test]
    fn damaged_json_gives_an_error_or_a_tokeniser() {
        let json = Tokeniser::from_vocabulary(WORDS)
            .unwrap()
            .to_json()
            .unwrap();
        let mut tokenisers = 0;
        for place in 0..json.len() {
            for change in [&b""[..], b"\"", b"0", b"-9", b"}", b"null"] {
                let mut bytes = json.clone().into_bytes();
                bytes.splice(place..=place, change.iter().copied());
                let changed = String::from_utf8_lossy(&bytes);
                if let Ok(tokeniser) = Tokeniser::from_json(&changed, "json") {
                    // A tokeniser without error must not panic.
                    let _ = tokeniser.tokens(&words("Good films, [SEP] and \u{1F600}"));
                    tokenisers += 1;
                }
            }
        }
        assert!(tokenisers > 0);
    }
}
