//! The training objective: task loss plus weighted regularisers.

mod beyond;
mod config;
mod regularisers;
mod targets;
#[cfg(test)]
mod testing;
mod views;

use crate::loss::{
    CmdLoss, ContrastLoss, DifferenceLoss, MisaLossTerms, PrototypeLoss, Term, TripletLoss,
    UncertaintyWeights, UnimodalLabels,
};
use crate::{MisaOutput, Task};
use burn::nn::loss::{CrossEntropyLoss, MseLoss, Reduction};
use burn::prelude::*;
pub use config::{Difference, MisaLossConfig, Similarity};
pub use targets::Targets;

/// `L = L_task + alpha L_sim + beta L_diff + gamma L_recon`, plus the further terms in use.
///
/// - Source: MISA, learning objective.
/// - Differs: a fifth term, of weight 0 by default, trains the discriminator of subspaces that the
///   official code computes and does not use. The terms after it are not MISA's.
#[derive(Module, Debug)]
pub struct MisaLoss {
    similarity: CmdLoss,
    difference: DifferenceLoss,
    squared_error: MseLoss,
    cross_entropy: CrossEntropyLoss,
    triplet: Option<TripletLoss>,
    prototype: Option<PrototypeLoss>,
    contrast: Option<ContrastLoss>,
    /// Where weights are learned: those of the terms in use, in their order.
    weights: Option<UncertaintyWeights>,
    #[module(skip)]
    config: MisaLossConfig,
}

impl MisaLoss {
    /// Scores a model output against the targets of its batch.
    ///
    /// # Shapes
    ///
    /// - targets: `[batch, 1]`; a class is given by its number
    ///
    /// # Panics
    ///
    /// Panics if a term in use needs an output that the model does not compute, or there is not one target
    /// for each utterance.
    pub fn forward(&self, output: &MisaOutput, targets: impl Into<Targets>) -> MisaLossTerms {
        let targets = targets.into();
        let values = Term::ALL.map(|term| self.value(term, output, &targets));
        let total = self.total(&values);
        MisaLossTerms::new(values, total)
    }

    fn value(&self, term: Term, output: &MisaOutput, targets: &Targets) -> Tensor<1> {
        let of_utterance = &targets.utterance;
        match term {
            Term::Task => self.task(output.prediction.clone(), of_utterance.clone()),
            Term::Similarity => self.similarity(output),
            Term::Difference => self.difference(output),
            Term::Reconstruction => self.reconstruction(output),
            Term::Discrimination => self.discrimination(output),
            Term::Cycle => self.cycle(output),
            Term::Triplet => self.triplet(output, of_utterance),
            Term::Prototype => self.prototype(output, of_utterance),
            Term::Contrast => self.contrast(output),
            Term::Unimodal => self.unimodal(output, targets),
        }
    }

    /// A term of weight 0 is not part of the sum: its parameters then have no gradient at all.
    fn total(&self, values: &[Tensor<1>; Term::COUNT]) -> Tensor<1> {
        let value = |term| values[term as usize].clone();
        let mut used = (self.config.used()).map(|(term, weight)| (value(term), weight));
        if let Some(weights) = &self.weights {
            return weights.forward(used.map(|(value, _)| value).collect());
        }
        let (task, _) = used.next().expect("the weight of the task is 1");
        used.fold(task, |total, (value, weight)| total + value * weight)
    }

    /// The factor that each term in use is multiplied by as it is now; `None` where the
    /// configuration fixes them.
    pub fn learned_weights(&self) -> Option<Vec<(Term, f32)>> {
        let factors = self.weights.as_ref()?.factors();
        let terms = self.config.used().map(|(term, _)| term);
        Some(terms.zip(factors).collect())
    }

    /// What predictions from one modality are compared with; `None` without a unimodal loss.
    pub fn unimodal_labels(&self) -> Option<UnimodalLabels> {
        self.config.unimodal.as_ref().map(|config| config.labels)
    }

    /// What is predicted.
    pub fn task_kind(&self) -> Task {
        self.config.task
    }

    /// Error of the prediction or cross-entropy, mean over the batch.
    ///
    /// # Shapes
    ///
    /// - prediction: `[batch, 1]`, or `[batch, classes]` logits
    /// - targets: `[batch, 1]`
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics if there is not one target for each prediction, or a regression has several columns.
    pub fn task(&self, prediction: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        match self.config.task {
            Task::Regression => self.config.regression.forward(prediction, targets),
            Task::Classification { .. } => {
                let classes = targets.squeeze_dim::<1>(1).int();
                self.cross_entropy.forward(prediction, classes)
            }
        }
    }

    /// Cross-entropy over all rows, each block of logits with one class.
    fn classify(&self, blocks: Vec<(Tensor<2>, i64)>) -> Tensor<1> {
        let classes = blocks.iter().map(|(logits, class)| {
            let [batch, _] = logits.dims();
            Tensor::<1, Int>::full([batch], *class, &logits.device())
        });
        let classes = Tensor::cat(classes.collect(), 0);
        let logits = Tensor::cat(blocks.into_iter().map(|(logits, _)| logits).collect(), 0);
        self.cross_entropy.forward(logits, classes)
    }

    fn mse(&self, output: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
        self.squared_error.forward(output, target, Reduction::Mean)
    }
}

/// Zero, on the device of `like`.
fn zero(like: &Tensor<2>) -> Tensor<1> {
    Tensor::zeros([1], &like.device())
}

fn sum(losses: impl Iterator<Item = Tensor<1>>, like: &Tensor<2>) -> Tensor<1> {
    losses
        .reduce(|sum, loss| sum + loss)
        .unwrap_or_else(|| zero(like))
}

/// Mean of the losses; 0 if there are none, as one modality has no pair.
fn mean(losses: impl Iterator<Item = Tensor<1>>, like: &Tensor<2>) -> Tensor<1> {
    let all: Vec<_> = losses.collect();
    let count = all.len().max(1) as f64;
    sum(all.into_iter(), like) / count
}

#[cfg(test)]
mod tests {
    use super::testing::Fixed;
    use super::*;
    use crate::loss::vectors::assert_close;
    use crate::loss::{ContrastLossConfig, Weighting};

    /// Learned weights belong to the terms in use, in their order, and start as the fixed ones.
    #[test]
    fn learned_weights_start_where_fixed_ones_are() {
        let fixed = Fixed::new();
        let config = MisaLossConfig::new()
            .with_similarity_weight(0.7)
            .with_difference_weight(0.0)
            .with_reconstruction_weight(0.2)
            .with_contrast(Some(ContrastLossConfig::new()));
        let expected: f32 = fixed.terms(&config).total.into_scalar();
        let weights = [1.0, 0.7, 0.2, 0.1];
        let constant: f64 = weights
            .iter()
            .map(|weight| -(2.0_f64 * weight).ln() / 2.0)
            .sum();
        assert_eq!(config.init(&Device::flex()).learned_weights(), None);
        let config = config.with_weighting(Weighting::Learned);
        let total = fixed.terms(&config).total;
        assert_close(total.into_data(), [expected + constant as f32]);
        let learned = config.init(&Device::flex()).learned_weights().unwrap();
        let (terms, factors): (Vec<_>, Vec<f32>) = learned.into_iter().unzip();
        let expected = [
            Term::Task,
            Term::Similarity,
            Term::Reconstruction,
            Term::Contrast,
        ];
        assert_eq!(terms, expected);
        assert_close(
            factors.as_slice().into(),
            weights.map(|weight| weight as f32),
        );
    }
}
