//! Weights of predictions from one modality.

use crate::{ConfigError, Modality};

misa_terms::settings! {
    /// Configuration of the unimodal loss: the task loss of a prediction from each modality alone.
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `weight` | 0.1 | `[0, inf)` |
    /// | `text` | 3.0 | `[0, inf)` |
    /// | `visual` | 1.0 | `[0, inf)` |
    /// | `acoustic` | 1.0 | `[0, inf)` |
    ///
    /// - Source: DLF (Wang et al. 2025) for the shares of the modalities.
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
        ConfigError::check_weight("unimodal.acoustic", self.acoustic)
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
