//! The query of a request.

use crate::api_error::ApiError;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use misa_answer::ErrorType;
use serde::Deserialize;
use utoipa::IntoParams;

/// What is chosen in the query.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Chosen {
    /// The model, unless the body names it; without a name, the first model of the server.
    pub model: Option<String>,
    /// Beside a sound: what is said in it.
    pub text: Option<String>,
    /// Beside a sound: the modalities that are read, such as `text,acoustic`; without it, all that are given.
    pub modalities: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Chosen {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Self>::from_request_parts(parts, state).await;
        query.map(|Query(chosen)| chosen).map_err(|_| {
            let message =
                "query: expected `model`, `text` or `modalities`, each once, found another";
            ApiError::new(ErrorType::Invalid, message)
        })
    }
}
