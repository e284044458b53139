//! Why a request is not answered as asked, in the words of the contract.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Kind of a refusal, which decides its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorType {
    Empty,
    Malformed,
    Unauthorized,
    NotFound,
    UnknownModel,
    MethodNotAllowed,
    TooSlow,
    Reloading,
    TooLarge,
    MediaType,
    Invalid,
    ModelRefused,
    InferenceFailed,
    Overloaded,
    Draining,
    NotReady,
}

impl ErrorType {
    /// The status of a response of this kind.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Empty | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound | Self::UnknownModel => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Reloading => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid | Self::ModelRefused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::InferenceFailed => StatusCode::FAILED_DEPENDENCY,
            Self::Overloaded => StatusCode::TOO_MANY_REQUESTS,
            Self::Draining | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
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
