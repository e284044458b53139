//! Scores on utterances that are drawn with replacement.

use super::{Metric, Prediction};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::thread;

/// Increment of splitmix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

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
    /// Number of utterances.
    pub utterances: usize,
    /// Scores of all utterances, one list per metric, with a value per seed.
    pub observed: Vec<Vec<f64>>,
    /// Mean over the seeds of each resample, one list per metric.
    pub drawn: Vec<Vec<f64>>,
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
            utterances: count,
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
            for (list, seeds) in scores.drawn.iter_mut().zip(new_scores) {
                list.push(seeds.iter().sum::<f64>() / seeds.len() as f64);
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

    /// Each metric of each seed, for the drawn utterances with the labels `targets`.
    fn scores(&self, metrics: &[Metric], drawn: &[usize], targets: &[f32]) -> Vec<Vec<f64>> {
        let mut scores = vec![Vec::with_capacity(self.predictions.len()); metrics.len()];
        for all in &self.predictions {
            let predictions: Vec<f32> = drawn.iter().map(|&index| all[index]).collect();
            for (seeds, metric) in scores.iter_mut().zip(metrics) {
                seeds.push((metric.score)(&predictions, targets));
            }
        }
        scores
    }
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
