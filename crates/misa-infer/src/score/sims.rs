//! Scores of CH-SIMS, whose targets lie in `[-1, 1]`; both sides are clipped to it first.
//!
//! - Source: MMSA, regression metrics of SIMS.

use super::{accuracy, map, weighted_f1};
use misa_terms::SIMS_CLASS_ENDS;

/// Both sides in `[-1, 1]`, for [`super::mean_absolute_error`] and
/// [`super::pearson_correlation`].
pub fn clipped(values: &[f32]) -> Vec<f32> {
    map(values, |value| value.clamp(-1.0, 1.0))
}

/// Acc-2, positive against the rest.
pub fn two_class_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    accuracy(&classes(predictions, &[0.0]), &classes(targets, &[0.0]))
}

/// F1, positive against the rest.
pub fn two_class_f1(predictions: &[f32], targets: &[f32]) -> f64 {
    weighted_f1(&classes(predictions, &[0.0]), &classes(targets, &[0.0]))
}

/// Acc-3: negative, neutral (above -0.1 up to 0.1), positive.
pub fn three_class_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    const ENDS: [f32; 2] = [-0.1, 0.1];
    accuracy(&classes(predictions, &ENDS), &classes(targets, &ENDS))
}

/// Acc-5: the classes of [`SIMS_CLASS_ENDS`].
pub fn five_class_accuracy(predictions: &[f32], targets: &[f32]) -> f64 {
    accuracy(
        &classes(predictions, &SIMS_CLASS_ENDS),
        &classes(targets, &SIMS_CLASS_ENDS),
    )
}

/// Number of ends below each clipped value, compared in single precision.
fn classes(values: &[f32], ends: &[f32]) -> Vec<f32> {
    map(&clipped(values), |value| {
        ends.iter().filter(|end| value > **end).count() as f32
    })
}
