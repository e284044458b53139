//! The sentences of a batch.

use crate::InferError;
use crate::bert::script::is_unspaced;
use crate::bert::{TokenCounts, Tokeniser, Truncation};
use misa_terms::{BertConfig, TextSequence, Utterance, UtteranceError, Vocabulary};

/// The two special tokens around a sentence.
const SPECIAL: usize = 2;

/// Turns the words of utterances into the tokens that BERT reads.
#[derive(Clone, Debug)]
pub struct BertText {
    tokeniser: Tokeniser,
    truncation: Truncation,
    positions: usize,
    /// For utterances with word ids but without words.
    vocabulary: Option<Vocabulary>,
}

impl BertText {
    /// The text of a BERT of these sizes.
    ///
    /// # Errors
    ///
    /// [`InferError`] when the tokeniser has ids without vectors in this BERT, or sentences may be
    /// longer than its positions.
    pub fn new(
        tokeniser: Tokeniser,
        bert: &BertConfig,
        truncation: Truncation,
    ) -> Result<Self, InferError> {
        if tokeniser.len() > bert.vocabulary {
            let expected = format!("token ids below {} (vocab_size)", bert.vocabulary);
            let found = format!("{} tokens", tokeniser.len());
            return Err(InferError::layout("tokeniser", expected, found));
        }
        if let Truncation::Tokens(count) = truncation
            && !(SPECIAL + 1..=bert.positions).contains(&count)
        {
            let expected = format!("from {} to {} tokens", SPECIAL + 1, bert.positions);
            return Err(InferError::layout(
                "truncation",
                expected,
                count.to_string(),
            ));
        }
        Ok(Self {
            tokeniser,
            truncation,
            positions: bert.positions,
            vocabulary: None,
        })
    }

    /// Also reads word ids, as words of the vocabulary of a data set.
    pub fn with_vocabulary(mut self, vocabulary: Option<Vocabulary>) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// The tokeniser.
    pub fn tokeniser(&self) -> &Tokeniser {
        &self.tokeniser
    }

    /// The truncation of sentences.
    pub fn truncation(&self) -> Truncation {
        self.truncation
    }

