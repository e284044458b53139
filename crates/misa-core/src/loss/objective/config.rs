//! Settings of the objective.

use super::MisaLoss;
use crate::loss::{
    CmdLossConfig, ContrastLossConfig, DifferenceLoss, PrototypeLossConfig, Regression, Term,
    TripletLossConfig, UncertaintyWeights, UnimodalLossConfig, Weighting,
};
use crate::{ConfigError, Task};
use burn::nn::loss::{CrossEntropyLossConfig, MseLoss};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

/// Highest central moment that may be compared; the paper has 5. Powers leave the range of single precision there: the
/// square of 0.5 to the 64th, for deviations of [`Similarity::Cmd`], is below its normal numbers, and 4 to the 64th, for
/// those of [`Similarity::ScaledCmd`], is above its largest one.
const HIGHEST_MOMENT: usize = 64;

misa_terms::choice! {
    /// How shared representations of different modalities are brought together.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Similarity {
        /// Central moment discrepancy between them.
        #[default]
        Cmd,
        /// An adversary that predicts their modality; the model needs one, see
        /// [`crate::ModelParts::adversary`].
        Adversarial,
        /// Maximum mean discrepancy between them, see [`MmdLoss`](crate::loss::MmdLoss).
        Mmd,
        /// Distance between their covariances, see [`CoralLoss`](crate::loss::CoralLoss).
        Coral,
        /// Central moment discrepancy in deviations of each feature, see
        /// [`ScaledCmdLoss`](crate::loss::ScaledCmdLoss).
        #[serde(rename = "scaled_cmd")]
        ScaledCmd,
    }
}

misa_terms::choice! {
    /// How shared and private representations are kept apart.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Difference {
        /// Soft orthogonality over the batch, as in MISA, see [`DifferenceLoss`](crate::loss::DifferenceLoss).
        #[default]
        Orthogonality,
        /// Cosines within each utterance, see [`CosineLoss`](crate::loss::CosineLoss).
        Cosine,
        /// Independence of kernels, see [`HsicLoss`](crate::loss::HsicLoss).
        Hsic,
    }
}

misa_terms::settings! {
    /// Configuration of [`MisaLoss`].
    ///
    /// | Field | Symbol | Default | Range |
    /// | --- | --- | --- | --- |
    /// | `task` | | regression | at least 2 classes |
    /// | `regression` | | squared | see [`Regression`] |
    /// | `similarity` | | cmd | see [`Similarity`] |
    /// | `moments` | K | 5 | `[1, 64]` |
    /// | `similarity_weight` | alpha | 1.0 | `[0, inf)` |
    /// | `difference` | | orthogonality | see [`Difference`] |
    /// | `difference_weight` | beta | 0.3 | `[0, inf)` |
    /// | `reconstruction_weight` | gamma | 1.0 | `[0, inf)` |
    /// | `detach_target` | | false | |
    /// | `discrimination_weight` | | 0.0 | `[0, inf)` |
    /// | `cycle_weight` | | 0.0 | `[0, inf)` |
    /// | `triplet` | | none | see [`TripletLossConfig`] |
    /// | `prototype` | | none | see [`PrototypeLossConfig`] |
    /// | `contrast` | | none | see [`ContrastLossConfig`] |
    /// | `unimodal` | | none | see [`UnimodalLossConfig`] |
    /// | `weighting` | | fixed | see [`Weighting`] |
    ///
    /// The defaults are MISA: every further term is off.
    pub struct MisaLossConfig {
        /// What the model predicts.
        pub task: Task = Task::Regression, with_task;
        /// Error of a regression.
        pub regression: Regression = Regression::Squared, with_regression;
        /// Kind of the similarity loss.
        pub similarity: Similarity = Similarity::Cmd, with_similarity;
        /// Highest central moment compared. Range: `[1, 64]`.
        pub moments: usize = 5, with_moments;
        /// Weight of the similarity loss. Range: `[0, inf)`.
        pub similarity_weight: f64 = 1.0, with_similarity_weight;
        /// Kind of the difference loss.
        pub difference: Difference = Difference::Orthogonality, with_difference;
        /// Weight of the difference loss. Range: `[0, inf)`.
        pub difference_weight: f64 = 0.3, with_difference_weight;
        /// Weight of the reconstruction loss. Range: `[0, inf)`.
        pub reconstruction_weight: f64 = 1.0, with_reconstruction_weight;
        /// Whether the reconstruction loss has no gradient by the vectors that are reconstructed.
        pub detach_target: bool = false, with_detach_target;
        /// Weight of the discrimination loss; the model needs a discriminator where it is not 0, see
        /// [`crate::ModelParts::subspace_discriminator`]. Range: `[0, inf)`.
        pub discrimination_weight: f64 = 0.0, with_discrimination_weight;
        /// Weight of the cycle loss; the model encodes its reconstructions again where it is not 0, see
        /// [`crate::ModelParts::cycle`]. Range: `[0, inf)`.
        pub cycle_weight: f64 = 0.0, with_cycle_weight;
        /// Contrast by distance of targets.
        pub triplet: Option<TripletLossConfig> = None, with_triplet;
        /// Contrast by the prototypes of levels.
        pub prototype: Option<PrototypeLossConfig> = None, with_prototype;
        /// Contrast between modalities.
        pub contrast: Option<ContrastLossConfig> = None, with_contrast;
        /// Predictions from one modality each, by a head for each, see
        /// [`crate::ModelParts::unimodal_heads`].
        pub unimodal: Option<UnimodalLossConfig> = None, with_unimodal;
        /// Where the weights come from.
        pub weighting: Weighting = Weighting::Fixed, with_weighting;
    }
}

