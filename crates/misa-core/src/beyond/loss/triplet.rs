//! Contrast by triplets: equal labels close, other labels as far apart as the labels differ.

use super::unit::unit_rows;
use crate::ConfigError;
use burn::prelude::*;
use burn::tensor::TensorData;

misa_terms::settings! {
    /// Configuration of [`TripletLoss`].
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `weight` | 0.01 | `[0, inf)` |
    /// | `margin` | 0.15 | `[0, inf)` |
    #[derive(PartialEq)]
    pub struct TripletLossConfig {
        /// Weight in the objective. Range: `[0, inf)`.
        pub weight: f64 = 0.01, with_weight;
        /// Margin per unit of difference between two targets. Range: `[0, inf)`.
        pub margin: f64 = 0.15, with_margin;
    }
}

/// Triplet margin loss whose margin grows with the distance of the targets.
///
/// For an anchor i, positives p of equal target and negatives n of another:
/// `mean_{p, n} max(0, margin |y_i - y_n| - cos(i, p) + cos(i, n))`, then the mean over the anchors
/// that have both. 0 if no anchor has.
///
/// The sum over p and n takes `rows^2` memory and `rows^2 log(rows)` time, not `rows^3`: it is
/// piecewise linear, and sorting gives how often each cosine counts.
///
/// - Source: decoupled multimodal distilling (Li et al. 2023), margin loss; DLF (Wang et al. 2025).
#[derive(Module, Debug)]
pub struct TripletLoss {
    margin: f64,
}

impl TripletLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        ConfigError::check_weight("triplet.weight", self.weight)?;
        ConfigError::check_weight("triplet.margin", self.margin)
    }

    /// Creates the loss.
    pub fn init(&self) -> TripletLoss {
        TripletLoss {
            margin: self.margin,
        }
    }
}

impl TripletLoss {
    /// Loss over representations of all modalities, one per row.
    ///
    /// Reads the cosines on the host.
    ///
    /// # Shapes
    ///
    /// - x: `[rows, d_hidden]`
    /// - targets: `[rows, 1]`
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if there is not one target per row.
    pub fn forward(&self, x: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        let [rows, _] = x.dims();
        assert_shape!(targets, [rows, 1]);

        let unit = unit_rows(x);
        let cosines = unit.clone().matmul(unit.transpose());
        let host = |x: Tensor<2>| x.detach().into_data().iter::<f32>().collect::<Vec<_>>();
        let counts = Counts::new(&host(cosines.clone()), &host(targets), self.margin as f32);
        let device = cosines.device();
        let weights = Tensor::from_data(TensorData::new(counts.weights, [rows, rows]), &device);
        (cosines * weights).sum() + counts.margins
    }
}

/// The loss as a linear function of the cosines, on the linear piece at their values.
struct Counts {
    /// Factor of each cosine, row by row.
    weights: Vec<f32>,
    /// Sum of the margins.
    margins: f64,
}

impl Counts {
    fn new(cosines: &[f32], targets: &[f32], margin: f32) -> Self {
        let rows = targets.len();
        let mut counts = Self {
            weights: vec![0.0; rows * rows],
            margins: 0.0,
        };
        let mut anchors = 0;
        for anchor in 0..rows {
            let row = anchor * rows..(anchor + 1) * rows;
            let weights = &mut counts.weights[row.clone()];
            if let Some(margins) = count(anchor, &cosines[row], targets, margin, weights) {
                counts.margins += margins;
                anchors += 1;
            }
        }
        let share = f64::from(anchors.max(1));
        counts.margins /= share;
        for weight in &mut counts.weights {
            *weight /= share as f32;
        }
        counts
    }
}

