//! Paired bootstrap: whether two models differ, by resampling utterances.

use super::{Metric, Prediction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::thread;

/// Probability outside the interval, in both tails together.
const OUTSIDE: f64 = 0.05;
/// Increment of splitmix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The difference of two models on the same utterances.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Mean over the seeds of the first model minus that of the second.
    pub difference: f64,
    /// 95 % of the resampled differences lie within.
    pub interval: (f64, f64),
    /// Two-sided p-value, at least `2 / (resamples + 1)`.
    pub p: f64,
    /// Number of resamples that were left out because their difference is undefined.
    pub undefined: usize,
}

/// The predictions of several seeds for the same utterances.
#[derive(Debug)]
pub(super) struct Aligned<'a> {
    /// Name of each utterance, and its number among those of equal name; sorted.
    utterances: Vec<(&'a str, usize)>,
    targets: Vec<f32>,
    /// One list per seed.
    predictions: Vec<Vec<f32>>,
}

/// The scores of one model.
#[derive(Debug)]
pub(super) struct Resampled {
    /// Scores of all utterances, one per metric.
    observed: Vec<f64>,
    /// Scores of each resample, one list per metric.
    drawn: Vec<Vec<f64>>,
}

impl Bootstrap {
    /// Compares two models, each given by the predictions of its seeds.
    ///
    /// Utterances are drawn with replacement, the same ones for every seed of both models. The score
    /// of a model is the mean over its seeds. `None` if the models did not predict the same
    /// utterances, or if the difference is undefined.
    ///
    /// - Source: Efron and Tibshirani, An Introduction to the Bootstrap, percentile intervals. The
    ///   observed sample counts as one of the resamples.
    pub fn paired(
        one: &[&[Prediction]],
        other: &[&[Prediction]],
        metric: &Metric,
        resamples: usize,
        seed: u64,
    ) -> Option<Self> {
        let models = [Aligned::new(one)?, Aligned::new(other)?];
        if !models[0].has_utterances_of(&models[1]) {
            return None;
        }
        let metrics = std::slice::from_ref(metric);
        let scores = resampled(&models.each_ref(), metrics, resamples, seed);
        Self::between(&scores[0], &scores[1], 0)
    }

    /// The difference of two models in one metric, if they were resampled together.
    pub(super) fn between(one: &Resampled, other: &Resampled, metric: usize) -> Option<Self> {
        let observed = one.observed[metric] - other.observed[metric];
        let drawn = one.drawn[metric].iter().zip(&other.drawn[metric]);
        let resamples = drawn.len();
        let mut differences: Vec<f64> = drawn
            .map(|(one, other)| one - other)
            .filter(|difference| difference.is_finite())
            .collect();
        if differences.is_empty() || !observed.is_finite() {
            return None;
        }
        differences.sort_by(f64::total_cmp);
        let beyond = |holds: &dyn Fn(f64) -> bool| {
            1 + differences
                .iter()
                .filter(|&&difference| holds(difference))
                .count()
        };
        let tail = beyond(&|x| x <= 0.0).min(beyond(&|x| x >= 0.0));
        let p = 2.0 * tail as f64 / (differences.len() + 1) as f64;
        Some(Self {
            difference: observed,
            interval: (
                quantile(&differences, OUTSIDE / 2.0),
                quantile(&differences, 1.0 - OUTSIDE / 2.0),
            ),
            p: p.min(1.0),
            undefined: resamples - differences.len(),
        })
    }
}

/// Scores each model once per resample. All models share the resamples, so pairs of models share the
/// scores. The models are divided among the cores.
///
/// All models must have the same utterances.
pub(super) fn resampled(
    models: &[&Aligned<'_>],
    metrics: &[Metric],
    resamples: usize,
    seed: u64,
) -> Vec<Resampled> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = models.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let work = |models| scope.spawn(move || resampled_alone(models, metrics, resamples, seed));
        let running: Vec<_> = models.chunks(share).map(work).collect();
        let done = running.into_iter().map(|thread| match thread.join() {
            Ok(scores) => scores,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.flatten().collect()
    })
}

