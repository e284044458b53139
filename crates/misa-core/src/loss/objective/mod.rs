//! The training objective: task loss plus weighted regularisers.

mod beyond;
mod config;
mod targets;
mod views;

use crate::loss::{
    CmdLoss, ContrastLoss, CoralLoss, CosineLoss, DifferenceLoss, HsicLoss, MisaLossTerms, MmdLoss,
    PrototypeLoss, ScaledCmdLoss, Term, TripletLoss, UncertaintyWeights, UnimodalLabels,
};
use crate::{MisaOutput, PerModality, Task};
use burn::nn::loss::{CrossEntropyLoss, MseLoss, Reduction};
use burn::prelude::*;
pub use config::{Difference, MisaLossConfig, Similarity};
pub use targets::Targets;
use views::Views;

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
    /// Panics if a term in use needs an output that the model does not compute.
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
    pub fn task(&self, prediction: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        match self.config.task {
            Task::Regression => self.config.regression.forward(prediction, targets),
            Task::Classification { .. } => {
                let classes = targets.squeeze_dim::<1>(1).int();
                self.cross_entropy.forward(prediction, classes)
            }
        }
    }

    /// Mean over the pairs of modalities, or over every representation that the adversary reads.
    fn similarity(&self, output: &MisaOutput) -> Tensor<1> {
        if self.config.similarity == Similarity::Adversarial {
            let logits = output.domain_logits.as_ref();
            let of_adversary = logits.expect("an adversarial loss needs an adversary");
            return self.domain(output, of_adversary);
        }
        let pairs = Views(output).pairs(&output.subspaces.shared);
        let losses = pairs
            .into_iter()
            .map(|(x, y)| match self.config.similarity {
                Similarity::Mmd => MmdLoss.forward(x, y),
                Similarity::Coral => CoralLoss.forward(x, y),
                Similarity::ScaledCmd => {
                    let cmd = self.similarity.clone();
                    ScaledCmdLoss { cmd }.forward(x, y)
                }
                Similarity::Cmd | Similarity::Adversarial => self.similarity.forward(x, y),
            });
        mean(losses, &output.prediction)
    }

    /// Cross-entropy of the modality, over the representations of all modalities in use.
    fn domain(&self, output: &MisaOutput, logits: &PerModality<Tensor<2>>) -> Tensor<1> {
        let views = Views(output).each(logits).into_iter();
        let blocks = views.map(|(modality, logits)| (logits, modality as i64));
        self.classify(blocks.collect())
    }

    /// Sum over shared and private of each modality, and over the pairs of private.
    fn difference(&self, output: &MisaOutput) -> Tensor<1> {
        let subspaces = &output.subspaces;
        let mut pairs = Views(output).both(&subspaces.shared, &subspaces.private);
        pairs.extend(Views(output).pairs(&subspaces.private));
        let losses = pairs
            .into_iter()
            .map(|(x, y)| match self.config.difference {
                Difference::Orthogonality => self.difference.forward(x, y),
                Difference::Cosine => CosineLoss.forward(x, y),
                Difference::Hsic => HsicLoss.forward(x, y),
            });
        sum(losses, &output.prediction)
    }

    /// Mean over the modalities.
    fn reconstruction(&self, output: &MisaOutput) -> Tensor<1> {
        let pairs = Views(output).both(&output.projected, &output.reconstructed);
        let losses = pairs.into_iter().map(|(projected, reconstructed)| {
            let target = if self.config.detach_target {
                projected.detach()
            } else {
                projected
            };
            self.mse(reconstructed, target)
        });
        mean(losses, &output.prediction)
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
    use super::*;
    use crate::loss::vectors::{self, assert_close};
    use crate::loss::{ContrastLossConfig, Regression, UnimodalLossConfig, Weighting};
    use crate::{FusionOutput, Modalities, SubspacesOutput};
    use burn::tensor::{Gradients, TensorData};

    /// Three utterances whose representations are the fixed batches, on a device that
    /// differentiates by x.
    struct Fixed {
        x: Tensor<2>,
        output: MisaOutput,
    }

    impl Fixed {
        fn new() -> Self {
            let x = vectors::x().autodiff().require_grad();
            let [y, z] = [vectors::y(), vectors::z()].map(Tensor::autodiff);
            let triple = |text: &Tensor<2>, visual: &Tensor<2>, acoustic: &Tensor<2>| PerModality {
                text: text.clone(),
                visual: visual.clone(),
                acoustic: acoustic.clone(),
            };
            let column = |x: &Tensor<2>| x.clone().narrow(1, 0, 1);
            let constant = vectors::x().autodiff();
            let output = MisaOutput {
                prediction: column(&constant),
                projected: triple(&x, &y, &z),
                subspaces: SubspacesOutput {
                    shared: triple(&x, &y, &z),
                    private: triple(&z, &constant.clone().flip([0]), &y.clone().flip([0])),
                },
                reconstructed: triple(&constant, &z, &constant),
                fusion: FusionOutput {
                    fused: Tensor::zeros([3, 6, 4], &x.device()),
                    attention: None,
                    hidden: constant.clone(),
                    prediction: column(&constant),
                },
                domain_logits: None,
                subspace_logits: None,
                cycled: None,
                unimodal: Some(triple(&column(&x), &column(&y), &column(&z))),
                unimodal_features: Some(triple(&x, &y, &z)),
                modalities: Modalities::ALL,
                presence: None,
            };
            Self { x, output }
        }

        fn terms(&self, config: &MisaLossConfig) -> MisaLossTerms {
            let targets = Tensor::<2>::from_data([[1.0], [-2.0], [1.4]], &self.x.device());
            config.init(&self.x.device()).forward(&self.output, targets)
        }

        fn gradient(&self, loss: Tensor<1>) -> TensorData {
            let gradients: Gradients = loss.backward();
            self.x.grad(&gradients).unwrap().into_data()
        }
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn cycle_matches_reference_vector() {
        let mut fixed = Fixed::new();
        let PerModality {
            text,
            visual,
            acoustic,
        } = fixed.output.projected.clone();
        fixed.output.subspaces.private = fixed.output.projected.clone();
        fixed.output.cycled = Some(PerModality {
            text: visual,
            visual: acoustic,
            acoustic: text,
        });
        let config = MisaLossConfig::new().with_cycle_weight(1.0);
        let loss = fixed.terms(&config)[Term::Cycle].clone();
        assert_close(loss.clone().into_data(), [0.244_996_22]);
        assert_close(
            fixed.gradient(loss),
            [
                [-0.030_236_61, 0.023_284_76, 0.068_444_28, 0.058_416_52],
                [0.007_235_42, -0.034_773_41, -0.045_092_53, -0.041_776_62],
                [-0.037_108_02, -0.012_644_05, 0.041_891_4, 0.088_418_97],
            ],
        );
        fixed.output.cycled = Some(fixed.output.subspaces.private.clone());
        let loss = fixed.terms(&config)[Term::Cycle].clone();
        assert_close(loss.into_data(), [0.0]);
    }

    /// Value and gradient by `scripts/loss-reference`.
    /// By hand: targets that differ from those of the utterances count by tanh of the difference, the
    /// others not at all.
    #[test]
    fn generated_labels_weigh_as_far_as_they_differ() {
        let fixed = Fixed::new();
        let config = UnimodalLossConfig::new().with_labels(UnimodalLabels::Generated);
        let config = MisaLossConfig::new()
            .with_regression(Regression::Absolute)
            .with_unimodal(Some(config));
        let objective = config.init(&fixed.x.device());
        let of = |rows| Tensor::<2>::from_data(rows, &fixed.x.device());
        let utterance = of([[1.0], [-2.0], [1.4]]);
        let term = |alone| {
            let utterance = utterance.clone();
            let targets = Targets { utterance, alone };
            objective.forward(&fixed.output, targets)[Term::Unimodal].clone()
        };
        assert_close(term(PerModality::default()).into_data(), [0.0]);
        let alone = PerModality {
            text: Some(of([[1.5], [-2.0], [1.4]])),
            visual: Some(utterance.clone()),
            acoustic: None,
        };
        let prediction = 0.5 + 0.45 * 0.3_f64.sin();
        let expected = 3.0 * 0.5_f64.tanh() * (1.5 - prediction) / 3.0;
        assert_close(term(alone).into_data(), [expected as f32]);
    }

    #[test]
    fn labels_of_a_modality_count_only_if_the_setting_says_so() {
        let fixed = Fixed::new();
        let of = |rows| Tensor::<2>::from_data(rows, &fixed.x.device());
        let targets = Targets {
            utterance: of([[1.0], [-2.0], [1.4]]),
            alone: PerModality::from_fn(|modality| {
                let predictions = fixed.output.unimodal.as_ref().unwrap();
                Some(predictions.get(modality).clone())
            }),
        };
        let term = |labels| {
            let config = UnimodalLossConfig::new().with_labels(labels);
            let config = MisaLossConfig::new().with_unimodal(Some(config));
            let loss = config.init(&fixed.x.device());
            let terms = loss.forward(&fixed.output, targets.clone());
            terms[Term::Unimodal].clone().into_scalar::<f32>()
        };
        assert_eq!(term(UnimodalLabels::Modality), 0.0);
        assert!(term(UnimodalLabels::Utterance) > 1.0);
    }

    #[test]
    fn unimodal_matches_reference_vector() {
        let fixed = Fixed::new();
        let config = MisaLossConfig::new().with_unimodal(Some(UnimodalLossConfig::new()));
        let loss = fixed.terms(&config)[Term::Unimodal].clone();
        assert_close(loss.clone().into_data(), [12.145_668]);
        let column = [[-0.734_031_8], [5.037_422_6], [-2.136_489]];
        let expected = column.map(|[value]| [value, 0.0, 0.0, 0.0]);
        assert_close(fixed.gradient(loss), expected);
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn contrast_of_all_pairs_matches_reference_vector() {
        let fixed = Fixed::new();
        let config = MisaLossConfig::new().with_contrast(Some(ContrastLossConfig::new()));
        let loss = fixed.terms(&config)[Term::Contrast].clone();
        assert_close(loss.clone().into_data(), [1.834_689_5]);
        assert_close(
            fixed.gradient(loss),
            [
                [-0.065_580_13, -0.008_706_17, 0.034_661_14, 0.020_352_9],
                [0.071_732_22, -0.023_120_17, -0.144_395_75, -0.227_772_11],
                [-0.061_112_99, -0.049_132_1, -0.000_697_59, 0.055_378_51],
            ],
        );
    }

    /// The reconstructed vectors learn from their reconstruction, unless they are detached.
    #[test]
    fn a_detached_target_has_no_gradient() {
        let fixed = Fixed::new();
        let reconstruction = |detach| {
            let terms = fixed.terms(&MisaLossConfig::new().with_detach_target(detach));
            let loss = terms[Term::Reconstruction].clone();
            let value: f32 = loss.clone().into_scalar();
            let gradients = loss.backward();
            (value, fixed.x.grad(&gradients).is_some())
        };
        let (attached, detached) = (reconstruction(false), reconstruction(true));
        assert_eq!((attached.1, detached.1), (true, false));
        assert_eq!(attached.0, detached.0);
    }

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

    #[test]
    fn weights_must_not_be_negative() {
        let error = MisaLossConfig::new()
            .with_difference_weight(-0.5)
            .validate();
        assert_eq!(
            error.unwrap_err().to_string(),
            "difference_weight must be in [0, inf), got -0.5"
        );
    }

    #[test]
    fn weights_must_be_numbers() {
        assert!(
            MisaLossConfig::new()
                .with_similarity_weight(f64::NAN)
                .validate()
                .is_err()
        );
    }
}
