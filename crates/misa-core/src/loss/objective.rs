//! The training objective: task loss plus weighted regularisers.

use crate::{
    ConfigError, MisaOutput, Modality, PerModality, SubspaceLogits, Task,
    loss::{
        CmdLoss, CmdLossConfig, ContrastLoss, ContrastLossConfig, CoralLoss, CosineLoss,
        DifferenceLoss, HsicLoss, MisaLossTerms, MmdLoss, PrototypeLoss, PrototypeLossConfig,
        Regression, TripletLoss, TripletLossConfig, UncertaintyWeights, UnimodalLossConfig,
        Weighting, views::Views,
    },
};
use burn::{
    nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig, MseLoss, Reduction},
    prelude::*,
};
use serde::{Deserialize, Serialize};

/// How shared representations of different modalities are made alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Similarity {
    /// Central moment discrepancy between them.
    #[default]
    Cmd,
    /// An adversary that tells their modality; the model needs one, see
    /// [`crate::MisaConfig::adversary`].
    Adversarial,
    /// Maximum mean discrepancy between them, see [`MmdLoss`].
    Mmd,
    /// Distance between their covariances, see [`CoralLoss`].
    Coral,
}

/// How shared and private representations are kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Difference {
    /// Soft orthogonality over the batch, as in MISA, see [`DifferenceLoss`].
    #[default]
    Orthogonality,
    /// Cosines within each utterance, see [`CosineLoss`].
    Cosine,
    /// Independence of kernels, see [`HsicLoss`].
    Hsic,
}

/// Configuration of [`MisaLoss`].
///
/// | Field | Symbol | Default | Range |
/// | --- | --- | --- | --- |
/// | `similarity_weight` | alpha | 1.0 | `[0, inf)` |
/// | `difference_weight` | beta | 0.3 | `[0, inf)` |
/// | `reconstruction_weight` | gamma | 1.0 | `[0, inf)` |
/// | `discrimination_weight` | | 0.0 | `[0, inf)` |
/// | `cycle_weight` | | 0.0 | `[0, inf)` |
/// | `moments` | K | 5 | `[1, inf)` |
///
/// The defaults are MISA: every further term is off.
#[derive(Config, Debug)]
pub struct MisaLossConfig {
    /// What the model predicts.
    #[config(default = "Task::Regression")]
    pub task: Task,
    /// Error of a regression.
    #[config(default = "Regression::Squared")]
    pub regression: Regression,
    /// Kind of the similarity loss.
    #[config(default = "Similarity::Cmd")]
    pub similarity: Similarity,
    /// Highest central moment compared.
    #[config(default = 5)]
    pub moments: usize,
    /// Weight of the similarity loss.
    #[config(default = 1.0)]
    pub similarity_weight: f64,
    /// Kind of the difference loss.
    #[config(default = "Difference::Orthogonality")]
    pub difference: Difference,
    /// Weight of the difference loss.
    #[config(default = 0.3)]
    pub difference_weight: f64,
    /// Weight of the reconstruction loss.
    #[config(default = 1.0)]
    pub reconstruction_weight: f64,
    /// Whether the reconstruction loss leaves what is reconstructed alone.
    #[config(default = false)]
    pub detach_target: bool,
    /// Weight of the discrimination loss; the model needs a discriminator where it is not 0, see
    /// [`crate::MisaConfig::subspace_discriminator`].
    #[config(default = 0.0)]
    pub discrimination_weight: f64,
    /// Weight of the cycle loss; the model needs [`crate::MisaConfig::cycle`] where it is not 0.
    #[config(default = 0.0)]
    pub cycle_weight: f64,
    /// Contrast by distance of targets.
    pub triplet: Option<TripletLossConfig>,
    /// Contrast by the prototypes of levels.
    pub prototype: Option<PrototypeLossConfig>,
    /// Contrast between modalities.
    pub contrast: Option<ContrastLossConfig>,
    /// Predictions from one modality each; the model needs [`crate::MisaConfig::unimodal_heads`].
    pub unimodal: Option<UnimodalLossConfig>,
    /// Where the weights come from.
    #[config(default = "Weighting::Fixed")]
    pub weighting: Weighting,
}

/// `L = L_task + alpha L_sim + beta L_diff + gamma L_recon`, and what is switched on besides.
///
/// - Source: MISA, learning objective.
/// - Differs: a fifth term, of weight 0 unless asked for, trains the discriminator of subspaces
///   that the official code computes and leaves out. The terms after it are not MISA's.
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

