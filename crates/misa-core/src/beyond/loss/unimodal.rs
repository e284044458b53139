//! Weights of predictions from one modality.

use crate::loss::GeneratedLabels;
use crate::{ConfigError, Modality};
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// What the predictions from one modality are compared with.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum UnimodalLabels {
        /// The label of the utterance.
        #[default]
        Utterance,
        /// The modality's own label, which the data must have.
        Modality,
        /// A label that is generated for each modality and weighs as far as it differs from that of the
        /// utterance, see [`GeneratedLabels`](crate::loss::GeneratedLabels).
        Generated,
    }
}

misa_terms::settings! {
    /// Configuration of the unimodal loss: the task loss of a prediction from each modality alone.
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `weight` | 0.1 | `[0, inf)` |
    /// | `text` | 3.0 | `[0, inf)` |
    /// | `visual` | 1.0 | `[0, inf)` |
    /// | `acoustic` | 1.0 | `[0, inf)` |
    /// | `labels` | utterance | see [`UnimodalLabels`] |
    /// | `bound` | 3.0 | `(0, inf)` |
    /// | `exclude_zero` | false | |
    ///
    /// - Source: DLF (Wang et al. 2025) for the shares of the modalities; CH-SIMS (Yu et al. 2020), which
    ///   searches for the shares, for labels of each modality; Self-MM (Yu et al. 2021), whose shares
    ///   and weight are 1, for generated ones.
    #[derive(PartialEq)]
    pub struct UnimodalLossConfig {
        /// Weight in the objective. Range: `[0, inf)`.
        pub weight: f64 = 0.1, with_weight;
        /// Share of the prediction from text. Range: `[0, inf)`.
        pub text: f64 = 3.0, with_text;
        /// Share of the prediction from visual. Range: `[0, inf)`.
        pub visual: f64 = 1.0, with_visual;
        /// Share of the prediction from acoustic. Range: `[0, inf)`.
        pub acoustic: f64 = 1.0, with_acoustic;
        /// What the predictions are compared with.
        pub labels: UnimodalLabels = UnimodalLabels::Utterance, with_labels;
        /// Generated labels are between this value and its negative. Range: `(0, inf)`.
        pub bound: f64 = 3.0, with_bound;
        /// Whether labels of 0 are neither positive nor negative where labels are generated; otherwise they
        /// are positive.
        pub exclude_zero: bool = false, with_exclude_zero;
    }
}

impl UnimodalLossConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        ConfigError::check_weight("unimodal.weight", self.weight)?;
        ConfigError::check_weight("unimodal.text", self.text)?;
        ConfigError::check_weight("unimodal.visual", self.visual)?;
        ConfigError::check_weight("unimodal.acoustic", self.acoustic)?;
        ConfigError::check_positive("unimodal.bound", self.bound)
    }

    /// The labels that are generated for utterances with `targets`, before the first batch.
    pub fn generated(&self, targets: &[f32]) -> GeneratedLabels {
        GeneratedLabels::new(targets, self.bound, self.exclude_zero)
    }

    /// Share of the prediction from `modality`.
    pub fn weight_of(&self, modality: Modality) -> f64 {
        match modality {
            Modality::Text => self.text,
            Modality::Visual => self.visual,
            Modality::Acoustic => self.acoustic,
        }
    }
}
