//! A model that answers requests.

use misa_infer::{ClipError, Explanation, InferError, Prediction};
use misa_terms::{Clip, FeatureSizes, Modalities, Recipes, Task};

/// A model that answers requests. [`Predictor`](misa_infer::Predictor) is one, and a program may serve
/// others.
pub trait Model: Send + Sync {
    /// What clients may know.
    fn facts(&self) -> ModelFacts;
    /// Whether clips that are predicted together are read together, as parts of videos.
    fn reads_videos(&self) -> bool;
    /// Refuses a clip that cannot be predicted.
    ///
    /// # Errors
    ///
    /// What is wrong with the clip.
    fn check(&self, clip: &Clip) -> Result<(), ClipError>;
    /// Steps of the longest modality.
    fn steps(&self, clip: &Clip) -> usize;
    /// The predictions of the clips, in their order.
    ///
    /// # Errors
    ///
    /// Why they cannot be computed.
    fn predict(&self, clips: &[Clip]) -> Result<Vec<Prediction>, InferError>;
    /// The prediction of a clip with what contributes to it.
    ///
    /// # Errors
    ///
    /// Why it cannot be computed.
    fn explain(&self, clip: &Clip) -> Result<Explanation, InferError>;
    /// Computes once what a first request would wait for.
    ///
    /// # Errors
    ///
    /// Why the model does not compute.
    fn warm_up(&self) -> Result<(), InferError>;
}

/// What clients may know about a model.
#[derive(Clone, Debug)]
pub struct ModelFacts {
    /// SHA-256 of everything that decides its answers.
    pub id: String,
    /// What it predicts.
    pub task: Task,
    /// What it reads.
    pub modalities: Modalities,
    /// Its feature sizes.
    pub sizes: FeatureSizes,
    /// The levels of its intervals.
    pub levels: Vec<f64>,
    /// How the features were made on which it was trained, as far as that is known.
    pub recipes: Recipes,
}
