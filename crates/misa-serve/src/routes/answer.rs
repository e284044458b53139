//! Answers as they are sent.

use crate::api_error::{ApiError, ErrorType};
use crate::model::Loaded;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use misa_infer::{Explanation, Prediction};
use serde::Serialize;
use utoipa::ToSchema;

/// Layout of every answer.
pub(super) const SCHEMA: u32 = 1;

/// The model that answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelName {
    /// Its name on this server.
    pub name: String,
    /// SHA-256 of everything that decides its answers, in hexadecimal.
    pub id: String,
}

impl ModelName {
    pub fn of(loaded: &Loaded) -> Self {
        Self {
            name: loaded.name.to_string(),
            id: loaded.facts.id.clone(),
        }
    }
}

/// Predictions, in the order of the clips.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PredictAnswer {
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
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainAnswer {
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

/// Number of clips of an answered request, for the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClipCount(pub usize);

/// A value as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => ApiError::new(ErrorType::InferenceFailed, error.to_string()).into_response(),
    }
}
