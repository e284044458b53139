//! Why a request is not answered as asked, in the words of the contract.

use misa_wire::{WireError, WireErrorKind};
use serde::Serialize;

/// Kind of a refusal, which decides its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub enum ErrorType {
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
    /// The status of HTTP for a response of this kind.
    pub fn status(self) -> u16 {
        match self {
            Self::Empty | Self::Malformed => 400,
            Self::Unauthorized => 401,
            Self::NotFound | Self::UnknownModel => 404,
            Self::MethodNotAllowed => 405,
            Self::TooSlow => 408,
            Self::Reloading => 409,
            Self::TooLarge => 413,
            Self::MediaType => 415,
            Self::Invalid | Self::ModelRefused => 422,
            Self::InferenceFailed => 424,
            Self::Overloaded => 429,
            Self::Draining | Self::NotReady => 503,
        }
    }
}

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its kind.
    pub kind: ErrorType,
    /// Where, what, expected, found.
    pub message: String,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: ErrorType, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl From<WireError> for Refusal {
    fn from(error: WireError) -> Self {
        let kind = match error.kind() {
            WireErrorKind::Malformed => ErrorType::Malformed,
            WireErrorKind::Empty => ErrorType::Empty,
            WireErrorKind::TooLarge => ErrorType::TooLarge,
            _ => ErrorType::Invalid,
        };
        Self::new(kind, error.to_string())
    }
}