impl MisaLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value) in [
            ("similarity_weight", self.similarity_weight),
            ("difference_weight", self.difference_weight),
            ("reconstruction_weight", self.reconstruction_weight),
            ("discrimination_weight", self.discrimination_weight),
            ("cycle_weight", self.cycle_weight),
        ] {
            ConfigError::check_weight(field, value)?;
        }
        self.regression.validate()?;
        (self.triplet.as_ref()).map_or(Ok(()), TripletLossConfig::validate)?;
        (self.prototype.as_ref()).map_or(Ok(()), PrototypeLossConfig::validate)?;
        (self.contrast.as_ref()).map_or(Ok(()), ContrastLossConfig::validate)?;
        (self.unimodal.as_ref()).map_or(Ok(()), UnimodalLossConfig::validate)?;
        let moments = self.moments as f64;
        ConfigError::check("moments", moments, "[1, inf)", self.moments >= 1)?;
        let Task::Classification { classes } = self.task else {
            return Ok(());
        };
        ConfigError::check("classes", classes as f64, "[2, inf)", classes >= 2)
    }

    /// The weight of each term, in the order of [`MisaLossTerms::NAMES`] without the sum.
    pub fn weights(&self) -> [f64; MisaLossTerms::COUNT - 1] {
        [
            1.0,
            self.similarity_weight,
            self.difference_weight,
            self.reconstruction_weight,
            self.discrimination_weight,
            self.cycle_weight,
            self.triplet.as_ref().map_or(0.0, |triplet| triplet.weight),
            (self.prototype.as_ref()).map_or(0.0, |prototype| prototype.weight),
            (self.contrast.as_ref()).map_or(0.0, |contrast| contrast.weight),
            (self.unimodal.as_ref()).map_or(0.0, |unimodal| unimodal.weight),
        ]
    }

    /// Creates the objective on `device`.
    pub fn init(&self, device: &Device) -> MisaLoss {
        let used = self.weights().into_iter().filter(|weight| *weight != 0.0);
        MisaLoss {
            similarity: CmdLossConfig::new().with_moments(self.moments).init(),
            difference: DifferenceLoss,
            squared_error: MseLoss::new(),
            cross_entropy: CrossEntropyLossConfig::new().init(device),
            triplet: self.triplet.as_ref().map(TripletLossConfig::init),
            prototype: (self.prototype.as_ref()).map(|prototype| prototype.init(self.task)),
            contrast: self.contrast.as_ref().map(ContrastLossConfig::init),
            weights: match self.weighting {
                Weighting::Fixed => None,
                Weighting::Learned => {
                    Some(UncertaintyWeights::new(&used.collect::<Vec<_>>(), device))
                }
            },
            config: self.clone(),
        }
    }
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
    /// Panics if the configuration asks for what the model was not made to give.
    pub fn forward(&self, output: &MisaOutput, targets: Tensor<2>) -> MisaLossTerms {
        let terms = MisaLossTerms {
            task: self.task(output.prediction.clone(), targets.clone()),
            similarity: self.similarity(output),
            difference: self.difference(output),
            reconstruction: self.reconstruction(output),
            discrimination: self.discrimination(output),
            cycle: self.cycle(output),
            triplet: self.triplet(output, &targets),
            prototype: self.prototype(output, &targets),
            contrast: self.contrast(output),
            unimodal: self.unimodal(output, &targets),
            total: zero(&output.prediction),
        };
        let total = self.total(&terms);
        MisaLossTerms { total, ..terms }
    }

    /// A term of weight 0 stays out: its parameters then have no gradient at all.
    fn total(&self, terms: &MisaLossTerms) -> Tensor<1> {
        let weighted = terms.as_array().into_iter().zip(self.config.weights());
        let mut used = weighted.filter(|(_, weight)| *weight != 0.0);
        if let Some(weights) = &self.weights {
            return weights.forward(used.map(|(term, _)| term.clone()).collect());
        }
        // The task, whose weight is 1.
        let task = used.next().map_or(&terms.task, |(task, _)| task).clone();
        used.fold(task, |total, (term, weight)| total + term.clone() * weight)
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

    /// Mean over the pairs of modalities, or over every representation shown to the adversary.
    fn similarity(&self, output: &MisaOutput) -> Tensor<1> {
        if self.config.similarity == Similarity::Adversarial {
            let logits = output.domain_logits.as_ref();
            return self.domain(
                output,
                logits.expect("an adversarial loss needs an adversary"),
            );
        }
        let pairs = Views(output).pairs(&output.subspaces.shared);
        let losses = pairs
            .into_iter()
            .map(|(x, y)| match self.config.similarity {
                Similarity::Mmd => MmdLoss.forward(x, y),
                Similarity::Coral => CoralLoss.forward(x, y),
                Similarity::Cmd | Similarity::Adversarial => self.similarity.forward(x, y),
            });
        mean(losses, &output.prediction)
    }

    /// Cross-entropy of the modality, over the representations of all modalities in use.
    fn domain(&self, output: &MisaOutput, logits: &PerModality<Tensor<2>>) -> Tensor<1> {
        let logits = Views(output).each(logits).into_iter();
        let logits = logits.map(|(modality, logits)| (logits, modality as i64));
        self.classify(logits.collect())
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
            let projected = match self.config.detach_target {
                true => projected.detach(),
                false => projected,
            };
            self.mse(reconstructed, projected)
        });
        mean(losses, &output.prediction)
    }

    /// Classes 0 to 2 for the private representations, 3 for the mean of the shared.
    fn discrimination(&self, output: &MisaOutput) -> Tensor<1> {
        match &output.subspace_logits {
            Some(SubspaceLogits { private, shared }) => {
                let private = Views(output).each(private).into_iter();
                let private = private.map(|(modality, logits)| (logits, modality as i64));
                // The mean of the shared ones is that of all modalities in use.
                let used: Vec<_> = output.modalities.iter().collect();
                let shared = Views(output).of(&used, shared).into_iter();
                let shared = shared.map(|logits| (logits, Modality::ALL.len() as i64));
                self.classify(private.chain(shared).collect())
            }
            None => {
                assert_eq!(
                    self.config.discrimination_weight, 0.0,
                    "a discrimination loss needs a discriminator"
                );
                zero(&output.prediction)
            }
        }
    }

    /// Mean over the modalities of the error of the private representation of the reconstruction.
    ///
    /// - Source: decoupled multimodal distilling (Li et al. 2023), cycle loss.
    fn cycle(&self, output: &MisaOutput) -> Tensor<1> {
        let Some(cycled) = &output.cycled else {
            assert_eq!(
                self.config.cycle_weight, 0.0,
                "a cycle loss needs representations of reconstructions"
            );
            return zero(&output.prediction);
        };
        let pairs = Views(output).both(&output.subspaces.private, cycled);
        let losses = pairs
            .into_iter()
            .map(|(private, cycled)| self.mse(cycled, private));
        mean(losses, &output.prediction)
    }

    /// Over the shared representations of all modalities.
    fn triplet(&self, output: &MisaOutput, targets: &Tensor<2>) -> Tensor<1> {
        let Some(triplet) = &self.triplet else {
            return zero(&output.prediction);
        };
        let (shared, targets) = self.shared(output, targets).into_iter().unzip();
        triplet.forward(Tensor::cat(shared, 0), Tensor::cat(targets, 0))
    }

    fn prototype(&self, output: &MisaOutput, targets: &Tensor<2>) -> Tensor<1> {
        match &self.prototype {
            None => zero(&output.prediction),
            Some(prototype) => prototype.forward(self.shared(output, targets)),
        }
    }

    /// The shared representations with their targets.
    fn shared(&self, output: &MisaOutput, targets: &Tensor<2>) -> Vec<(Tensor<2>, Tensor<2>)> {
        let all = PerModality::from_fn(|_| targets.clone());
        Views(output).both(&output.subspaces.shared, &all)
    }

    /// Mean over the ordered pairs of modalities; the private representations of both are
    /// negatives.
    fn contrast(&self, output: &MisaOutput) -> Tensor<1> {
        let Some(contrast) = &self.contrast else {
            return zero(&output.prediction);
        };
        let views = Views(output);
        let pairs = views.modality_pairs().into_iter();
        let ordered = pairs.flat_map(|(first, second)| [[first, second], [second, first]]);
        let losses = ordered.filter_map(|pair| {
            let shared = pair.map(|modality| output.subspaces.shared.get(modality));
            let private = pair.map(|modality| output.subspaces.private.get(modality));
            let [x, y] = shared.map(|x| views.of(&pair, x));
            let private = private.into_iter().filter_map(|x| views.of(&pair, x));
            Some(contrast.forward(x?, y?, private.collect()))
        });
        mean(losses, &output.prediction)
    }

    /// Weighted sum of the errors of the predictions from one modality each.
    fn unimodal(&self, output: &MisaOutput, targets: &Tensor<2>) -> Tensor<1> {
        let Some(config) = &self.config.unimodal else {
            return zero(&output.prediction);
        };
        let predictions = output.unimodal.as_ref();
        let predictions = predictions.expect("a unimodal loss needs unimodal heads");
        let losses = Views(output).each(predictions).into_iter();
        let losses = losses.filter_map(|(modality, prediction)| {
            let targets = Views(output).of(&[modality], targets)?;
            Some(self.task(prediction, targets) * config.weight_of(modality))
        });
        sum(losses, &output.prediction)
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

/// Zero, where `like` lives.
fn zero(like: &Tensor<2>) -> Tensor<1> {
    Tensor::zeros([1], &like.device())
}

fn sum(losses: impl Iterator<Item = Tensor<1>>, like: &Tensor<2>) -> Tensor<1> {
    losses
        .reduce(|sum, loss| sum + loss)
        .unwrap_or_else(|| zero(like))
}

/// Mean of the losses, 0 of none: one modality has no pair.
fn mean(losses: impl Iterator<Item = Tensor<1>>, like: &Tensor<2>) -> Tensor<1> {
    let losses: Vec<_> = losses.collect();
    let count = losses.len().max(1) as f64;
    sum(losses.into_iter(), like) / count
}

#[cfg(test)]
mod tests {
    use super::*;

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
