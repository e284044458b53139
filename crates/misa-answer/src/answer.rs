//! Answers as they are sent.

use crate::ModelFacts;
use misa_infer::{Explanation, Prediction};
use serde::Serialize;

/// Layout of every answer.
pub const SCHEMA: u32 = 1;

/// The model that answered.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ModelName {
    /// Its name on this server.
    pub name: String,
    /// SHA-256 of everything that decides its answers, in hexadecimal.
    pub id: String,
}

impl ModelName {
    /// The model of these facts under this name.
    pub fn of(name: &str, facts: &ModelFacts) -> Self {
        Self {
            name: name.to_string(),
            id: facts.id.clone(),
        }
    }
}

/// Predictions, in the order of the clips.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PredictAnswer {
    /// Layout of the answer, 1.
    pub schema: u32,
    /// The model that answered.
    pub model: ModelName,
    /// One per clip.
    pub predictions: Vec<Prediction>,
    /// What became of a sound and its words, a sentence each; left out if there is nothing to be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Explanations, in the order of the clips.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExplainAnswer {
    /// Layout of the answer, 1.
    pub schema: u32,
    /// The model that answered.
    pub model: ModelName,
    /// One per clip.
    pub explanations: Vec<Explanation>,
    /// What became of a sound and its words, a sentence each; left out if there is nothing to be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
