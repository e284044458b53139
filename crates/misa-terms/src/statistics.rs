//! Centre and scale of each feature.

use crate::Sequence;
use serde::{Deserialize, Serialize};

/// Keeps the division finite for constant features.
///
/// Source: official MISA, `create_dataset.py`.
#[doc(hidden)]
pub const EPSILON: f64 = 1e-6;

/// The scale of a feature that is constant in the train split: so large that the feature becomes 0 everywhere.
/// Nothing can be learnt from it, and a value that differs later, divided by a scale of nearly 0, would drown
/// all other features. Finite, because JSON has no infinite numbers.
const SILENT: f64 = f64::MAX;

/// `(x - mean) / (deviation + 1e-6)`, for each feature.
///
/// Of standard statistics, these are the mean and the deviation of the whole population; of robust ones, the
/// median and the interquartile range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Statistics {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Statistics {
    /// Computed over all steps in two passes, so that large means cost no precision.
    pub(crate) fn standard<'a>(
        d_input: usize,
        steps: impl Iterator<Item = &'a [f32]> + Clone,
    ) -> Self {
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

    /// [`Self::standard`] for scaling other steps, too. A feature that is constant in these becomes 0.
    pub(crate) fn standard_of_train<'a>(
        d_input: usize,
        steps: impl Iterator<Item = &'a [f32]> + Clone,
    ) -> Self {
        let mut statistics = Self::standard(d_input, steps.clone());
        for (feature, deviation) in statistics.deviation.iter_mut().enumerate() {
            let mut column = steps.clone().filter_map(|step| step.get(feature));
            let first = column.next();
            if column.all(|value| Some(value) == first) {
                *deviation = SILENT;
            }
        }
        statistics
    }

    /// Median and interquartile range over all steps; quartiles lie on the line between two values.
    ///
    /// If the range is 0 and the feature is not constant, such as the strength of a rare movement, its
    /// deviation stands for the range. A constant feature becomes 0.
    ///
    /// - Differs: scikit-learn's `RobustScaler` has the scale 1 in both cases.
    pub(crate) fn robust<'a>(
        d_input: usize,
        steps: impl Iterator<Item = &'a [f32]> + Clone,
    ) -> Self {
        let standard = Self::standard(d_input, steps.clone());
        let (mut mean, mut deviation) = (Vec::new(), Vec::new());
        let mut column: Vec<f32> = Vec::new();
        for feature in 0..d_input {
            column.clear();
            column.extend(steps.clone().filter_map(|step| step.get(feature)));
            let [low, median, high] = [0.25, 0.5, 0.75].map(|share| quantile(&mut column, share));
            let first = column.first().copied().unwrap_or_default();
            let is_constant = column.iter().all(|&value| value == first);
            mean.push(median);
            deviation.push(match high - low {
                _ if is_constant => SILENT,
                0.0 => standard.deviation[feature],
                range => range,
            });
        }
        Self { mean, deviation }
    }

    /// What keeps them from scaling `d_input` features: what was expected, and found instead.
    pub(crate) fn fault(&self, d_input: usize) -> Option<(String, String)> {
        for (name, values) in [("means", &self.mean), ("deviations", &self.deviation)] {
            if values.len() != d_input {
                let found = format!("{} {name}", values.len());
                return Some((format!("{d_input} {name}, one for each feature"), found));
            }
        }
        let is_wrong = |&&value: &&f64| !value.is_finite() || value < 0.0;
        let wrong = self.deviation.iter().find(is_wrong);
        wrong.map(|value| ("deviations of at least 0".to_string(), value.to_string()))
    }

    /// Scales the steps that are not absent.
    pub(crate) fn apply(&self, sequence: &mut Sequence) {
        for step in sequence.present_mut() {
            let statistics = self.mean.iter().zip(&self.deviation);
            for (value, (mean, deviation)) in step.iter_mut().zip(statistics) {
                *value = ((f64::from(*value) - mean) / (deviation + EPSILON)) as f32;
            }
        }
    }
}

