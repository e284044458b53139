//! How far off a model is, measured on utterances that it was not trained on.

use crate::predictor::{ClipError, Reading, has};
use crate::{Checkpoint, InferError};
use burn::tensor::Device;
use misa_terms::{Clip, Modalities, Modality, Task, Utterance};
use serde::{Deserialize, Serialize};

/// Probabilities with which an interval contains the true number.
const LEVELS: [f64; 2] = [0.8, 0.95];
/// Temperatures that are tried: beyond them, probabilities are those of a fault.
const TEMPERATURES: std::ops::Range<f64> = 0.05..20.0;

/// A range of numbers that contains the true one with a stated probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Interval {
    /// The probability, such as 0.8.
    pub level: f64,
    /// The lower end.
    pub low: f32,
    /// The upper end.
    pub high: f32,
}

/// How far off a model is for each set of modalities, measured on the valid split.
///
/// A model of numbers has the quantiles of its absolute errors: an interval of this half-width around a
/// prediction contains the true number with the probability of its level, as far as new utterances are
/// like those of the valid split. A model of classes has a temperature, by which its logits are divided.
///
/// - Source: split conformal prediction (Lei et al. 2018); temperature scaling (Guo et al. 2017).
/// - Differs: the epoch of the model was chosen on the same split, which makes the errors a little too
///   small.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Calibration {
    /// Utterances it was measured on.
    pub utterances: usize,
    /// One entry per set of modalities that the model can read.
    pub sets: Vec<SetCalibration>,
}

/// How far off a model is when it reads one set of modalities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SetCalibration {
    /// The modalities.
    pub modalities: Modalities,
    /// Half-widths by level, of a model of numbers. A level is absent if there are too few utterances
    /// for it.
    pub half_widths: Vec<HalfWidth>,
    /// The temperature, of a model of classes.
    pub temperature: Option<f64>,
}

/// Half the width of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HalfWidth {
    /// Probability that the interval contains the true number.
    pub level: f64,
    /// Half the width.
    pub half_width: f64,
}

impl Calibration {
    /// The entry of a set of modalities.
    pub fn of(&self, modalities: Modalities) -> Option<&SetCalibration> {
        self.sets.iter().find(|set| set.modalities == modalities)
    }

    /// What no measurement gives: what was expected, and found instead.
    pub(crate) fn fault(&self) -> Option<(&'static str, String)> {
        self.sets.iter().find_map(SetCalibration::fault)
    }
}

impl SetCalibration {
    fn fault(&self) -> Option<(&'static str, String)> {
        let is_probability = |level: f64| level > 0.0 && level < 1.0;
        for HalfWidth { level, half_width } in &self.half_widths {
            if !is_probability(*level) {
                return Some(("a level between 0 and 1", level.to_string()));
            }
            if !(half_width.is_finite() && *half_width >= 0.0) {
                return Some(("a half-width of at least 0", half_width.to_string()));
            }
        }
        let is_wrong = |temperature: &f64| !(temperature.is_finite() && *temperature > 0.0);
        let wrong = self.temperature.filter(is_wrong)?;
        Some(("a temperature above 0", wrong.to_string()))
    }

    /// From outputs of the model, `[utterances, d_output]`, and the true labels.
    fn measure(modalities: Modalities, task: Task, outputs: &[Vec<f32>], labels: &[f32]) -> Self {
        let (half_widths, temperature) = match task {
            Task::Regression => (half_widths(outputs, labels), None),
            Task::Classification { .. } => (Vec::new(), Some(temperature(outputs, labels))),
        };
        Self {
            modalities,
            half_widths,
            temperature,
        }
    }

    /// The intervals around a predicted number, narrowest first.
    pub fn intervals(&self, value: f32) -> Vec<Interval> {
        let interval = |half: &HalfWidth| Interval {
            level: half.level,
            low: (f64::from(value) - half.half_width) as f32,
            high: (f64::from(value) + half.half_width) as f32,
        };
        self.half_widths.iter().map(interval).collect()
    }
}

/// The error that a share of at least `level` of new utterances does not exceed: of `n` sorted errors the
/// one at place `ceil((n + 1) * level)`, counted from 1.
fn half_widths(outputs: &[Vec<f32>], labels: &[f32]) -> Vec<HalfWidth> {
    let error = |(output, label): (&Vec<f32>, &f32)| f64::from(output[0] - label).abs();
    let mut errors: Vec<f64> = outputs.iter().zip(labels).map(error).collect();
    errors.sort_by(f64::total_cmp);
    let half_width = |&level: &f64| {
        let place = ((errors.len() + 1) as f64 * level).ceil() as usize;
        let half_width = *errors.get(place.checked_sub(1)?)?;
        half_width
            .is_finite()
            .then_some(HalfWidth { level, half_width })
    };
    LEVELS.iter().filter_map(half_width).collect()
}

