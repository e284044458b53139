//! Scores of a whole split, as pure functions of its predictions and targets.
//!
//! Every function takes one prediction per target and returns NaN if there is nothing to score.
//! A target of 0 is neutral: `neg/non-neg` counts it as not negative, `neg/pos` leaves it out, and
//! `SIMS` counts it as not positive.

pub mod sims;

use crate::ScoreNeed;
use misa_terms::{LabelScale, Task};
use std::collections::BTreeSet;

/// A score of all predictions of a split against their targets.
pub type Score = fn(&[f32], &[f32]) -> f64;

/// Which direction of a score is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Goal {
    /// Smaller is better.
    Lower,
    /// Larger is better.
    Higher,
}

/// A score and its name in reports.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NamedScore {
    /// Name in reports and plots.
    pub name: &'static str,
    /// Which direction is better.
    pub goal: Goal,
    /// Whether it is a share of the utterances or a mean of shares, which papers print in percent.
    pub is_share: bool,
    /// Its lowest and highest possible value; infinite where it has no bound.
    pub range: (f64, f64),
    /// Which labels it needs to mean something.
    pub need: ScoreNeed,
    /// The score; NaN if the labels are not as it needs.
    pub score: Score,
}

impl NamedScore {
    /// Why the score is not defined for these predictions and targets; `None` if it is.
    pub fn reason(&self, predictions: &[f32], targets: &[f32]) -> Option<String> {
        let is_constant = |values: &[f32]| values.iter().all(|value| *value == values[0]);
        if (self.score)(predictions, targets).is_finite() {
            return None;
        }
        let reason = match self.need.missing(targets) {
            Some(reason) => return Some(reason),
            None if targets.is_empty() => "there are no utterances",
            None if is_constant(targets) => "all labels are the same",
            None if is_constant(predictions) => "all predictions are the same",
            None => "it is not a number",
        };
        Some(reason.to_string())
    }
}

/// Every score of a task, in the order of the published tables. Reports have those of [`scores_of`].
pub fn scores(task: Task) -> &'static [NamedScore] {
    match task {
        Task::Regression => &REGRESSION,
        Task::Classification { .. } => &CLASSIFICATION,
    }
}

/// The scores of a task on the scale that these labels show. A split may have too few labels to show it: where the
/// scale of the whole data set is known, use [`scores_of`].
pub fn scores_on(task: Task, targets: &[f32]) -> impl Iterator<Item = &'static NamedScore> {
    scores_of(task, LabelScale::of(targets))
}

/// The scores of a task on a scale: labels of CH-SIMS have classes of their own.
pub fn scores_of(task: Task, scale: LabelScale) -> impl Iterator<Item = &'static NamedScore> {
    let is_sims = scale == LabelScale::Sims;
    let is_meant = move |named: &&NamedScore| match named.need {
        ScoreNeed::MinusOneToOne => is_sims,
        ScoreNeed::MinusThreeToThree => !is_sims,
        _ => true,
    };
    scores(task).iter().filter(is_meant)
}

/// A score as people read it: a share in percent with two decimals, any other with four.
///
/// A name that no task has is no share.
pub fn score_text(name: &str, value: f64) -> String {
    let is_share = REGRESSION.iter().chain(&CLASSIFICATION);
    let is_share = is_share.filter(|score| score.is_share);
    if is_share.map(|score| score.name).any(|share| share == name) {
        format!("{:.2} %", 100.0 * value)
    } else {
        format!("{value:.4}")
    }
}

