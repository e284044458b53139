//! What a model did not read of the text of clips, in words.

use crate::{Prediction, Predictor, TextRead, TokenCounts};

impl Predictor {
    /// What was not read of the text of these clips, a sentence each: words outside the vocabulary, or
    /// tokens that are unknown to BERT or beyond its positions; empty if all was read.
    pub fn text_notes<'p>(
        &self,
        predictions: impl IntoIterator<Item = &'p Prediction>,
    ) -> Vec<String> {
        let read = predictions
            .into_iter()
            .filter_map(|prediction| prediction.text);
        let Some(bert) = &self.bert else {
            return unknown_words(read).into_iter().collect();
        };
        let mut counts = TokenCounts::default();
        for text in read {
            counts.add(text.words, text.unknown, text.cut);
        }
        let notes = [counts.cut_note(bert.truncation()), counts.unknown_note()];
        notes.into_iter().flatten().collect()
    }
}

/// How many words have no id of their own; `None` if all have one.
fn unknown_words(read: impl Iterator<Item = TextRead>) -> Option<String> {
    let (unknown, words) = read.fold((0, 0), |(unknown, words), text| {
        (unknown + text.unknown, words + text.words)
    });
    let share = 100.0 * unknown as f64 / words.max(1) as f64;
    (unknown > 0).then(|| {
        format!("{unknown} of {words} words ({share:.1} %) are outside the vocabulary of the model")
    })
}
