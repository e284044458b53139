//! How well a linear classifier recognises the modality of a vector.

use crate::softmax::{Examples, SoftmaxRegression};
use crate::statistic::mean_and_spread;
use crate::vectors::{Space, Vectors};
use std::thread;

const FOLDS: usize = 5;
/// Most utterances; more change at most the second decimal of the accuracy.
const MOST: usize = 500;

/// Accuracy of a linear probe for the modality on held-out utterances.
///
/// In a model that separates the subspaces as intended, the accuracy is at chance for shared vectors
/// and 1 for private ones.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Probe {
    /// `shared` or `private`.
    pub space: &'static str,
    /// Mean over the folds, from 0 to 1.
    pub accuracy: f64,
    /// Standard deviation over the folds.
    pub spread: f64,
    /// Accuracy of guessing: 1 divided by the number of modalities.
    pub chance: f64,
    /// Number of folds: five, or one per utterance if there are fewer.
    pub folds: usize,
    /// Number of utterances used: all of them, or 500 evenly spaced ones.
    pub utterances: usize,
}

/// The probe of each space; empty with fewer than two modalities or utterances.
///
/// Multinomial logistic regression with a small L2 penalty, on features standardised with the
/// statistics of the training folds. All vectors of one utterance are in the same fold.
pub(crate) fn probes(vectors: &Vectors<'_>) -> Vec<Probe> {
    let vectors = vectors.thinned(MOST);
    let (utterances, modalities) = (vectors.utterances.len(), vectors.modalities().len());
    if utterances < 2 || modalities < 2 {
        return Vec::new();
    }
    Space::ALL
        .into_iter()
        .filter_map(|space| probe(&vectors, space))
        .collect()
}

fn probe(vectors: &Vectors<'_>, space: Space) -> Option<Probe> {
    let (utterances, modalities) = (vectors.utterances.len(), vectors.modalities().len());
    let rows: Vec<Vec<f64>> = (0..modalities).map(|m| vectors.rows(space, m)).collect();
    let folds = FOLDS.min(utterances);
    let accuracies = thread::scope(|scope| {
        let start = |fold| {
            scope.spawn({
                let rows = &rows;
                move || accuracy(rows, vectors.d_hidden(), (fold, folds))
            })
        };
        let running: Vec<_> = (0..folds).map(start).collect();
        let joined = running.into_iter().map(|fold| fold.join());
        joined.collect::<Result<Vec<f64>, _>>()
    });
    // A fold should not panic; if it does, the panic continues here.
    let accuracies = accuracies.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let (accuracy, spread) = mean_and_spread(&accuracies)?;
    let chance = 1.0 / modalities as f64;
    Some(Probe {
        space: space.name(),
        accuracy,
        spread,
        chance,
        folds,
        utterances,
    })
}

/// Accuracy on every `folds`-th utterance from `fold`, after a fit to the others.
fn accuracy(rows: &[Vec<f64>], d: usize, (fold, folds): (usize, usize)) -> f64 {
    let (mut training, mut labels) = (Vec::new(), Vec::new());
    let (mut held_out, mut answers) = (Vec::new(), Vec::new());
    for (modality, rows) in rows.iter().enumerate() {
        for (utterance, row) in rows.chunks_exact(d).enumerate() {
            if utterance % folds == fold {
                held_out.extend_from_slice(row);
                answers.push(modality);
            } else {
                training.extend_from_slice(row);
                labels.push(modality);
            }
        }
    }
    standardise(&mut training, &mut held_out, d);
    let examples = Examples {
        rows: &training,
        features: d,
        labels: &labels,
    };
    let fitted = SoftmaxRegression::fit(examples, rows.len());
    let answered = held_out.chunks_exact(d).zip(&answers);
    let hits = answered
        .filter(|(row, answer)| fitted.class(row) == **answer)
        .count();
    hits as f64 / answers.len() as f64
}

/// Scales both sets to mean 0 and deviation 1 of `training`; a feature that does not vary becomes 0.
fn standardise(training: &mut [f64], held_out: &mut [f64], d: usize) {
    for column in 0..d {
        let values: Vec<f64> = training[column..].iter().step_by(d).copied().collect();
        let (mean, spread) = mean_and_spread(&values).unwrap_or((0.0, 0.0));
        let varies = spread > mean.abs() * 1e-9 && spread.is_finite();
        let factor = if varies { 1.0 / spread } else { 0.0 };
        let all = training[column..].iter_mut().step_by(d);
        for value in all.chain(held_out[column..].iter_mut().step_by(d)) {
            *value = (*value - mean) * factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Representations;

    /// Noise in -1..1 from a fixed congruential generator.
    fn noise(seed: u32, count: usize) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn record(utterances: usize, d: usize) -> Representations {
        let shifted = |m: usize| {
            let values = noise(7 + m as u32, utterances * d).into_iter().enumerate();
            values
                .map(|(k, v)| if k % d == m { v + 4.0 } else { v })
                .collect()
        };
        Representations {
            modalities: ["text", "visual", "acoustic"].map(String::from).to_vec(),
            d_hidden: d,
            shared: (0..3).map(|m| noise(100 + m, utterances * d)).collect(),
            private: (0..3).map(shifted).collect(),
            targets: vec![0.0; utterances],
            ..Default::default()
        }
    }

    #[test]
    fn is_at_chance_on_equal_distributions_and_certain_on_separate_ones() {
        let given = record(150, 4);
        let probes = probes(&Vectors::new(&given));
        assert_eq!(probes.len(), 2);
        assert!(
            (probes[0].accuracy - 1.0 / 3.0).abs() < 0.07,
            "{:?}",
            probes[0]
        );
        assert_eq!(probes[1].accuracy, 1.0);
        assert_eq!((probes[1].folds, probes[1].utterances), (5, 150));
    }

    /// If an utterance's vectors were in several folds, the probe could not miss them all here:
    /// every utterance has one point of its own, shared by its modalities.
    #[test]
    fn is_at_chance_when_modalities_are_copies() {
        let mut given = record(40, 3);
        given.shared = vec![noise(5, 120); 3];
        let probe = &probes(&Vectors::new(&given))[0];
        assert!((probe.accuracy - 1.0 / 3.0).abs() < 1e-9, "{probe:?}");
    }

    #[test]
    fn needs_two_utterances_and_two_modalities() {
        assert!(probes(&Vectors::new(&record(1, 2))).is_empty());
        assert_eq!(probes(&Vectors::new(&record(2, 2)))[0].folds, 2);
        let mut single = record(9, 2);
        single.modalities.truncate(1);
        single.shared.truncate(1);
        single.private.truncate(1);
        assert!(probes(&Vectors::new(&single)).is_empty());
    }

    #[test]
    fn ignores_features_that_do_not_vary() {
        let (mut training, mut held_out) = (vec![2.0, 1.0, 2.0, 3.0], vec![5.0, 5.0]);
        standardise(&mut training, &mut held_out, 2);
        assert_eq!(training, [0.0, -1.0, 0.0, 1.0]);
        assert_eq!(held_out, [0.0, 3.0]);
    }
}
