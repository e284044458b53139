//! Pre-training: epochs before those of the objective.

use misa_core::ConfigError;
use serde::{Deserialize, Serialize};

misa_terms::settings! {
    /// Epochs before those of the objective, in this order.
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `masked_epochs` | 0 | `[0, inf)` |
    /// | `masked_share` | 0.15 | `(0, 1)` |
    /// | `unimodal_epochs` | 0 | `[0, inf)` |
    ///
    /// - Source: SPECTRA and data2vec for hidden steps; ConFEDE (Yang et al. 2023) for unimodal
    ///   pre-training, in which each encoder has its own head.
    /// - Differs: all encoders are trained together, and the heads remain in the model.
    #[derive(PartialEq)]
    pub struct PretrainingConfig {
        /// Epochs in which the visual and acoustic encoders predict hidden steps, without labels.
        pub masked_epochs: usize = 0, with_masked_epochs;
        /// Share of the steps that are hidden. Range: `(0, 1)`.
        pub masked_share: f64 = 0.15, with_masked_share;
        /// Epochs in which each modality predicts the target alone.
        pub unimodal_epochs: usize = 0, with_unimodal_epochs;
    }
}

/// What an epoch is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Hidden steps are predicted.
    Masked,
    /// Each modality predicts the target alone.
    Unimodal,
    /// The whole model is trained on the objective.
    #[default]
    Joint,
}

impl PretrainingConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let share = self.masked_share;
        let holds = share > 0.0 && share < 1.0;
        ConfigError::check("pretraining.masked_share", share, "(0, 1)", holds)
    }

    /// Number of epochs before the objective.
    pub fn epochs(&self) -> usize {
        self.masked_epochs.saturating_add(self.unimodal_epochs)
    }

    /// What epoch number `epoch`, from 1, is for.
    pub fn phase(&self, epoch: usize) -> Phase {
        match epoch {
            epoch if epoch <= self.masked_epochs => Phase::Masked,
            epoch if epoch <= self.epochs() => Phase::Unimodal,
            _ => Phase::Joint,
        }
    }
}

impl Phase {
    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Masked => "masked",
            Self::Unimodal => "unimodal",
            Self::Joint => "joint",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_follow_one_another() {
        let config = PretrainingConfig::new()
            .with_masked_epochs(1)
            .with_unimodal_epochs(2);
        let phases = [1, 2, 3, 4].map(|epoch| config.phase(epoch).name());
        assert_eq!(phases, ["masked", "unimodal", "unimodal", "joint"]);
        assert!(config.with_masked_share(1.0).validate().is_err());
    }
}
