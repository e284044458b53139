//! What only administrators may ask for.

use super::answer::json;
use crate::api_error::{ApiError, ErrorBody};
use crate::app::App;
use crate::reload;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use misa_answer::ErrorType;
use misa_answer::SCHEMA;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a reload has changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reloaded {
    /// Layout of the answer, 1.
    schema: u32,
    /// Names of the models that are new. The others are as before.
    reloaded: Vec<String>,
}

/// Load all models and keys again
///
/// Models are loaded and warmed up beside the present ones, which answer meanwhile. If one is faulty, all
/// stay.
#[utoipa::path(
    post, path = "/admin/reload", tag = "administration",
    responses(
        (status = 200, description = "The models are taken over", body = Reloaded),
        (status = 401, description = "No key of an administrator", body = ErrorBody),
        (status = 404, description = "The server has no administrators", body = ErrorBody),
        (status = 409, description = "Models are being loaded already", body = ErrorBody),
        (status = 422, description = "A model or a file of keys is faulty, and nothing has changed",
            body = ErrorBody),
        (status = 503, description = "The server starts or stops", body = ErrorBody),
    ),
    security(("admin" = [])),
)]
pub(super) async fn reload(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    app.admit_administrator(&headers)?;
    let _accepted = app.admit_work()?;
    let Some(reloading) = reload::start(&app) else {
        let message = "models are being loaded already";
        return Err(ApiError::for_now(ErrorType::Reloading, message, 1));
    };
    let refused = |message: String| ApiError::new(ErrorType::ModelRefused, message);
    let ended = reloading.await;
    let ended = ended.map_err(|_| refused("loading has ended without a result".to_string()))?;
    let fresh = ended.map_err(|error| refused(format!("nothing has changed: {error}")))?;
    let reloaded = Reloaded {
        schema: SCHEMA,
        reloaded: fresh.iter().map(ToString::to_string).collect(),
    };
    Ok(json(StatusCode::OK, &reloaded))
}