/// The temperature with the smallest mean negative log-likelihood. The likelihood has one peak in the
/// inverse of the temperature, so thirds that cannot hold it are left out until nothing is between them.
fn temperature(outputs: &[Vec<f32>], labels: &[f32]) -> f64 {
    let loss = |inverse: f64| -> f64 {
        let each = outputs.iter().zip(labels).map(|(logits, &label)| {
            let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let scaled = |&logit: &f32| f64::from(logit - largest) * inverse;
            let sum: f64 = logits.iter().map(|logit| scaled(logit).exp()).sum();
            // Labels of classes are checked to be their indices before training.
            sum.ln() - logits.get(label as usize).map_or(0.0, scaled)
        });
        each.sum()
    };
    let (mut low, mut high) = (1.0 / TEMPERATURES.end, 1.0 / TEMPERATURES.start);
    for _ in 0..200 {
        let third = (high - low) / 3.0;
        if loss(low + third) <= loss(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    2.0 / (low + high)
}

/// The probability of each class.
pub(crate) fn probabilities(logits: &[f32], temperature: f64) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scaled = |&logit: &f32| (f64::from(logit - largest) / temperature).exp();
    let weights: Vec<f64> = logits.iter().map(scaled).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

/// Every set of at least one of `modalities`.
pub(crate) fn sets_of(modalities: Modalities) -> Vec<Modalities> {
    let used: Vec<Modality> = modalities.iter().collect();
    let set = |bits: usize| {
        let chosen = used.iter().enumerate();
        let chosen = chosen.filter(|(place, _)| bits & (1 << place) != 0);
        let chosen: Vec<Modality> = chosen.map(|(_, &modality)| modality).collect();
        Modalities::new(&chosen).expect("a set has a modality")
    };
    (1..1 << used.len()).rev().map(set).collect()
}

impl Checkpoint {
    /// How far off the model is on labelled utterances that it was not trained on; `None` if there are
    /// none.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    pub fn calibrate(
        &self,
        utterances: &[Utterance],
        device: &Device,
    ) -> Result<Option<Calibration>, InferError> {
        if utterances.is_empty() {
            return Ok(None);
        }
        let bert = self.bert_by_itself();
        let mut sets = Vec::new();
        for modalities in sets_of(self.config.settings.modalities) {
            let (mut readings, mut labels) = (Vec::new(), Vec::new());
            for (place, utterance) in utterances.iter().enumerate() {
                let clip = Clip::from(utterance).only(modalities);
                // Of an utterance all of whose steps are absent, nothing could be predicted.
                if !modalities.iter().any(|modality| has(&clip, modality, self)) {
                    continue;
                }
                let reading = Reading::of(&clip, self, bert.as_ref());
                let error = |source: ClipError| InferError::clip(place, &clip, source);
                readings.push(reading.map_err(error)?);
                labels.push(utterance.label);
            }
            if readings.is_empty() {
                continue;
            }
            let outputs = self.outputs(&readings, bert.as_ref(), device)?;
            let task = self.config.task;
            sets.push(SetCalibration::measure(modalities, task, &outputs, &labels));
        }
        let utterances = utterances.len();
        Ok(Some(Calibration { utterances, sets }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: impl IntoIterator<Item = f32>) -> Vec<Vec<f32>> {
        values.into_iter().map(|value| vec![value]).collect()
    }

    /// Of 99 errors 0.01, 0.02, … the 80th and the 95th: (99 + 1) * 0.8 and (99 + 1) * 0.95.
    #[test]
    fn half_widths_are_the_errors_at_their_place() {
        let outputs = numbers((1..100).map(|n| n as f32 / 100.0));
        let found = half_widths(&outputs, &[0.0; 99]);
        let widths: Vec<_> = found
            .iter()
            .map(|half| (half.level, half.half_width))
            .collect();
        assert_eq!(
            widths,
            [(0.8, f64::from(0.8_f32)), (0.95, f64::from(0.95_f32))]
        );
    }

    #[test]
    fn a_level_that_needs_more_utterances_is_left_out() {
        let levels = |count: usize| -> Vec<f64> {
            let found = half_widths(&numbers(vec![1.0; count]), &vec![0.0; count]);
            found.iter().map(|half| half.level).collect()
        };
        assert_eq!(levels(3), [0.0; 0]);
        assert_eq!(levels(4), [0.8]);
        assert_eq!(levels(18), [0.8]);
        assert_eq!(levels(19), [0.8, 0.95]);
    }

    /// Of ten utterances with logits (2, 0), seven are of the first class: ln(0.7 / 0.3) = 2 / T.
    #[test]
    fn the_temperature_makes_probabilities_those_that_are_seen() {
        let outputs = vec![vec![2.0, 0.0]; 10];
        let labels = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        let found = temperature(&outputs, &labels);
        assert!((found - 2.0 / (7.0_f64 / 3.0).ln()).abs() < 1e-6, "{found}");
        let probabilities = probabilities(&outputs[0], found);
        assert!((probabilities[0] - 0.7).abs() < 1e-6, "{probabilities:?}");
    }

    #[test]
    fn a_model_that_is_always_right_has_the_lowest_temperature_that_is_tried() {
        let found = temperature(&[vec![1.0, 0.0], vec![0.0, 1.0]], &[0.0, 1.0]);
        assert!((found - TEMPERATURES.start).abs() < 1e-3, "{found}");
    }

    #[test]
    fn sets_begin_with_all_modalities() {
        let names = sets_of("text,acoustic".parse().unwrap()).into_iter();
        let names: Vec<String> = names.map(|set| set.to_string()).collect();
        assert_eq!(names, ["text,acoustic", "acoustic", "text"]);
        assert_eq!(sets_of(Modalities::ALL).len(), 7);
    }
}
