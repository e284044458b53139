//! Models, loaded and named.

use misa_answer::{Model, ModelFacts, ModelName};
use misa_infer::Predictor;
use misa_infer::burn::tensor::Device;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// Loads the model of a folder.
pub type Loader =
    Arc<dyn Fn(&Path) -> Result<Box<dyn Model>, Box<dyn Error + Send + Sync>> + Send + Sync>;

/// A model with its name and facts, in memory and warm.
pub(crate) struct Loaded {
    pub name: Arc<str>,
    pub facts: ModelFacts,
    pub model: Box<dyn Model>,
}

impl Loaded {
    /// What answers call it.
    pub fn named(&self) -> ModelName {
        ModelName::of(&self.name, &self.facts)
    }
}

/// Loads trained models onto a device.
pub fn predictors(device: Device) -> Loader {
    Arc::new(move |path| Ok(Box::new(Predictor::load(path, &device)?)))
}
