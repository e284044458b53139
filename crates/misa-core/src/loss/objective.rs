//! The training objective: task loss plus weighted regularisers.

use crate::{
    ConfigError, MisaOutput, Modality, PerModality, SubspaceLogits, SubspacesOutput, Task,
    loss::{CmdLoss, CmdLossConfig, DifferenceLoss},
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
}

/// Configuration of [`MisaLoss`].
///
/// | Field | Symbol | Default | Range |
/// | --- | --- | --- | --- |
/// | `similarity_weight` | alpha | 1.0 | `[0, inf)` |
/// | `difference_weight` | beta | 0.3 | `[0, inf)` |
/// | `reconstruction_weight` | gamma | 1.0 | `[0, inf)` |
/// | `discrimination_weight` | | 0.0 | `[0, inf)` |
/// | `moments` | K | 5 | `[1, inf)` |
#[derive(Config, Debug)]
pub struct MisaLossConfig {
    /// What the model predicts.
    #[config(default = "Task::Regression")]
    pub task: Task,
    /// Kind of the similarity loss.
    #[config(default = "Similarity::Cmd")]
    pub similarity: Similarity,
    /// Highest central moment compared.
    #[config(default = 5)]
    pub moments: usize,
    /// Weight of the similarity loss.
    #[config(default = 1.0)]
    pub similarity_weight: f64,
    /// Weight of the difference loss.
    #[config(default = 0.3)]
    pub difference_weight: f64,
    /// Weight of the reconstruction loss.
    #[config(default = 1.0)]
    pub reconstruction_weight: f64,
    /// Weight of the discrimination loss; the model needs a discriminator where it is not 0, see
    /// [`crate::MisaConfig::subspace_discriminator`].
    #[config(default = 0.0)]
    pub discrimination_weight: f64,
}

/// `L = L_task + alpha L_sim + beta L_diff + gamma L_recon`.
///
/// - Source: MISA, learning objective.
/// - Differs: a fifth term, of weight 0 unless asked for, trains the discriminator of subspaces
///   that the official code computes and leaves out.
#[derive(Module, Debug)]
pub struct MisaLoss {
    similarity: CmdLoss,
    difference: DifferenceLoss,
    squared_error: MseLoss,
    cross_entropy: CrossEntropyLoss,
    #[module(skip)]
    config: MisaLossConfig,
}

/// The value of each term, unweighted, and of their weighted sum. Every shape is `[1]`.
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
    /// Cross-entropy of the discriminator of subspaces, 0 without one.
    pub discrimination: Tensor<1>,
    /// The weighted sum, the only term to run `backward` on.
    pub total: Tensor<1>,
}

impl MisaLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let weights = [
            ("similarity_weight", self.similarity_weight),
            ("difference_weight", self.difference_weight),
            ("reconstruction_weight", self.reconstruction_weight),
            ("discrimination_weight", self.discrimination_weight),
        ];
        for (field, value) in weights {
            ConfigError::check(field, value, "[0, inf)", value >= 0.0 && value.is_finite())?;
        }
        let moments = self.moments as f64;
        ConfigError::check("moments", moments, "[1, inf)", self.moments >= 1)?;
        let Task::Classification { classes } = self.task else {
            return Ok(());
        };
        ConfigError::check("classes", classes as f64, "[2, inf)", classes >= 2)
    }

    /// Creates the objective on `device`.
    pub fn init(&self, device: &Device) -> MisaLoss {
        MisaLoss {
            similarity: CmdLossConfig::new().with_moments(self.moments).init(),
            difference: DifferenceLoss,
            squared_error: MseLoss::new(),
            cross_entropy: CrossEntropyLossConfig::new().init(device),
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
    /// Panics if the configuration asks for logits that the model was not made to give.
    pub fn forward(&self, output: &MisaOutput, targets: Tensor<2>) -> MisaLossTerms {
        let config = &self.config;
        let task = self.task(output.prediction.clone(), targets);
        let similarity = self.similarity(output);
        let difference = self.difference(output);
        let reconstruction = self.reconstruction(output);
        let discrimination = self.discrimination(output);
        // A term of weight 0 stays out: its parameters then have no gradient at all.
        let total = [
            (&similarity, config.similarity_weight),
            (&difference, config.difference_weight),
            (&reconstruction, config.reconstruction_weight),
            (&discrimination, config.discrimination_weight),
        ]
        .into_iter()
        .filter(|(_, weight)| *weight != 0.0)
        .fold(task.clone(), |total, (term, weight)| {
            total + term.clone() * weight
        });

        MisaLossTerms {
            task,
            similarity,
            difference,
            reconstruction,
            discrimination,
            total,
        }
    }

    /// Squared error or cross-entropy, mean over the batch.
    fn task(&self, prediction: Tensor<2>, targets: Tensor<2>) -> Tensor<1> {
        match self.config.task {
            Task::Regression => self.mse(prediction, targets),
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
        let pairs = output.modalities.select_pairs(&output.subspaces.shared);
        let losses = pairs
            .into_iter()
            .map(|(x, y)| self.similarity.forward(x, y));
        mean(losses, &output.prediction)
    }

    /// Cross-entropy of the modality, over the representations of all modalities in use.
    fn domain(&self, output: &MisaOutput, logits: &PerModality<Tensor<2>>) -> Tensor<1> {
        let logits = output
            .modalities
            .iter()
            .map(|modality| (logits.get(modality).clone(), modality as i64));
        self.classify(logits.collect())
    }

    /// Sum over shared and private of each modality, and over the pairs of private.
    fn difference(&self, output: &MisaOutput) -> Tensor<1> {
        let SubspacesOutput { shared, private } = &output.subspaces;
        let within = shared
            .as_ref()
            .zip(private.as_ref())
            .map(|(x, y)| (x.clone(), y.clone()));
        let mut pairs = output.modalities.select(&within);
        pairs.extend(output.modalities.select_pairs(private));
        let losses = pairs
            .into_iter()
            .map(|(x, y)| self.difference.forward(x, y));
        sum(losses, &output.prediction)
    }

    /// Mean over the modalities.
    fn reconstruction(&self, output: &MisaOutput) -> Tensor<1> {
        let pairs = output.projected.as_ref().zip(output.reconstructed.as_ref());
        let losses = output.modalities.iter().map(|modality| {
            let (projected, reconstructed) = *pairs.get(modality);
            self.mse(reconstructed.clone(), projected.clone())
        });
        mean(losses, &output.prediction)
    }

    /// Classes 0 to 2 for the private representations, 3 for the mean of the shared.
    fn discrimination(&self, output: &MisaOutput) -> Tensor<1> {
        match &output.subspace_logits {
            Some(SubspaceLogits { private, shared }) => {
                let private = output
                    .modalities
                    .iter()
                    .map(|modality| (private.get(modality).clone(), modality as i64));
                let shared = std::iter::once((shared.clone(), Modality::ALL.len() as i64));
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
