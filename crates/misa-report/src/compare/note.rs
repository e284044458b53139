//! What a reader of a comparison has to know.

use super::{CompareOptions, Difference, Group};

pub(super) fn notes(
    groups: &[Group],
    differences: &[Difference],
    options: &CompareOptions,
) -> Vec<String> {
    let mut notes = Vec::new();
    let runs = || groups.iter().flat_map(|group| &group.runs);
    if groups.iter().any(|group| group.split != "test") {
        notes.push("Scores of the valid split are too good: it chose the models.".to_string());
    }
    let is_test = groups.iter().all(|group| group.split == "test");
    if !options.against.is_empty() && !is_test {
        notes.push("Published figures are of the test split.".to_string());
    }
    if runs().any(|row| row.was_seen_before) {
        notes.push("† The test split of this run had been looked at before.".to_string());
    }
    if runs().any(|row| row.trained_after_opening) {
        notes.push("‡ This run was trained after its test split had been looked at.".to_string());
    }
    if groups.iter().any(|group| group.runs.len() < 2) {
        notes.push("One seed has no spread.".to_string());
    }
    if !differences.is_empty() {
        notes.push(format!(
            "Differences: paired bootstrap over utterances, {} resamples, mean over seeds; p by Holm \
             over the pairs of models of each score.",
            options.resamples
        ));
    }
    let undefined: usize = differences
        .iter()
        .map(|found| found.bootstrap.undefined)
        .sum();
    if undefined > 0 {
        notes.push(format!(
            "{undefined} resamples gave no defined score and are left out."
        ));
    }
    notes
}
