//! Refusals as responses.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use misa_answer::{ErrorType, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

/// A refusal. Becomes JSON where the id of the request is known.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub kind: ErrorType,
    pub message: String,
    /// When to try again, in seconds.
    pub retry_after: Option<u64>,
}

impl ApiError {
    pub fn new(kind: ErrorType, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
        }
    }

    /// A refusal that does not hold for long.
    pub fn for_now(kind: ErrorType, message: impl Into<String>, retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(kind, message)
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind, refusal.message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.kind.status());
        let mut response = status
            .expect("the statuses of the contract")
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A refusal as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody<'a> {
    /// Where, what, expected, found.
    pub error: &'a str,
    /// The kind.
    pub error_type: ErrorType,
    /// The id of the request, which the log has too.
    pub request_id: &'a str,
}