const REGRESSION: [NamedScore; 12] = [
    NamedScore {
        name: "Corr",
        goal: Goal::Higher,
        is_share: false,
        range: (-1.0, 1.0),
        need: ScoreNeed::Nothing,
        score: pearson_correlation,
    },
    NamedScore {
        name: "MAE",
        goal: Goal::Lower,
        is_share: false,
        range: (0.0, f64::INFINITY),
        need: ScoreNeed::Nothing,
        score: mean_absolute_error,
    },
    share(
        "Acc-2 (neg/non-neg)",
        ScoreNeed::NegativeAndOthers,
        |p, t| given(ScoreNeed::NegativeAndOthers, negative_accuracy, p, t),
    ),
    share("Acc-2 (neg/pos)", ScoreNeed::BothSigns, |p, t| {
        given(ScoreNeed::BothSigns, polarity_accuracy, p, t)
    }),
    share("F1 (neg/non-neg)", ScoreNeed::NegativeAndOthers, |p, t| {
        given(ScoreNeed::NegativeAndOthers, negative_f1, p, t)
    }),
    share("F1 (neg/pos)", ScoreNeed::BothSigns, |p, t| {
        given(ScoreNeed::BothSigns, polarity_f1, p, t)
    }),
    share("Acc-5", ScoreNeed::MinusThreeToThree, |p, t| {
        given(ScoreNeed::MinusThreeToThree, five_class_accuracy, p, t)
    }),
    share("Acc-7", ScoreNeed::MinusThreeToThree, |p, t| {
        given(ScoreNeed::MinusThreeToThree, seven_class_accuracy, p, t)
    }),
    share("Acc-2 (SIMS)", ScoreNeed::MinusOneToOne, |p, t| {
        given(ScoreNeed::MinusOneToOne, sims::two_class_accuracy, p, t)
    }),
    share("F1 (SIMS)", ScoreNeed::MinusOneToOne, |p, t| {
        given(ScoreNeed::MinusOneToOne, sims::two_class_f1, p, t)
    }),
    share("Acc-3 (SIMS)", ScoreNeed::MinusOneToOne, |p, t| {
        given(ScoreNeed::MinusOneToOne, sims::three_class_accuracy, p, t)
    }),
    share("Acc-5 (SIMS)", ScoreNeed::MinusOneToOne, |p, t| {
        given(ScoreNeed::MinusOneToOne, sims::five_class_accuracy, p, t)
    }),
];

const CLASSIFICATION: [NamedScore; 2] = [
    share("Acc", ScoreNeed::Nothing, accuracy),
    share("F1", ScoreNeed::Nothing, weighted_f1),
];

/// The score, or NaN if it means nothing for these targets.
fn given(need: ScoreNeed, score: Score, predictions: &[f32], targets: &[f32]) -> f64 {
    if need.missing(targets).is_some() {
        return f64::NAN;
    }
    score(predictions, targets)
}

const fn share(name: &'static str, need: ScoreNeed, score: Score) -> NamedScore {
    NamedScore {
        name,
        goal: Goal::Higher,
        is_share: true,
        range: (0.0, 1.0),
        need,
        score,
    }
}

/// Mean absolute error (MAE).
pub fn mean_absolute_error(predictions: &[f32], targets: &[f32]) -> f64 {
    mean(pairs(predictions, targets).map(|(p, t)| f64::from((p - t).abs())))
}

/// Pearson correlation (Corr), NaN when either side is constant.
pub fn pearson_correlation(predictions: &[f32], targets: &[f32]) -> f64 {
    let is_constant = |values: &[f32]| values.iter().all(|value| *value == values[0]);
    if is_constant(predictions) || is_constant(targets) {
        return f64::NAN;
    }
    let mean_of = |values: &[f32]| mean(values.iter().map(|&value| f64::from(value)));
    let (mean_p, mean_t) = (mean_of(predictions), mean_of(targets));
    let (mut covariance, mut variance_p, mut variance_t) = (0.0, 0.0, 0.0);
    for (p, t) in pairs(predictions, targets) {
        let (p, t) = (f64::from(p) - mean_p, f64::from(t) - mean_t);
        covariance += p * t;
        variance_p += p * p;
        variance_t += t * t;
    }
    covariance / (variance_p * variance_t).sqrt()
}

/// Share of predictions equal to their target.
pub fn accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    mean(pairs(predictions, targets).map(|(p, t)| f64::from(u8::from(p == t))))
}

/// F1 of each class, weighted by its share of the targets.
///
/// A class that is neither predicted nor a target is left out; F1 is 0 where it is undefined.
pub fn weighted_f1(predictions: &[f32], targets: &[f32]) -> f64 {
    if targets.is_empty() {
        return f64::NAN;
    }
    // Adding zero makes -0, which is the class 0, that of 0.
    let classes: BTreeSet<u32> = targets
        .iter()
        .map(|class| (class + 0.0).to_bits())
        .collect();
    let f1 = classes.into_iter().map(f32::from_bits).map(|class| {
        let count = |counts: fn(bool, bool) -> bool| {
            pairs(predictions, targets)
                .filter(|(p, t)| counts(*p == class, *t == class))
                .count() as f64
        };
        let hits = count(|p, t| p && t);
        let support = count(|_, t| t);
        2.0 * hits / (count(|p, _| p) + support) * support
    });
    f1.sum::<f64>() / targets.len() as f64
}

