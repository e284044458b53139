//! Predictions.

use super::answer::{ClipCount, json};
use crate::api_error::{ApiError, ErrorBody};
use crate::app::App;
use crate::openapi::RequestBody;
use crate::query::Chosen;
use crate::submission::submit;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use misa_answer::{PredictAnswer, SCHEMA};
use std::sync::Arc;

/// Predict clips
///
/// The predictions of the clips, in their order.
#[utoipa::path(
    post, path = "/v1/predict", tag = "models", params(Chosen),
    request_body(content(
        (RequestBody = "application/json"),
        (Vec<u8> = "application/x-safetensors"),
        (Vec<u8> = "application/octet-stream"),
        (Vec<u8> = "audio/wav"),
        (Vec<u8> = "audio/*"),
        (Vec<u8> = "video/*"),
    )),
    responses(
        (status = 200, description = "The predictions", body = PredictAnswer),
        (status = 400, description = "No request, or neither JSON nor safetensors", body = ErrorBody),
        (status = 401, description = "No key, or a wrong one", body = ErrorBody),
        (status = 404, description = "No model of this name", body = ErrorBody),
        (status = 408, description = "The body came too slowly", body = ErrorBody),
        (status = 413, description = "More bytes, clips or steps than the limits", body = ErrorBody),
        (status = 415, description = "A body of another type", body = ErrorBody),
        (status = 422, description = "A shape or value that the model does not take", body = ErrorBody),
        (status = 424, description = "The inference failed", body = ErrorBody),
        (status = 429, description = "As many wait as there is room for; see `retry-after`", body = ErrorBody),
        (status = 503, description = "The server starts or stops", body = ErrorBody),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn predict(
    State(app): State<Arc<App>>,
    chosen: Chosen,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let most = app.config.clips;
    let answered = submit(&app, &app.predictions, most, chosen, &headers, body).await?;
    let clips = ClipCount(answered.answers.len());
    let answer = PredictAnswer {
        schema: SCHEMA,
        model: answered.loaded.named(),
        predictions: answered.answers,
        notes: answered.notes,
    };
    let mut response = json(StatusCode::OK, &answer);
    response.extensions_mut().insert(clips);
    Ok(response.into_response())
}

/// Predict clips, under a shorter name
#[utoipa::path(
    post, path = "/predict", tag = "models", params(Chosen),
    request_body(content(
        (RequestBody = "application/json"),
        (Vec<u8> = "application/x-safetensors"),
        (Vec<u8> = "application/octet-stream"),
        (Vec<u8> = "audio/wav"),
        (Vec<u8> = "audio/*"),
        (Vec<u8> = "video/*"),
    )),
    responses(
        (status = 200, description = "The predictions, as of /v1/predict", body = PredictAnswer),
        (status = "default", description = "A refusal, as of /v1/predict", body = ErrorBody),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn predict_alias(
    state: State<Arc<App>>,
    chosen: Chosen,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    predict(state, chosen, headers, body).await
}
