//! What an objective is made of.

use super::MisaLoss;
use crate::{
    ConfigError, Task,
    loss::{
        CmdLossConfig, ContrastLossConfig, DifferenceLoss, MisaLossTerms, PrototypeLossConfig,
        Regression, TripletLossConfig, UncertaintyWeights, UnimodalLossConfig, Weighting,
    },
};
use burn::{
    nn::loss::{CrossEntropyLossConfig, MseLoss},
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
    /// Maximum mean discrepancy between them, see [`MmdLoss`](crate::loss::MmdLoss).
    Mmd,
    /// Distance between their covariances, see [`CoralLoss`](crate::loss::CoralLoss).
    Coral,
}

/// How shared and private representations are kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Difference {
    /// Soft orthogonality over the batch, as in MISA, see [`DifferenceLoss`](crate::loss::DifferenceLoss).
    #[default]
    Orthogonality,
    /// Cosines within each utterance, see [`CosineLoss`](crate::loss::CosineLoss).
    Cosine,
    /// Independence of kernels, see [`HsicLoss`](crate::loss::HsicLoss).
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

    /// The place in [`MisaLossTerms::NAMES`] and the weight of each term in use.
    pub(super) fn used(&self) -> impl Iterator<Item = (usize, f64)> + use<> {
        let weights = self.weights().into_iter().enumerate();
        weights.filter(|(_, weight)| *weight != 0.0)
    }

    /// Creates the objective on `device`.
    pub fn init(&self, device: &Device) -> MisaLoss {
        let used = self.used().map(|(_, weight)| weight);
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
