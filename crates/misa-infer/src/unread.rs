//! What a model does not read of the text of utterances.

use crate::{BertText, Checkpoint, TokenCounts};
use misa_terms::{Modality, TextSequence, Utterance, Vocabulary, video_batches};

impl Checkpoint {
    /// What [`Self::predict`] does not read of the text of `utterances`, a sentence each: words outside
    /// the vocabulary, or tokens that are unknown to BERT or beyond its positions. Empty if all is
    /// read, or if the model does not use text. Each begins with `place`.
    ///
    /// # Panics
    ///
    /// Panics if the tokeniser fails on an utterance, which [`Self::predict`] reports as an error.
    pub fn unread_text(&self, place: &str, utterances: &[Utterance]) -> Vec<String> {
        if !self.config.settings.modalities.contains(Modality::Text) {
            return Vec::new();
        }
        match (&self.bert, &self.vocabulary) {
            (Some(bert), _) => {
                let bert = bert.by_itself();
                let counts = bert.counts([utterances.iter().collect()]);
                counts.notes(place, bert.truncation())
            }
            (None, Some(vocabulary)) => unknown_words(vocabulary, utterances)
                .map(|note| format!("{place}: {note}"))
                .into_iter()
                .collect(),
            (None, None) => Vec::new(),
        }
    }

    /// The tokens that [`Self::evaluate`] reads in batches of `batch_size`; `None` without BERT.
    ///
    /// # Panics
    ///
    /// Panics if `batch_size` is 0, or the tokeniser fails on an utterance.
    pub fn token_counts(&self, utterances: &[Utterance], batch_size: usize) -> Option<TokenCounts> {
        let bert: &BertText = self.bert.as_deref()?;
        let places = self.evaluation_places(utterances, batch_size);
        let batch = |places: &Vec<usize>| places.iter().map(|&place| &utterances[place]).collect();
        Some(bert.counts(places.iter().map(batch)))
    }

    /// Indices of the utterances of each batch of an evaluation.
    pub(crate) fn evaluation_places(
        &self,
        utterances: &[Utterance],
        batch_size: usize,
    ) -> Vec<Vec<usize>> {
        let in_order: Vec<usize> = (0..utterances.len()).collect();
        match self.config.settings.context {
            Some(_) => video_batches(utterances, batch_size),
            None => in_order.chunks(batch_size).map(<[usize]>::to_vec).collect(),
        }
    }
}

/// How many words have no id of their own; `None` if all have one, or the model reads no words.
fn unknown_words(vocabulary: &Vocabulary, utterances: &[Utterance]) -> Option<String> {
    let mut counts = [0_usize; 2];
    for utterance in utterances {
        let TextSequence::Words(ids) = &utterance.text else {
            continue;
        };
        // Ids without words are those of the model's vocabulary.
        let is_unknown = |place: &usize| match utterance.words.get(*place) {
            Some(word) if utterance.words.len() == ids.len() => {
                vocabulary.id(word) == Vocabulary::UNKNOWN
            }
            _ => ids[*place] == Vocabulary::UNKNOWN,
        };
        counts[0] += (0..ids.len()).filter(is_unknown).count();
        counts[1] += ids.len();
    }
    let [unknown, words] = counts;
    let share = 100.0 * unknown as f64 / words.max(1) as f64;
    (unknown > 0).then(|| {
        format!("{unknown} of {words} words ({share:.1} %) are outside the vocabulary of the model")
    })
}
