//! Whether the server lives, and whether it should get requests.

use super::answer::json;
use crate::api_error::{ApiError, ErrorBody};
use crate::app::App;
use crate::stage::Stage;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// Whether the process answers
#[utoipa::path(
    get, path = "/livez", tag = "health",
    responses((status = 200, description = "It does", body = Health)),
)]
pub(super) async fn live() -> Response {
    json(StatusCode::OK, &Health { status: "live" })
}

/// Whether requests are answered
///
/// The models are loaded and warm, and the server does not stop. A full queue is still ready.
#[utoipa::path(
    get, path = "/readyz", tag = "health",
    responses(
        (status = 200, description = "They are", body = Health),
        (status = 503, description = "The server starts or stops", body = ErrorBody),
    ),
)]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Response, ApiError> {
    if app.stages.now() == Stage::Leaving {
        return Err(ApiError::for_now(
            misa_answer::ErrorType::Draining,
            "the server is about to stop",
            1,
        ));
    }
    drop(app.admit_work()?);
    Ok(json(StatusCode::OK, &Health { status: "ready" }))
}

/// Whether requests are answered, under another name
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses(
        (status = 200, description = "They are", body = Health),
        (status = 503, description = "The server starts or stops", body = ErrorBody),
    ),
)]
pub(super) async fn health(state: State<Arc<App>>) -> Result<Response, ApiError> {
    ready(state).await
}
