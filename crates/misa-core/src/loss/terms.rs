//! The value of each term of the objective.

use burn::prelude::*;

/// The value of each term, unweighted, and of their weighted sum. Every shape is `[1]`.
///
/// A term that is switched off is 0.
#[derive(Clone, Debug)]
pub struct MisaLossTerms {
    /// Error of the prediction.
    pub task: Tensor<1>,
    /// Discrepancy between the shared representations of different modalities, or the adversary's
    /// cross-entropy.
    pub similarity: Tensor<1>,
    /// Redundancy between subspaces.
    pub difference: Tensor<1>,
    /// Error of the reconstruction.
    pub reconstruction: Tensor<1>,
    /// Cross-entropy of the discriminator of subspaces.
    pub discrimination: Tensor<1>,
    /// Error of the private representations of reconstructions.
    pub cycle: Tensor<1>,
    /// Contrast by distance of targets.
    pub triplet: Tensor<1>,
    /// Contrast by the prototypes of levels.
    pub prototype: Tensor<1>,
    /// Contrast between modalities.
    pub contrast: Tensor<1>,
    /// Errors of the predictions from one modality each.
    pub unimodal: Tensor<1>,
    /// The weighted sum, the only term to run `backward` on.
    pub total: Tensor<1>,
}

impl MisaLossTerms {
    /// Number of terms, the sum included.
    pub const COUNT: usize = 11;

    /// Names of the terms, in the order of [`Self::as_array`].
    pub const NAMES: [&str; Self::COUNT] = [
        "task",
        "similarity",
        "difference",
        "reconstruction",
        "discrimination",
        "cycle",
        "triplet",
        "prototype",
        "contrast",
        "unimodal",
        "total",
    ];

    /// The terms where nothing but `task` is learned.
    ///
    /// # Shapes
    ///
    /// - task: `[1]`
    pub fn of_task(task: Tensor<1>) -> Self {
        let zero = || Tensor::zeros([1], &task.device());
        Self {
            similarity: zero(),
            difference: zero(),
            reconstruction: zero(),
            discrimination: zero(),
            cycle: zero(),
            triplet: zero(),
            prototype: zero(),
            contrast: zero(),
            unimodal: zero(),
            total: task.clone(),
            task,
        }
    }

    /// The terms in the order of their fields.
    pub fn as_array(&self) -> [&Tensor<1>; Self::COUNT] {
        [
            &self.task,
            &self.similarity,
            &self.difference,
            &self.reconstruction,
            &self.discrimination,
            &self.cycle,
            &self.triplet,
            &self.prototype,
            &self.contrast,
            &self.unimodal,
            &self.total,
        ]
    }

    /// Applies `f` to each term.
    pub fn map(self, mut f: impl FnMut(Tensor<1>) -> Tensor<1>) -> Self {
        Self {
            task: f(self.task),
            similarity: f(self.similarity),
            difference: f(self.difference),
            reconstruction: f(self.reconstruction),
            discrimination: f(self.discrimination),
            cycle: f(self.cycle),
            triplet: f(self.triplet),
            prototype: f(self.prototype),
            contrast: f(self.contrast),
            unimodal: f(self.unimodal),
            total: f(self.total),
        }
    }
}
