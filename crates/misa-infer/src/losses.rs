//! The terms of the objective as numbers.

use burn::tensor::Tensor;
use misa_core::loss::MisaLossTerms;
use serde::{Deserialize, Serialize};

/// The terms of one batch, in the order of [`MisaLossTerms::NAMES`].
pub type TermValues = [f64; MisaLossTerms::COUNT];

/// Mean over the batches of an epoch of each term of the objective, unweighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TermMeans {
    /// Error of the prediction.
    pub task: f64,
    /// Similarity loss.
    pub similarity: f64,
    /// Difference loss.
    pub difference: f64,
    /// Reconstruction loss.
    pub reconstruction: f64,
    /// Discrimination loss.
    pub discrimination: f64,
    /// Cycle loss.
    #[serde(default)]
    pub cycle: f64,
    /// Contrast by distance of targets.
    #[serde(default)]
    pub triplet: f64,
    /// Contrast by the prototypes of levels.
    #[serde(default)]
    pub prototype: f64,
    /// Contrast between modalities.
    #[serde(default)]
    pub contrast: f64,
    /// Errors of the predictions from one modality each.
    #[serde(default)]
    pub unimodal: f64,
    /// Weighted sum.
    pub total: f64,
}

impl TermMeans {
    /// The means, with the names of their terms, in the order of [`MisaLossTerms::NAMES`].
    pub fn named(&self) -> [(&'static str, f64); MisaLossTerms::COUNT] {
        let values = [
            self.task,
            self.similarity,
            self.difference,
            self.reconstruction,
            self.discrimination,
            self.cycle,
            self.triplet,
            self.prototype,
            self.contrast,
            self.unimodal,
            self.total,
        ];
        std::array::from_fn(|term| (MisaLossTerms::NAMES[term], values[term]))
    }

    /// The mean of the values of batches.
    pub fn of(batches: &[TermValues]) -> Self {
        let [
            task,
            similarity,
            difference,
            reconstruction,
            discrimination,
            cycle,
            triplet,
            prototype,
            contrast,
            unimodal,
            total,
        ] = std::array::from_fn(|term| {
            let sum: f64 = batches.iter().map(|batch| batch[term]).sum();
            sum / batches.len() as f64
        });
        Self {
            task,
            similarity,
            difference,
            reconstruction,
            discrimination,
            cycle,
            triplet,
            prototype,
            contrast,
            unimodal,
            total,
        }
    }
}

/// The terms on the host, in the order of [`MisaLossTerms::NAMES`]; one read for all of them.
pub fn loss_values(terms: &MisaLossTerms) -> TermValues {
    let joined = Tensor::cat(terms.as_array().map(Tensor::clone).to_vec(), 0).into_data();
    let mut values = joined.iter::<f64>();
    [(); MisaLossTerms::COUNT].map(|()| values.next().unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_batch_counts_the_same() {
        let rising = std::array::from_fn(|term| term as f64);
        let means = TermMeans::of(&[rising, [2.0; MisaLossTerms::COUNT]]);
        let expected =
            std::array::from_fn(|term| (MisaLossTerms::NAMES[term], (term as f64 + 2.0) / 2.0));
        assert_eq!(means.named(), expected);
        assert_eq!((means.task, means.total), (1.0, 6.0));
    }
}
