//! Explanations.

use super::answer::{ClipCount, json};
use crate::api_error::{ApiError, ErrorBody};
use crate::app::App;
use crate::openapi::RequestBody;
use crate::query::Chosen;
use crate::submission::submit;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use misa_answer::{ExplainAnswer, SCHEMA};
use std::sync::Arc;

/// Explain predictions
///
/// The predictions of the clips, with what each modality and each word contributes.
#[utoipa::path(
    post, path = "/v1/explain", tag = "models", params(Chosen),
    request_body(content(
        (RequestBody = "application/json"),
        (Vec<u8> = "application/x-safetensors"),
        (Vec<u8> = "application/octet-stream"),
        (Vec<u8> = "audio/wav"),
        (Vec<u8> = "audio/*"),
        (Vec<u8> = "video/*"),
    )),
    responses(
        (status = 200, description = "The explanations", body = ExplainAnswer),
        (status = "default", description = "A refusal, as of /v1/predict", body = ErrorBody),
    ),
    security((), ("key" = [])),
)]
pub(super) async fn explain(
    State(app): State<Arc<App>>,
    chosen: Chosen,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let most = app.config.explain_clips;
    let answered = submit(&app, &app.explanations, most, chosen, &headers, body).await?;
    let clips = ClipCount(answered.answers.len());
    let answer = ExplainAnswer {
        schema: SCHEMA,
        model: answered.loaded.named(),
        explanations: answered.answers,
        notes: answered.notes,
    };
    let mut response = json(StatusCode::OK, &answer);
    response.extensions_mut().insert(clips);
    Ok(response)
}