/// Fills in the factors of one anchor; returns its margins if it has positives and negatives.
fn count(
    anchor: usize,
    cosines: &[f32],
    targets: &[f32],
    margin: f32,
    weights: &mut [f32],
) -> Option<f64> {
    let target = targets[anchor];
    let others = (0..targets.len()).filter(|&row| row != anchor);
    let (mut positives, negatives): (Vec<usize>, Vec<usize>) =
        others.partition(|&row| targets[row] == target);
    if positives.is_empty() || negatives.is_empty() {
        return None;
    }
    let margin_of = |row: usize| margin * (target - targets[row]).abs();
    let bound_of = |row: usize| margin_of(row) + cosines[row];
    positives.sort_by(|&a, &b| cosines[a].total_cmp(&cosines[b]));
    // How many negatives violate exactly the first k positives.
    let mut stops = vec![0_u32; positives.len() + 1];
    let pairs = (positives.len() * negatives.len()) as f64;
    let mut margins = 0.0;
    for row in negatives {
        let bound = bound_of(row);
        let count = positives.partition_point(|&positive| cosines[positive] < bound);
        stops[count] += 1;
        weights[row] = (count as f64 / pairs) as f32;
        margins += f64::from(margin_of(row)) * count as f64;
    }
    let mut violating = 0;
    for (rank, &row) in positives.iter().enumerate().rev() {
        violating += stops[rank + 1];
        weights[row] = -(f64::from(violating) / pairs) as f32;
    }
    Some(margins / pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close, targets};

    fn loss() -> TripletLoss {
        TripletLossConfig::new().init()
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let loss = {
            let rows = Tensor::cat(vec![x.clone(), vectors::y().autodiff()], 0) - 0.5;
            let targets = targets(&[1.0, -2.0, 1.0, 1.0, -2.0, 1.0]);
            loss().forward(rows, targets.autodiff())
        };
        let gradient = x.grad(&loss.backward()).unwrap();

        assert_close(loss.into_data(), [0.434_628_95]);
        assert_close(
            gradient.into_data(),
            [
                [-0.156_770_12, -0.097_859_41, 0.035_507_97, 0.138_368_14],
                [0.335_045_04, 0.274_918_77, 0.027_352_95, -0.204_898_08],
                [-0.244_713_79, -0.257_946_67, -0.102_165_34, 0.076_568_25],
            ],
        );
    }

    /// Every triplet one by one, over many rows, targets and ties.
    #[test]
    fn counting_gives_the_sum_over_all_triplets() {
        let device = Device::flex();
        for seed in 0..20 {
            device.seed(seed);
            let rows = 7;
            let uniform = burn::tensor::Distribution::Uniform(-1.0, 1.0);
            let x = Tensor::<2>::random([rows, 3], uniform, &device);
            let levels = burn::tensor::Distribution::Uniform(-1.5, 1.5);
            let y = Tensor::<2>::random([rows, 1], levels, &device).round();
            let unit = unit_rows(x.clone());
            let cosines: Vec<f32> = unit
                .clone()
                .matmul(unit.transpose())
                .into_data()
                .iter()
                .collect();
            let labels: Vec<f32> = y.to_data().iter().collect();
            let mut anchors = Vec::new();
            for i in 0..rows {
                let mut losses = Vec::new();
                for p in (0..rows).filter(|&p| p != i && labels[p] == labels[i]) {
                    for n in (0..rows).filter(|&n| labels[n] != labels[i]) {
                        let margin = 0.15 * (labels[i] - labels[n]).abs();
                        let apart = cosines[i * rows + p] - cosines[i * rows + n];
                        losses.push((margin - apart).max(0.0));
                    }
                }
                if !losses.is_empty() {
                    anchors.push(losses.iter().sum::<f32>() / losses.len() as f32);
                }
            }
            let expected = anchors.iter().sum::<f32>() / anchors.len().max(1) as f32;
            assert_close(loss().forward(x, y).into_data(), [expected]);
        }
    }

    #[test]
    fn is_zero_where_no_anchor_has_both_kinds_of_partners() {
        let equal = loss().forward(vectors::x(), targets(&[1.0, 1.0, 1.0]));
        let different = loss().forward(vectors::x(), targets(&[1.0, 2.0, 3.0]));
        let single = loss().forward(vectors::x().narrow(0, 0, 1), targets(&[1.0]));
        for loss in [equal, different, single] {
            assert_eq!(loss.into_scalar::<f32>(), 0.0);
        }
    }

    #[test]
    fn is_zero_where_labels_lie_apart_already() {
        let x = Tensor::<2>::from_data([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0]], &Device::flex());
        let apart = loss().forward(x, targets(&[3.0, 3.0, -3.0]));
        assert!(apart.into_scalar::<f32>().abs() < 1e-6);
    }
}