impl MisaLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for term in Term::ALL {
            let (field, weight) = self.weight_field(term);
            ConfigError::check_weight(field, weight)?;
        }
        self.regression.validate()?;
        (self.triplet.as_ref()).map_or(Ok(()), TripletLossConfig::validate)?;
        (self.prototype.as_ref()).map_or(Ok(()), PrototypeLossConfig::validate)?;
        (self.contrast.as_ref()).map_or(Ok(()), ContrastLossConfig::validate)?;
        (self.unimodal.as_ref()).map_or(Ok(()), UnimodalLossConfig::validate)?;
        let moments = self.moments as f64;
        let holds = (1..=HIGHEST_MOMENT).contains(&self.moments);
        ConfigError::check("moments", moments, "[1, 64]", holds)?;
        let Task::Classification { classes } = self.task else {
            return Ok(());
        };
        ConfigError::check("classes", classes as f64, "[2, inf)", classes >= 2)
    }

    /// The weight of `term`, 0 where it is switched off.
    pub fn weight(&self, term: Term) -> f64 {
        self.weight_field(term).1
    }

    /// The weight of `term`, and the setting that holds it.
    fn weight_field(&self, term: Term) -> (&'static str, f64) {
        let triplet = || self.triplet.as_ref().map(|triplet| triplet.weight);
        let prototype = || self.prototype.as_ref().map(|prototype| prototype.weight);
        let contrast = || self.contrast.as_ref().map(|contrast| contrast.weight);
        let unimodal = || self.unimodal.as_ref().map(|unimodal| unimodal.weight);
        match term {
            Term::Task => ("task", 1.0),
            Term::Similarity => ("similarity_weight", self.similarity_weight),
            Term::Difference => ("difference_weight", self.difference_weight),
            Term::Reconstruction => ("reconstruction_weight", self.reconstruction_weight),
            Term::Discrimination => ("discrimination_weight", self.discrimination_weight),
            Term::Cycle => ("cycle_weight", self.cycle_weight),
            Term::Triplet => ("triplet.weight", triplet().unwrap_or(0.0)),
            Term::Prototype => ("prototype.weight", prototype().unwrap_or(0.0)),
            Term::Contrast => ("contrast.weight", contrast().unwrap_or(0.0)),
            Term::Unimodal => ("unimodal.weight", unimodal().unwrap_or(0.0)),
        }
    }

    /// Each term in use with its weight; the task, whose weight is 1, comes first.
    pub(super) fn used(&self) -> impl Iterator<Item = (Term, f64)> {
        let weights = Term::ALL.map(|term| (term, self.weight(term)));
        weights.into_iter().filter(|(_, weight)| *weight != 0.0)
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
    fn moments_have_an_end() {
        let validate = |moments| MisaLossConfig::new().with_moments(moments).validate();
        for moments in [1, 5, HIGHEST_MOMENT] {
            assert_eq!(validate(moments), Ok(()));
        }
        assert_eq!(
            validate(65).unwrap_err().to_string(),
            "moments must be in [1, 64], got 65"
        );
        for moments in [0, usize::MAX] {
            assert!(validate(moments).is_err(), "{moments}");
        }
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