/// Acc-2, negative against non-negative, over all targets.
pub fn negative_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    accuracy(&map(predictions, non_negative), &map(targets, non_negative))
}

/// F1, negative against non-negative, over all targets.
pub fn negative_f1(predictions: &[f32], targets: &[f32]) -> f64 {
    weighted_f1(&map(predictions, non_negative), &map(targets, non_negative))
}

/// Acc-2, negative against positive, over the targets that are not 0.
pub fn polarity_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    let (predictions, targets) = polarities(predictions, targets);
    accuracy(&predictions, &targets)
}

/// F1, negative against positive, over the targets that are not 0.
pub fn polarity_f1(predictions: &[f32], targets: &[f32]) -> f64 {
    let (predictions, targets) = polarities(predictions, targets);
    weighted_f1(&predictions, &targets)
}

/// Share of predictions in the class of their target, over the classes -3 to 3 (Acc-7).
///
/// Halves round to the even class, as NumPy does in the reference evaluations.
pub fn seven_class_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    rounded_accuracy(predictions, targets, 3.0)
}

/// The same over the classes -2 to 2 (Acc-5).
pub fn five_class_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    rounded_accuracy(predictions, targets, 2.0)
}

/// The class of the largest logit of each row, or the value itself of a regression.
///
/// The first of equal logits wins, as in NumPy.
pub fn decide(task: Task, values: &[f32]) -> Vec<f32> {
    let Task::Classification { classes } = task else {
        return values.to_vec();
    };
    let largest = |row: &[f32]| {
        let first = (1..classes).fold(
            0,
            |best, class| {
                if row[class] > row[best] { class } else { best }
            },
        );
        first as f32
    };
    values.chunks_exact(classes).map(largest).collect()
}

fn rounded_accuracy(predictions: &[f32], targets: &[f32], bound: f32) -> f64 {
    // Adding 0 turns -0 into 0.
    let class = |value: f32| value.clamp(-bound, bound).round_ties_even() + 0.0;
    accuracy(&map(predictions, class), &map(targets, class))
}

fn polarities(predictions: &[f32], targets: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let polar = pairs(predictions, targets).filter(|(_, target)| *target != 0.0);
    polar.map(|(p, t)| (positive(p), positive(t))).unzip()
}

fn non_negative(value: f32) -> f32 {
    f32::from(u8::from(value >= 0.0))
}

fn positive(value: f32) -> f32 {
    f32::from(u8::from(value > 0.0))
}

fn map(values: &[f32], f: impl Fn(f32) -> f32) -> Vec<f32> {
    values.iter().map(|&value| f(value)).collect()
}

