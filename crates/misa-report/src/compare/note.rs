//! Notes for the reader of a comparison.

use super::{CompareOptions, Difference, Group};

pub(super) fn notes(
    groups: &[Group],
    differences: &[Difference],
    options: &CompareOptions,
) -> Vec<String> {
    let mut notes = Vec::new();
    let runs = || groups.iter().flat_map(|group| &group.runs);
    if groups.iter().any(|group| group.split != "test") {
        notes.push(
            "Scores of the valid split are optimistic: the models were chosen on it.".to_string(),
        );
    }
    let is_test = groups.iter().all(|group| group.split == "test");
    if !options.against.is_empty() && !is_test {
        notes.push("Published figures are for the test split.".to_string());
    }
    if runs().any(|row| row.was_seen_before) {
        notes.push("† The test split of this run had been opened before.".to_string());
    }
    if runs().any(|row| row.trained_after_opening) {
        notes.push("‡ This run was trained after its test split had been opened.".to_string());
    }
    if groups.iter().any(|group| group.runs.len() < 2) {
        notes.push("A single seed has no standard deviation.".to_string());
    }
    if !differences.is_empty() {
        notes.push(format!(
            "Differences: paired bootstrap over utterances, {} resamples, mean over seeds; p corrected by \
             Holm over the pairs of models of each score.",
            options.resamples
        ));
    }
    let undefined: usize = differences
        .iter()
        .map(|difference| difference.bootstrap.undefined)
        .sum();
    if undefined > 0 {
        notes.push(format!(
            "{undefined} resamples with an undefined score are left out."
        ));
    }
    notes
}
