//! What the server has.

use super::answer::json;
use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use misa_answer::{Info, LimitsInfo, ModelInfo};
use std::sync::Arc;

/// Models and limits
#[utoipa::path(
    get, path = "/info", tag = "models",
    responses((status = 200, description = "Models and limits", body = Info)),
)]
pub(super) async fn info(State(app): State<Arc<App>>) -> Response {
    let limits = LimitsInfo {
        body_bytes: app.config.body_bytes,
        clips: app.config.clips,
        explain_clips: app.config.explain_clips,
        steps: app.config.steps,
    };
    let models = app.models.all();
    let models = models
        .iter()
        .map(|loaded| ModelInfo::of(&loaded.name, &loaded.facts));
    json(StatusCode::OK, &Info::of(models.collect(), limits))
}

/// Models and limits, under another name
#[utoipa::path(
    get, path = "/v1/models", tag = "models",
    responses((status = 200, description = "Models and limits", body = Info)),
)]
pub(super) async fn models(state: State<Arc<App>>) -> Response {
    info(state).await
}
