//! Answers as they are sent.

use crate::api_error::ApiError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use misa_answer::ErrorType;
use serde::Serialize;

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