fn pairs<'a>(x: &'a [f32], y: &'a [f32]) -> impl ExactSizeIterator<Item = (f32, f32)> + 'a {
    assert_eq!(x.len(), y.len(), "one prediction per target");
    x.iter().zip(y).map(|(&x, &y)| (x, y))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with NumPy and scikit-learn's definitions by hand, in double precision.
    const TARGETS: [f32; 12] = [
        -3.0, -2.4, -1.5, -0.5, 0.0, 0.0, 0.5, 1.2, 2.5, 3.0, -0.2, 0.6,
    ];
    const PREDICTIONS: [f32; 12] = [
        -3.6, -1.9, -0.5, 0.3, 0.1, -0.4, 1.5, 0.9, 2.5, 2.49, -0.0, -0.7,
    ];

    #[test]
    fn the_scale_of_the_labels_decides_which_classes_there_are() {
        let names = |targets: &[f32]| -> Vec<&str> {
            let of_regression = scores_on(Task::Regression, targets);
            of_regression.map(|named| named.name).skip(6).collect()
        };
        assert_eq!(names(&TARGETS), ["Acc-5", "Acc-7"]);
        assert_eq!(names(&[]), ["Acc-5", "Acc-7"]);
        let sims = [-1.0, -0.8, 0.0, 0.2, 1.0].repeat(6);
        let expected = ["Acc-2 (SIMS)", "F1 (SIMS)", "Acc-3 (SIMS)", "Acc-5 (SIMS)"];
        assert_eq!(names(&sims), expected);
        let predictions = [-1.4, -0.7, 0.1, 0.11, 0.7].repeat(6);
        let found: Vec<f64> = scores_on(Task::Regression, &sims)
            .filter(|named| named.name.starts_with("Acc") && named.name.ends_with("(SIMS)"))
            .map(|named| (named.score)(&predictions, &sims))
            .collect();
        // 0.1 is above 0, and neutral; -0.7 and 0.7 are still of the lower class of five.
        assert_eq!(found, [0.8, 1.0, 0.8]);
        assert_eq!(score_text("Acc-3 (SIMS)", 1.0), "100.00 %");
    }

    #[test]
    fn minus_zero_is_the_class_0() {
        let (predictions, targets) = ([0.0, -0.0, 1.0], [-0.0, 0.0, 0.0]);
        let plain = weighted_f1(&[0.0, 0.0, 1.0], &[0.0; 3]);
        assert_eq!(weighted_f1(&predictions, &targets), plain);
        assert!((plain - 0.8).abs() < 1e-12);
    }

    fn assert_score(score: Score, expected: f64) {
        let found = score(&PREDICTIONS, &TARGETS);
        assert!(
            (found - expected).abs() < 1e-6,
            "expected {expected}, found {found}"
        );
    }

    #[test]
    fn match_reference_values() {
        assert_score(seven_class_accuracy, 8.0 / 12.0);
        assert_score(five_class_accuracy, 0.75);
        assert_score(mean_absolute_error, 0.559_166_7);
        assert_score(pearson_correlation, 0.919_221_36);
        assert_score(negative_accuracy, 8.0 / 12.0);
        assert_score(negative_f1, 8.0 / 12.0);
        assert_score(polarity_accuracy, 0.8);
        assert_score(polarity_f1, 0.8);
    }

    #[test]
    fn halves_round_to_the_even_class() {
        assert_eq!(
            seven_class_accuracy(&[0.5, 1.5, 2.5], &[0.0, 2.0, 2.0]),
            1.0
        );
    }

    #[test]
    fn values_outside_the_scale_count_as_its_ends() {
        assert_eq!(seven_class_accuracy(&[9.0, -9.0], &[3.0, -3.0]), 1.0);
    }

    #[test]
    fn negative_zero_is_not_negative() {
        assert_eq!(negative_accuracy(&[-0.0], &[0.0]), 1.0);
    }

    #[test]
    fn correlation_ignores_scale_and_offset() {
        let r = pearson_correlation(&[1.0, 2.0, 4.0], &[12.0, 14.0, 18.0]);
        assert!((r - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_constant_has_no_correlation() {
        assert!(pearson_correlation(&[0.7; 3], &[1.0, 2.0, 3.0]).is_nan());
    }

    #[test]
    fn scores_of_no_utterances_are_undefined() {
        for named in REGRESSION.iter().chain(&CLASSIFICATION) {
            assert!((named.score)(&[], &[]).is_nan(), "{}", named.name);
        }
    }

    /// Of labels from 1 to 5, as in ICT-MMMO, any prediction above 0 would have an Acc-2 of 1.
    #[test]
    fn labels_of_one_sign_have_no_polarity() {
        let (predictions, targets) = ([2.0, 1.0, 3.0], [1.0, 5.0, 2.0]);
        let defined: Vec<&str> = REGRESSION
            .iter()
            .filter(|named| named.reason(&predictions, &targets).is_none())
            .map(|named| named.name)
            .collect();
        assert_eq!(defined, ["Corr", "MAE"]);
        let reason = |name: &str, predictions: &[f32]| {
            let mut named = REGRESSION.iter().filter(|named| named.name == name);
            named.next().unwrap().reason(predictions, &targets)
        };
        assert_eq!(
            reason("Acc-2 (neg/pos)", &predictions).as_deref(),
            Some("no label is negative")
        );
        assert_eq!(
            reason("Corr", &[0.5; 3]).as_deref(),
            Some("all predictions are the same")
        );
        assert_eq!(reason("MAE", &[0.5; 3]), None);
    }

    #[test]
    fn of_equal_logits_the_first_class_wins() {
        let task = Task::Classification { classes: 2 };
        assert_eq!(decide(task, &[1.0, 1.0, 0.0, 2.0]), [0.0, 1.0]);
    }
}