/// The value below which a share of the values lies, on the line between the two nearest; 0 of no values.
/// Changes the order of the values.
fn quantile(values: &mut [f32], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let position = share * last as f64;
    let index = (position.floor() as usize).min(last);
    let (_, &mut below, rest) = values.select_nth_unstable_by(index, f32::total_cmp);
    let below = f64::from(below);
    let above = rest.iter().copied().min_by(f32::total_cmp);
    let above = above.map_or(below, f64::from);
    below + (above - below) * (position - index as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn robust(values: &[f32]) -> Statistics {
        Statistics::robust(1, values.chunks_exact(1))
    }

    fn applied(statistics: &Statistics, values: &[f32]) -> Vec<f32> {
        let mut sequence = Sequence::new(1, values.to_vec()).unwrap();
        statistics.apply(&mut sequence);
        sequence.values().to_vec()
    }

    /// As `numpy.quantile` of the same values.
    #[test]
    fn quartiles_lie_on_the_line_between_two_values() {
        let mut values = [4.0, 1.0, 3.0, 2.0];
        let found = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&mut values, share));
        assert_eq!(found, [1.0, 1.75, 2.5, 3.25, 4.0]);
        assert_eq!(quantile(&mut [], 0.5), 0.0);
        assert_eq!(quantile(&mut [7.0], 0.75), 7.0);
    }

    /// By hand: median 3, quartiles 2 and 4; the outlier moves neither.
    #[test]
    fn robust_scaling_ignores_an_outlier() {
        for outlier in [5.0, 5e6] {
            let statistics = robust(&[outlier, 1.0, 2.0, 3.0, 4.0]);
            let found = applied(&statistics, &[3.0, 5.0]);
            assert!(found[0] == 0.0 && (found[1] - 1.0).abs() < 1e-5);
        }
    }

    /// By hand: mean 1, deviation 2, median and both quartiles 0.
    #[test]
    fn a_rare_movement_is_scaled_by_its_deviation() {
        let statistics = robust(&[0.0, 0.0, 0.0, 0.0, 5.0]);
        let found = applied(&statistics, &[0.0, 5.0])[1];
        assert!((found - 2.5).abs() < 1e-5, "{found}");
    }

    #[test]
    fn a_constant_feature_becomes_zero_everywhere() {
        let statistics = robust(&[0.3, 0.3, 0.3]);
        assert_eq!(applied(&statistics, &[0.3, f32::MAX, -1.0]), [0.0; 3]);
        assert_eq!(applied(&robust(&[]), &[2.0]), [0.0]);
    }

    /// A muscle of the face that nobody moves in the train split: by hand, mean 2 and deviation 1 of the other.
    #[test]
    fn a_feature_that_is_constant_in_train_becomes_zero_everywhere() {
        let standard = |values: &[f32]| Statistics::standard_of_train(2, values.chunks_exact(2));
        let mut sequence = Sequence::new(2, vec![0.0, 4.0, 1.0, 5.0]).unwrap();
        standard(&[0.0, 1.0, 0.0, 3.0]).apply(&mut sequence);
        let [still, first, moved, second] = *sequence.values() else {
            panic!("two steps of two features");
        };
        assert_eq!([still, moved], [0.0; 2]);
        assert!((first - 2.0).abs() < 1e-5 && (second - 3.0).abs() < 1e-5);
        // Nothing is known of a modality that the train split lacks.
        let mut sequence = Sequence::new(2, vec![7.0, -7.0]).unwrap();
        standard(&[]).apply(&mut sequence);
        assert_eq!(sequence.values(), [0.0; 2]);
    }

    #[test]
    fn robust_statistics_survive_json() {
        let statistics = robust(&[0.3, 0.3]);
        let json = serde_json::to_string(&statistics).unwrap();
        assert_eq!(
            serde_json::from_str::<Statistics>(&json).unwrap(),
            statistics
        );
    }
}