    /// Checks that every utterance has words, and not too many. Errors name `place`.
    ///
    /// # Errors
    ///
    /// [`InferError::Utterance`] for the first utterance without words, or with more tokens than
    /// BERT has positions.
    pub fn check<'a>(
        &self,
        place: &str,
        utterances: impl IntoIterator<Item = &'a Utterance>,
    ) -> Result<(), InferError> {
        for utterance in utterances {
            self.fits(utterance)
                .map_err(|source| InferError::Utterance {
                    place: place.to_owned(),
                    id: utterance.id.clone(),
                    source,
                })?;
        }
        Ok(())
    }

    fn fits(&self, utterance: &Utterance) -> Result<(), UtteranceError> {
        let words = self.words(utterance);
        if words.iter().all(|word| word.trim().is_empty()) {
            return Err(UtteranceError::NoWords);
        }
        let whole = self.tokeniser.tokens(&words)?.len();
        let tokens = match self.truncation {
            Truncation::Full => whole,
            Truncation::Batch => self.rule_words(utterance)? + SPECIAL,
            Truncation::Tokens(count) => count,
        };
        if tokens <= self.positions {
            return Ok(());
        }
        Err(UtteranceError::Tokens {
            found: tokens,
            limit: self.positions,
        })
    }

    /// The same, but independent of the other utterances of a batch: instead of the longest word
    /// count of the batch, the positions of BERT limit a sentence.
    pub fn by_itself(&self) -> Self {
        let truncation = match self.truncation {
            Truncation::Batch => Truncation::Tokens(self.positions),
            other => other,
        };
        Self {
            truncation,
            ..self.clone()
        }
    }

    /// Number of words of an utterance, or of text steps if it has no words. The official code
    /// orders a batch by it.
    pub fn count(&self, utterance: &Utterance) -> usize {
        match utterance.words.len() {
            0 => utterance.text.steps(),
            count => count,
        }
    }

    /// Words of an utterance as [`Truncation::Batch`] counts them.
    fn rule_words(&self, utterance: &Utterance) -> Result<usize, UtteranceError> {
        let mut count = 0;
        for word in self.words(utterance) {
            count += if is_unspaced(&word) {
                (self.tokeniser.tokens(&[word])?.len() - SPECIAL).max(1)
            } else {
                word.split_whitespace().count().max(1)
            };
        }
        Ok(count.max(self.count(utterance)))
    }

    /// Most tokens of a sentence of a batch, special tokens included.
    fn limit(&self, utterances: &[&Utterance]) -> usize {
        let count = |utterance: &&Utterance| {
            let count = self.rule_words(utterance);
            count.unwrap_or_else(|error| panic!("{}: {error}", utterance.id))
        };
        match self.truncation {
            Truncation::Full => usize::MAX,
            Truncation::Batch => utterances.iter().map(count).max().unwrap_or(0) + SPECIAL,
            Truncation::Tokens(count) => count,
        }
    }

    /// All tokens of an utterance, before truncation.
    fn whole(&self, utterance: &Utterance) -> Vec<u32> {
        let tokens = self.tokeniser.tokens(&self.words(utterance));
        tokens.unwrap_or_else(|error| panic!("{}: {error}", utterance.id))
    }

    /// The tokens of each utterance of a batch.
    ///
    /// # Panics
    ///
    /// Panics if the tokeniser fails on an utterance, which [`Self::check`] reports as an error.
    pub fn sentences(&self, utterances: &[&Utterance]) -> Vec<Vec<u32>> {
        let limit = self.limit(utterances);
        let sentence = |utterance: &&Utterance| {
            let mut tokens = self.whole(utterance);
            if let Some(&last) = tokens.last()
                && tokens.len() > limit
            {
                tokens.truncate(limit - 1);
                tokens.push(last);
            }
            tokens
        };
        utterances.iter().map(sentence).collect()
    }

    /// Counts the tokens of batches, those that are unknown, and those that truncation cuts off.
    ///
    /// # Panics
    ///
    /// As [`Self::sentences`].
    pub fn counts<'a>(&self, batches: impl IntoIterator<Item = Vec<&'a Utterance>>) -> TokenCounts {
        let mut counts = TokenCounts::default();
        for batch in batches {
            let limit = self.limit(&batch);
            for utterance in batch {
                let tokens = self.whole(utterance);
                let is_unknown = |token: &&u32| **token == self.tokeniser.unknown();
                counts.add(
                    tokens.len() - SPECIAL,
                    tokens.iter().filter(is_unknown).count(),
                    tokens.len().saturating_sub(limit),
                );
            }
        }
        counts
    }

    fn words(&self, utterance: &Utterance) -> Vec<String> {
        match (&utterance.text, &self.vocabulary) {
            (TextSequence::Words(ids), Some(vocabulary)) if utterance.words.is_empty() => {
                let words = ids.iter().filter_map(|&id| vocabulary.word(id));
                words.map(str::to_owned).collect()
            }
            _ => utterance.words.clone(),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "bert")]
mod tests {
    use super::*;
    use misa_terms::Sequence;

    const WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n";

    fn utterance(words: &[&str]) -> Utterance {
        let features = Sequence::new(1, vec![0.0]).unwrap();
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let text = TextSequence::Features(features.clone());
        Utterance::new("x", words, text, features.clone(), features, 0.0).unwrap()
    }

    fn text(truncation: Truncation) -> Result<BertText, InferError> {
        let bert = BertConfig {
            vocabulary: 7,
            positions: 6,
            ..BertConfig::BASE
        };
        BertText::new(
            Tokeniser::from_vocabulary(WORDS).unwrap(),
            &bert,
            truncation,
        )
    }

    #[test]
    fn a_batch_is_cut_to_its_most_words_and_two_special_tokens() {
        let utterances = [utterance(&["a", "a"]), utterance(&["ab", "abb"])];
        let sentences = |truncation| {
            let utterances: Vec<_> = utterances.iter().collect();
            text(truncation).unwrap().sentences(&utterances)
        };
        let whole = [vec![2, 5, 5, 3], vec![2, 5, 6, 5, 6, 6, 3]];
        assert_eq!(sentences(Truncation::Full), whole);
        assert_eq!(sentences(Truncation::Batch)[1], [2, 5, 6, 3]);
        assert_eq!(sentences(Truncation::Tokens(5))[1], [2, 5, 6, 5, 3]);
    }