fn resampled_alone(
    models: &[&Aligned<'_>],
    metrics: &[Metric],
    resamples: usize,
    seed: u64,
) -> Vec<Resampled> {
    let Some(first) = models.first() else {
        return Vec::new();
    };
    let count = first.targets.len();
    let everything: Vec<usize> = (0..count).collect();
    let mut scores: Vec<Resampled> = models
        .iter()
        .map(|model| Resampled {
            observed: model.scores(metrics, &everything, &first.targets),
            drawn: vec![Vec::with_capacity(resamples); metrics.len()],
        })
        .collect();
    let mut random = Random(seed);
    for _ in 0..resamples {
        let drawn: Vec<usize> = (0..count).map(|_| random.below(count)).collect();
        let targets: Vec<f32> = drawn.iter().map(|&index| first.targets[index]).collect();
        for (model, scores) in models.iter().zip(&mut scores) {
            let new_scores = model.scores(metrics, &drawn, &targets);
            for (list, score) in scores.drawn.iter_mut().zip(new_scores) {
                list.push(score);
            }
        }
    }
    scores
}

impl<'a> Aligned<'a> {
    /// Sorts the predictions of each seed by id. `None` if the seeds did not predict the same
    /// utterances, or if there are none.
    pub(super) fn new(seeds: &[&'a [Prediction]]) -> Option<Self> {
        let mut targets: Option<BTreeMap<(&str, usize), f32>> = None;
        let mut predictions = Vec::new();
        for seed in seeds {
            // Repeated ids are numbered.
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            let mut rows: BTreeMap<(&str, usize), (f32, f32)> = BTreeMap::new();
            for row in *seed {
                let number = counts.entry(&row.id).or_default();
                rows.insert((&row.id, *number), (row.prediction, row.target));
                *number += 1;
            }
            let seed_targets: BTreeMap<_, _> = rows
                .iter()
                .map(|(&id, &(_, target))| (id, target))
                .collect();
            if targets
                .as_ref()
                .is_some_and(|targets| *targets != seed_targets)
            {
                return None;
            }
            targets = Some(seed_targets);
            predictions.push(rows.values().map(|&(prediction, _)| prediction).collect());
        }
        let (utterances, targets): (Vec<_>, Vec<f32>) = targets?.into_iter().unzip();
        (!targets.is_empty()).then_some(Self {
            utterances,
            targets,
            predictions,
        })
    }

    /// Whether the other model predicted the same utterances with the same labels.
    pub(super) fn has_utterances_of(&self, other: &Self) -> bool {
        self.utterances == other.utterances && self.targets == other.targets
    }

    /// The mean over the seeds of each metric, for the drawn utterances with the labels `targets`.
    fn scores(&self, metrics: &[Metric], drawn: &[usize], targets: &[f32]) -> Vec<f64> {
        let seeds: Vec<Vec<f64>> = self
            .predictions
            .iter()
            .map(|all| {
                let predictions: Vec<f32> = drawn.iter().map(|&index| all[index]).collect();
                let score = |metric: &Metric| (metric.score)(&predictions, targets);
                metrics.iter().map(score).collect()
            })
            .collect();
        let mean =
            |metric: usize| seeds.iter().map(|seed| seed[metric]).sum::<f64>() / seeds.len() as f64;
        (0..metrics.len()).map(mean).collect()
    }
}

/// Quantile of sorted values, with linear interpolation.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let (low, high) = (position.floor() as usize, position.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * position.fract()
}

/// Corrects the p-values of several tests for multiple testing, so that the probability of at least
/// one false positive stays at the level of a single test.
///
/// - Source: Holm 1979, the step-down procedure.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![0.0; p.len()];
    let mut largest = 0.0f64;
    for (rank, &index) in order.iter().enumerate() {
        largest = largest.max((p[index] * (p.len() - rank) as f64).min(1.0));
        corrected[index] = largest;
    }
    corrected
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(GOLDEN);
        let state = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bits = state ^ (state >> 31);
        ((u128::from(bits) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_error(predictions: &[f32], targets: &[f32]) -> f64 {
        let errors = predictions
            .iter()
            .zip(targets)
            .map(|(p, t)| f64::from((p - t).abs()));
        errors.sum::<f64>() / targets.len() as f64
    }

    const METRIC: Metric = Metric {
        name: "MAE",
        is_better_high: false,
        is_share: false,
        score: mean_error,
    };

    fn rows(errors: &[f32]) -> Vec<Prediction> {
        let row = |(index, &error): (usize, &f32)| Prediction {
            id: format!("u{index:03}"),
            prediction: index as f32 + error,
            target: index as f32,
        };
        errors.iter().enumerate().map(row).collect()
    }

    fn compare(one: &[f32], other: &[f32]) -> Bootstrap {
        let (one, other) = (rows(one), rows(other));
        Bootstrap::paired(&[&one], &[&other], &METRIC, 20_000, 1).unwrap()
    }

    /// Differences of the errors of three utterances: 1, 1, -1. Of 27 samples of three, the sum is
    /// at most 0 in those with two or three of the last: 3 * 2 + 1 = 7, and at least 0 in the
    /// others.
    #[test]
    fn probabilities_are_those_of_all_samples() {
        let bootstrap = compare(&[1.0, 1.0, 0.0], &[0.0, 0.0, 1.0]);
        assert!((bootstrap.difference - 1.0 / 3.0).abs() < 1e-6);
        let expected = 2.0 * 7.0 / 27.0;
        // Five standard errors of 20,000 draws, twice.
        assert!((bootstrap.p - expected).abs() < 0.032, "{bootstrap:?}");
        assert_eq!(bootstrap.interval, (-1.0, 1.0));
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let itself = compare(&[0.5, 1.0, 0.25], &[0.5, 1.0, 0.25]);
        assert_eq!(
            (itself.difference, itself.p, itself.undefined),
            (0.0, 1.0, 0)
        );
    }

    #[test]
    fn swapping_the_models_only_changes_the_sign() {
        let (one, other) = ([0.1, 0.9, 0.3, 0.2], [0.4, 0.5, 0.6, 0.1]);
        let (a, b) = (compare(&one, &other), compare(&other, &one));
        assert_eq!((a.difference, a.p), (-b.difference, b.p));
        assert_eq!(a.interval, (-b.interval.1, -b.interval.0));
    }

    #[test]
    fn the_order_of_utterances_has_no_influence() {
        let (one, other) = (rows(&[0.1, 0.9, 0.3]), rows(&[0.4, 0.5, 0.6]));
        let mut reversed = one.clone();
        reversed.reverse();
        let compare = |one: &[Prediction]| Bootstrap::paired(&[one], &[&other], &METRIC, 99, 3);
        assert_eq!(compare(&one), compare(&reversed));
    }

    #[test]
    fn models_that_predicted_other_utterances_are_not_compared() {
        let (one, other) = (rows(&[0.1, 0.9]), rows(&[0.4, 0.5, 0.6]));
        assert!(Bootstrap::paired(&[&one], &[&other], &METRIC, 9, 3).is_none());
    }

    #[test]
    fn utterances_with_other_names_are_different() {
        let (one, mut other) = (rows(&[0.1, 0.9]), rows(&[0.4, 0.5]));
        other[1].id = "another".to_string();
        assert!(Bootstrap::paired(&[&one], &[&other], &METRIC, 9, 3).is_none());
    }

    #[test]
    fn many_models_are_compared_as_in_pairs() {
        let models =
            [[0.1, 0.9, 0.3], [0.4, 0.5, 0.6], [0.2, 0.0, 0.8]].map(|errors| rows(&errors));
        let seeds: Vec<[&[Prediction]; 1]> = models.iter().map(|rows| [rows.as_slice()]).collect();
        let aligned: Vec<Aligned<'_>> = seeds.iter().flat_map(|rows| Aligned::new(rows)).collect();
        let together: Vec<&Aligned<'_>> = aligned.iter().collect();
        let scores = resampled(&together, &[METRIC, METRIC], 99, 5);
        for (one, other) in [(0, 1), (0, 2), (2, 1)] {
            let pair = Bootstrap::paired(&seeds[one], &seeds[other], &METRIC, 99, 5);
            assert!(pair.is_some());
            assert_eq!(Bootstrap::between(&scores[one], &scores[other], 1), pair);
        }
    }

    /// Sorted 0.01, 0.02, 0.03, 0.04: times 4, 3, 2, 1, each at least the one before.
    #[test]
    fn holm_steps_down() {
        let corrected = holm(&[0.04, 0.01, 0.03, 0.02]);
        let expected = [0.06, 0.04, 0.06, 0.06];
        assert!(
            corrected
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12)
        );
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
