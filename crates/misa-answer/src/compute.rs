//! What is computed of clips.

use crate::{ErrorType, Model, Refusal};
use misa_infer::{Explanation, InferError, Prediction};
use misa_terms::Clip;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a request was not computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The model does not take one of the clips, which its check did not tell.
    Clip(String),
    /// The inference failed, or answered with other than finite numbers.
    Inference(String),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Clip(message) => Self::new(ErrorType::Invalid, message),
            Failure::Inference(message) => Self::new(ErrorType::InferenceFailed, message),
        }
    }
}

/// What is computed of clips.
pub trait Compute: Send + Sized + 'static {
    /// One answer per clip, in their order.
    ///
    /// # Errors
    ///
    /// Why they cannot be computed.
    fn compute(model: &dyn Model, clips: &[Clip]) -> Result<Vec<Self>, InferError>;
    /// Whether all numbers are finite.
    fn is_finite(&self) -> bool;
}

impl Compute for Prediction {
    fn compute(model: &dyn Model, clips: &[Clip]) -> Result<Vec<Self>, InferError> {
        model.predict(clips)
    }

    fn is_finite(&self) -> bool {
        let probabilities = self.probabilities.iter().flatten();
        let bounds = self
            .intervals
            .iter()
            .flat_map(|interval| [&interval.low, &interval.high]);
        self.value.is_finite() && probabilities.chain(bounds).all(|value| value.is_finite())
    }
}

impl Compute for Explanation {
    fn compute(model: &dyn Model, clips: &[Clip]) -> Result<Vec<Self>, InferError> {
        clips.iter().map(|clip| model.explain(clip)).collect()
    }

    fn is_finite(&self) -> bool {
        let subsets = self.subsets.iter().flat_map(|subset| {
            let probabilities = subset.probabilities.iter().flatten();
            [&subset.value].into_iter().chain(probabilities)
        });
        let modalities = self.modalities.iter().flat_map(|effect| {
            let rest = effect.without.iter().chain(&effect.change);
            [&effect.alone].into_iter().chain(rest)
        });
        let words = self.words.iter();
        let words = words.flat_map(|word| [&word.without, &word.change]);
        let vectors = self.vectors.iter().flat_map(|vector| &vector.values);
        let weights = self.attention.iter().flat_map(|found| &found.weights);
        self.prediction.is_finite()
            && subsets
                .chain(modalities)
                .chain(words)
                .chain(vectors)
                .chain(weights.flatten())
                .all(|value| value.is_finite())
    }
}

/// The answers to clips, one each.
///
/// # Errors
///
/// [`Failure`] if the model refuses a clip, fails, panics, or answers another number of clips.
pub fn compute<T: Compute>(model: &dyn Model, clips: &[Clip]) -> Result<Vec<T>, Failure> {
    // A model is not changed by what it computes, so a panic leaves nothing half done in it.
    let computed = catch_unwind(AssertUnwindSafe(|| T::compute(model, clips)));
    let answers = match computed {
        Ok(Ok(answers)) => answers,
        Ok(Err(error @ InferError::Clip { .. })) => return Err(Failure::Clip(error.to_string())),
        Ok(Err(error)) => return Err(Failure::Inference(error.to_string())),
        // What a panic says may quote the request.
        Err(_) => {
            return Err(Failure::Inference(
                "the inference panicked, which is a bug of misa".to_string(),
            ));
        }
    };
    if answers.len() == clips.len() {
        return Ok(answers);
    }
    let (expected, found) = (clips.len(), answers.len());
    Err(Failure::Inference(format!(
        "expected {expected} answers of the model, found {found}"
    )))
}

/// The answers of one request, if all their numbers are finite.
///
/// # Errors
///
/// [`Failure::Inference`] names the first clip of which one is not.
pub fn finite<T: Compute>(answers: Vec<T>) -> Result<Vec<T>, Failure> {
    match answers.iter().position(|answer| !answer.is_finite()) {
        None => Ok(answers),
        Some(index) => Err(Failure::Inference(format!(
            "clips[{index}]: expected finite numbers of the model, found NaN or infinity"
        ))),
    }
}
