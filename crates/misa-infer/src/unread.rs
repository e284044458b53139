//! What an evaluation reads of the text of utterances.

use crate::{BertText, Checkpoint, TokenCounts};
use misa_terms::{Utterance, video_batches};

impl Checkpoint {
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