    /// Counts by hand: `abb` is three tokens, and the longest sentence has two words.
    #[test]
    fn tokens_that_are_lost_or_unknown_are_counted() {
        let utterances = [utterance(&["a", "c"]), utterance(&["ab", "abb"])];
        let counts = |truncation| {
            let batch = utterances.iter().collect();
            text(truncation).unwrap().counts([batch])
        };
        let expected = TokenCounts {
            utterances: 2,
            tokens: 7,
            unknown: 1,
            cut_utterances: 0,
            cut: 0,
        };
        assert_eq!(counts(Truncation::Full), expected);
        let cut = |cut_utterances, cut| TokenCounts {
            cut_utterances,
            cut,
            ..expected
        };
        assert_eq!(counts(Truncation::Batch), cut(1, 3));
        assert_eq!(counts(Truncation::Tokens(3)), cut(2, 5));
    }

    /// Chinese characters are tokens, Thai words are pieces of one word.
    #[test]
    fn a_batch_keeps_texts_without_spaces_whole() {
        const WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n我\n不\n想\nข\n##อ\n##บ\na\n##b\n";
        let bert = BertConfig {
            vocabulary: 13,
            positions: 6,
            ..BertConfig::BASE
        };
        let tokeniser = Tokeniser::from_vocabulary(WORDS).unwrap();
        let text = BertText::new(tokeniser, &bert, Truncation::Batch).unwrap();
        for (words, expected) in [
            (&["我不想"][..], vec![2, 5, 6, 7, 3]),
            (&["我", "不想"], vec![2, 5, 6, 7, 3]),
            (&["ขอบ"], vec![2, 8, 9, 10, 3]),
            // Official rule for text with spaces: one word, so one token.
            (&["ab"], vec![2, 11, 3]),
        ] {
            let utterance = utterance(words);
            text.check("train", [&utterance]).unwrap();
            assert_eq!(text.sentences(&[&utterance]), [expected]);
        }
        let long = utterance(&["我不想我不"]);
        assert_eq!(
            text.check("train", [&long]).unwrap_err().to_string(),
            "train: utterance \"x\": text has 7 tokens, expected at most 6; set a truncation to \
             shorten it"
        );
    }

    #[test]
    fn by_itself_a_sentence_does_not_depend_on_its_batch() {
        let [short, long] = [utterance(&["a"]), utterance(&["ab", "abb"])];
        let text = text(Truncation::Batch).unwrap().by_itself();
        let alone = text.sentences(&[&short, &long]);
        // Six positions: only the last of seven tokens is lost.
        assert_eq!(alone, [vec![2, 5, 3], vec![2, 5, 6, 5, 6, 3]]);
        assert_eq!(text.sentences(&[&long])[0], alone[1]);
        text.check("input", [&long]).unwrap();
    }

    #[test]
    fn sentences_that_bert_cannot_read_are_named() {
        let check = |truncation, utterance: &Utterance| {
            let checked = text(truncation).unwrap().check("train", [utterance]);
            checked.map_err(|error| error.to_string())
        };
        let long = utterance(&["ab", "abb"]);
        assert_eq!(
            check(Truncation::Full, &long).unwrap_err(),
            "train: utterance \"x\": text has 7 tokens, expected at most 6; \
             set a truncation to shorten it"
        );
        assert_eq!(check(Truncation::Tokens(6), &long), Ok(()));
        for nothing in [&[][..], &["", " "]] {
            assert_eq!(
                check(Truncation::Full, &utterance(nothing)).unwrap_err(),
                "train: utterance \"x\": text has no words, expected at least 1"
            );
        }
    }

    #[test]
    fn what_does_not_fit_bert_is_refused() {
        let small = BertConfig {
            vocabulary: 6,
            ..BertConfig::BASE
        };
        let tokeniser = Tokeniser::from_vocabulary(WORDS).unwrap();
        let error = BertText::new(tokeniser, &small, Truncation::Full).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tokeniser: expected token ids below 6 (vocab_size), found 7 tokens"
        );
        let error = text(Truncation::Tokens(7)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "truncation: expected from 3 to 6 tokens, found 7"
        );
    }

    #[test]
    fn word_ids_are_spelled_out() {
        let mut vocabulary = Vocabulary::new();
        let id = vocabulary.add("ab");
        let mut spelled = utterance(&["ab"]);
        spelled.words.clear();
        spelled.text = TextSequence::Words(vec![id]);
        let text = text(Truncation::Full)
            .unwrap()
            .with_vocabulary(Some(vocabulary));
        assert_eq!(text.sentences(&[&spelled]), [[2, 5, 6, 3]]);
    }
}
