//! What a predictor answers.

use crate::calibration::Interval;
use misa_terms::{Modalities, Modality};
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// The prediction for one clip.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Prediction {
    /// The name of the clip.
    pub id: String,
    /// The predicted number, or the index of the most probable class.
    pub value: f32,
    /// The probability of each class, for a model of classes; calibrated if the model is.
    pub probabilities: Option<Vec<f32>>,
    /// Ranges that contain the true number with a stated probability, narrowest first; empty for a
    /// model of classes, and where nothing is known about the errors of the model.
    pub intervals: Vec<Interval>,
    /// The modalities that were read.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    pub modalities: Modalities,
    /// Modalities of the clip that the model does not use.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    pub ignored: Vec<Modality>,
    /// What was read of the text; `None` if the text was not read, or is vectors.
    pub text: Option<TextRead>,
    /// The model, see [`Predictor::id`](crate::Predictor::id).
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub model: Arc<str>,
}

/// What a model reads of a text, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct TextRead {
    /// Words, or tokens of BERT without its two special ones, before anything is cut off.
    pub words: usize,
    /// Of these, unknown to the model.
    pub unknown: usize,
    /// Of these, read in lower case because the vocabulary lacks them as they are.
    pub lowered: usize,
    /// Of these, cut off because the text is longer than the model can read.
    pub cut: usize,
    /// Punctuation marks of a sentence that the vocabulary lacks, and that are left out.
    pub left_out: usize,
}

fn as_text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}
