//! The sentences of a batch.

use crate::InferError;
use crate::bert::{Tokeniser, Truncation};
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
            Truncation::Batch => words.len() + SPECIAL,
            Truncation::Tokens(count) => count,
        };
        if tokens > self.positions {
            Err(UtteranceError::Tokens {
                found: tokens,
                limit: self.positions,
            })
        } else {
            Ok(())
        }
    }

    /// The same, independent of the other utterances of a batch: sentences that would be truncated
    /// to the longest word count of the batch stay whole.
    pub fn by_itself(&self) -> Self {
        let truncation = match self.truncation {
            Truncation::Batch => Truncation::Full,
            other => other,
        };
        Self {
            truncation,
            ..self.clone()
        }
    }

    /// Number of words of an utterance, by which the official code orders a batch.
    pub fn count(&self, utterance: &Utterance) -> usize {
        match utterance.words.len() {
            0 => utterance.text.steps(),
            count => count,
        }
    }

    /// The tokens of each utterance of a batch.
    ///
    /// # Panics
    ///
    /// Panics if the tokeniser fails on an utterance, which [`Self::check`] reports as an error.
    pub fn sentences(&self, utterances: &[&Utterance]) -> Vec<Vec<u32>> {
        let counts = utterances.iter().map(|utterance| self.count(utterance));
        let limit = match self.truncation {
            Truncation::Full => usize::MAX,
            Truncation::Batch => counts.max().unwrap_or(0) + SPECIAL,
            Truncation::Tokens(count) => count,
        };
        let sentence = |utterance: &&Utterance| {
            let tokens = self.tokeniser.tokens(&self.words(utterance));
            let mut tokens = tokens.unwrap_or_else(|error| panic!("{}: {error}", utterance.id));
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
             a truncation makes it shorter"
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
