//! Notes for the reader of a comparison.

use super::{
    CombinedT, CompareOptions, Difference, FEWEST_SEEDS, FEWEST_UTTERANCES, Group, Summary,
};
use crate::power::{Demand, MOST_SEEDS};
use std::ops::Range;

/// The notes, and which of them are about intervals of means.
///
/// `is_small`: whether a group has too few utterances for an interval.
pub(super) fn notes(
    groups: &[Group],
    differences: &[Difference],
    options: &CompareOptions,
    is_small: bool,
) -> (Vec<String>, Range<usize>) {
    let mut notes = notes_on_marks(groups, options);
    notes.extend(notes_on_runs(groups, options));
    let start = notes.len();
    notes.extend(notes_on_intervals(groups, is_small));
    let on_intervals = start..notes.len();
    notes.extend(notes_on_differences(differences, options));
    (notes, on_intervals)
}

/// What bold numbers, signs and units of the tables mean.
fn notes_on_marks(groups: &[Group], options: &CompareOptions) -> Vec<String> {
    let mut notes = Vec::new();
    let summaries = || groups.iter().flat_map(|group| &group.summaries);
    if groups.iter().any(|group| group.is_best.contains(&true)) {
        notes.push("Bold: the best mean of a score on this data and split.".to_string());
    }
    if summaries().any(|summary| summary.deviation.is_some()) {
        notes.push("±: the sample standard deviation over seeds.".to_string());
    }
    if options.metrics.iter().any(|metric| metric.is_share) {
        notes.push("Accuracies and F1 are in percent.".to_string());
    }
    let mut scores = groups
        .iter()
        .flat_map(|group| &group.runs)
        .flat_map(|run| &run.scores);
    if scores.any(Option::is_none) {
        notes.push(
            "–: the score is not defined, such as a correlation with a constant.".to_string(),
        );
    }
    let is_partial = |group: &Group| {
        let mut summaries = group.summaries.iter();
        summaries.any(|summary| summary.is_partial(group.runs.len()))
    };
    if groups.iter().any(is_partial) {
        notes.push("(n = N): a mean over N seeds; the others have no such score.".to_string());
    }
    notes
}

fn notes_on_runs(groups: &[Group], options: &CompareOptions) -> Vec<String> {
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
        notes.push("†: the test split of this run had been opened before.".to_string());
    }
    if runs().any(|row| row.trained_after_opening) {
        notes.push("‡: this run was trained after its test split had been opened.".to_string());
    }
    if groups.iter().any(|group| group.runs.len() < 2) {
        notes.push("A single seed has no standard deviation.".to_string());
    }
    notes
}

/// What intervals of means cover, and why there are none.
fn notes_on_intervals(groups: &[Group], is_small: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let summaries = || groups.iter().flat_map(|group| &group.summaries);
    if summaries().any(|summary| summary.interval.is_some()) {
        notes.push(
            "Intervals of means cover other seeds on these utterances, by Student's t.".to_string(),
        );
    }
    let is_few = |summary: &Summary| (1..FEWEST_SEEDS).contains(&summary.count);
    if summaries().any(is_few) || groups.iter().any(|group| group.runs.len() < FEWEST_SEEDS) {
        notes.push(format!(
            "Means of fewer than {FEWEST_SEEDS} seeds have no interval: so few hardly show how far \
             seeds spread."
        ));
    }
    let is_equal =
        |summary: &Summary| summary.deviation_of_enough().is_some() && summary.interval.is_none();
    if !is_small && summaries().any(is_equal) {
        notes.push("A mean of equal seeds has no interval.".to_string());
    }
    if is_small {
        notes.push(format!(
            "No intervals for fewer than {FEWEST_UTTERANCES} utterances: so few hardly show how \
             scores are distributed."
        ));
    }
    notes
}

fn notes_on_differences(differences: &[Difference], options: &CompareOptions) -> Vec<String> {
    let mut notes = Vec::new();
    let tests = || differences.iter().map(|difference| &difference.test);
    if tests().any(|test| test.p.is_some()) {
        notes.push(format!(
            "Differences: mean over seeds; intervals and p cover other seeds and other utterances, by a t of \
             the variance between seeds plus that between utterances ({} resamples); p corrected by Holm over \
             the pairs of models of each score.",
            options.resamples
        ));
    }
    notes.extend(note_on_needs(differences));
    if tests().any(|test| test.seeds.iter().any(|&seeds| seeds < FEWEST_SEEDS)) {
        notes.push(format!(
            "A difference has no p and no interval if one of its models has fewer than {FEWEST_SEEDS} seeds: \
             that it is more than a difference between seeds cannot be told."
        ));
    }
    let is_still = |test: &CombinedT| {
        let variances = test.seed_variance.zip(test.utterance_variance);
        variances.is_some() && test.degrees.is_none()
    };
    if tests().any(is_still) {
        notes.push(
            "A difference that varies with neither seeds nor utterances has no interval."
                .to_string(),
        );
    }
    if tests().any(|test| test.utterance_variance.is_none()) {
        notes.push(
            "A difference has no p and no interval if fewer than two resamples have a score."
                .to_string(),
        );
    }
    let undefined: usize = tests().map(|test| test.undefined).sum();
    if undefined > 0 {
        notes.push(format!(
            "{undefined} resamples with an undefined score are left out."
        ));
    }
    notes
}

/// What the seeds that differences need are, and are not.
fn note_on_needs(differences: &[Difference]) -> Option<String> {
    let mut needs = differences.iter().filter_map(|difference| difference.needs);
    let Demand { power, level, .. } = needs.next()?.demand;
    let [power, level] = [power, level].map(|share| 100.0 * share);
    Some(format!(
        "Seeds for {power:.0} %: of each model, with which this test sees a difference of this size, if it is \
         the true one, in {power:.0} % of cases at a level of {level:.0} %; > {MOST_SEEDS}: not even so many \
         do, as where the utterances alone leave it open. Smallest: the least difference that the seeds at \
         hand see as often. Both take the variances found for the true ones."
    ))
}
