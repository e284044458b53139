//! What BERT reads of the text of a run.

use crate::BertSummary;
use misa_data::{BertText, Split, TokenCounts, Truncation, UtteranceLoader};

/// The number of the first epoch, whose batches are counted.
const FIRST_EPOCH: usize = 1;

/// Counts the tokens of the splits of these loaders, in their batches, and notes what is lost.
pub(super) fn count(summary: &mut BertSummary, text: &BertText, loaders: &[UtteranceLoader]) {
    for loader in loaders {
        let utterances = loader.utterances();
        let batch = |places: Vec<usize>| places.iter().map(|&place| &utterances[place]).collect();
        let counts = text.counts(loader.batches(FIRST_EPOCH).into_iter().map(batch));
        summary.tokens.push((loader.split(), counts));
    }
    let notes = notes(text, &summary.tokens);
    summary.notes.extend(notes);
}

/// What is lost or guessed when BERT reads the splits.
pub(super) fn notes(text: &BertText, counts: &[(Split, TokenCounts)]) -> Vec<String> {
    let casing = text.tokeniser().casing().note().map(str::to_string);
    let splits = counts.iter().flat_map(|(split, counts)| {
        let batches = if *split == Split::Train && text.truncation() == Truncation::Batch {
            " in the first epoch"
        } else {
            ""
        };
        let cut = counts.cut_note(text.truncation());
        let cut = cut.map(|note| format!("{split}: {note}{batches}"));
        let unknown = counts.unknown_note().map(|note| format!("{split}: {note}"));
        [cut, unknown].into_iter().flatten()
    });
    casing.into_iter().chain(splits).collect()
}
