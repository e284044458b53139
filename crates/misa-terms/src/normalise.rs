//! Scaling of visual and acoustic features.

use crate::{Sequence, Utterance};
use serde::{Deserialize, Serialize};

/// Keeps the division finite for constant features.
///
/// Source: official MISA, `create_dataset.py`.
#[doc(hidden)]
pub const EPSILON: f64 = 1e-6;

crate::choice! {
    /// How visual and acoustic features are scaled to zero mean and unit deviation.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Normalisation {
        /// Per utterance and feature, over its steps; an utterance of one step becomes 0.
        ///
        /// - Source: official MISA, the step that builds its files.
        Utterance,
        /// Per feature, by mean and deviation over all steps of the train split.
        Train,
    }
}

/// A normalisation with everything that is needed to scale a new utterance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Scaling {
    /// See [`Normalisation::Utterance`].
    Utterance,
    /// See [`Normalisation::Train`].
    Train {
        /// Of the visual features.
        visual: Statistics,
        /// Of the acoustic features.
        acoustic: Statistics,
    },
}

/// `(x - mean) / (deviation + 1e-6)` with the deviation of the whole population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Statistics {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Scaling {
    /// The scaling by `normalisation` for data with this train split.
    pub fn of(normalisation: Normalisation, train: &[Utterance]) -> Self {
        match normalisation {
            Normalisation::Utterance => Self::Utterance,
            Normalisation::Train => Self::Train {
                visual: of_all(train.iter().map(|utterance| &utterance.visual)),
                acoustic: of_all(train.iter().map(|utterance| &utterance.acoustic)),
            },
        }
    }

    /// Scales the visual and acoustic features of `utterance`.
    pub fn apply(&self, utterance: &mut Utterance) {
        let [visual, acoustic] = [&mut utterance.visual, &mut utterance.acoustic];
        match self {
            Self::Utterance => {
                for sequence in [visual, acoustic] {
                    Statistics::of(sequence.d_input(), sequence.iter()).apply(sequence);
                }
            }
            Self::Train {
                visual: of_visual,
                acoustic: of_acoustic,
            } => {
                of_visual.apply(visual);
                of_acoustic.apply(acoustic);
            }
        }
    }
}

impl Statistics {
    /// Computed over all steps in two passes, so that large means cost no precision.
    fn of<'a>(d_input: usize, steps: impl Iterator<Item = &'a [f32]> + Clone) -> Self {
        let count = steps.clone().count().max(1) as f64;
        let mut mean = vec![0.0; d_input];
        for step in steps.clone() {
            for (sum, &value) in mean.iter_mut().zip(step) {
                *sum += f64::from(value) / count;
            }
        }
        let mut variance = vec![0.0; d_input];
        for step in steps {
            for ((sum, &value), mean) in variance.iter_mut().zip(step).zip(&mean) {
                *sum += (f64::from(value) - mean).powi(2) / count;
            }
        }
        let deviation = variance.into_iter().map(f64::sqrt).collect();
        Self { mean, deviation }
    }

    fn apply(&self, sequence: &mut Sequence) {
        let d_input = sequence.d_input();
        for step in sequence.values_mut().chunks_exact_mut(d_input) {
            let statistics = self.mean.iter().zip(&self.deviation);
            for (value, (mean, deviation)) in step.iter_mut().zip(statistics) {
                *value = ((f64::from(*value) - mean) / (deviation + EPSILON)) as f32;
            }
        }
    }
}

/// Statistics over the steps of many sequences.
fn of_all<'a>(sequences: impl Iterator<Item = &'a Sequence> + Clone) -> Statistics {
    let d_input = sequences.clone().next().map_or(0, Sequence::d_input);
    Statistics::of(d_input, sequences.flat_map(Sequence::iter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextSequence;

    fn utterance(visual: &[f32]) -> Utterance {
        let visual = Sequence::new(1, visual.to_vec()).unwrap();
        let acoustic = Sequence::new(2, vec![1.0, 2.0]).unwrap();
        let text = TextSequence::Words(vec![2]);
        Utterance::new("a", vec![], text, visual, acoustic, 0.0).unwrap()
    }

    fn visual(utterance: &Utterance) -> &[f32] {
        utterance.visual.values()
    }

    fn normalise(splits: &mut [Vec<Utterance>; 3], normalisation: Normalisation) {
        let scaling = Scaling::of(normalisation, &splits[0]);
        for utterance in splits.iter_mut().flatten() {
            scaling.apply(utterance);
        }
    }

    #[test]
    fn a_scaling_survives_json() {
        let scaling = Scaling::of(Normalisation::Train, &[utterance(&[1.0, 4.0])]);
        let json = serde_json::to_string(&scaling).unwrap();
        assert_eq!(serde_json::from_str::<Scaling>(&json).unwrap(), scaling);
    }

    #[test]
    fn utterances_are_scaled_by_themselves() {
        // Mean 2, population deviation 1; a single step has deviation 0.
        let mut splits = [
            vec![utterance(&[1.0, 3.0])],
            vec![utterance(&[7.0])],
            vec![],
        ];
        normalise(&mut splits, Normalisation::Utterance);
        let scaled = visual(&splits[0][0]);
        assert!((scaled[0] + 1.0).abs() < 1e-5 && (scaled[1] - 1.0).abs() < 1e-5);
        assert_eq!(visual(&splits[1][0]), [0.0]);
        assert_eq!(splits[0][0].acoustic.values(), [0.0, 0.0]);
    }

    #[test]
    fn all_splits_are_scaled_by_the_train_split() {
        let mut splits = [
            vec![utterance(&[1.0]), utterance(&[3.0])],
            vec![],
            vec![utterance(&[5.0])],
        ];
        normalise(&mut splits, Normalisation::Train);
        assert!((visual(&splits[0][0])[0] + 1.0).abs() < 1e-5);
        assert!((visual(&splits[2][0])[0] - 3.0).abs() < 1e-5);
    }
}
