//! Bodies, read under limits.

use crate::api_error::ApiError;
use crate::app::App;
use crate::budget::Share;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use misa_answer::{BodyFormat, ErrorType};
use std::time::Duration;
use tokio::time::timeout;

/// A body in memory.
pub(crate) struct Held {
    pub bytes: Vec<u8>,
    /// Keeps the memory accounted for.
    _share: Share,
}

/// The layout that the headers name.
pub(crate) fn format_of(headers: &HeaderMap) -> Result<BodyFormat, ApiError> {
    let refused = |found: String| {
        ApiError::new(
            ErrorType::MediaType,
            format!("content-type: {}, found {found}", BodyFormat::EXPECTED),
        )
    };
    for name in [header::CONTENT_ENCODING, header::CONTENT_TYPE] {
        let count = headers.get_all(&name).iter().count();
        if count > 1 {
            let message = format!("{name}: expected one, found {count}");
            return Err(ApiError::new(ErrorType::MediaType, message));
        }
    }
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let message = "content-encoding: expected none, found a compressed body";
        return Err(ApiError::new(ErrorType::MediaType, message));
    }
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.ok_or_else(|| refused("none".to_string()))?;
    let value = value.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    BodyFormat::of(essence).ok_or_else(|| {
        refused(format!(
            "`{}`",
            essence.chars().take(64).collect::<String>()
        ))
    })
}

/// Reads a whole body.
pub(crate) async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<Held, ApiError> {
    let limit = app.config.body_bytes;
    let declared = headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if let Some(declared) = declared
        && declared > limit as u64
    {
        return Err(too_large(limit, &declared.to_string()));
    }
    let seconds = app.config.body_seconds;
    let reading = collect(app, body, limit);
    match timeout(Duration::from_secs_f64(seconds), reading).await {
        Ok(read) => read,
        Err(_) => Err(ApiError::new(
            ErrorType::TooSlow,
            format!("body: expected all of it in {seconds} seconds, found less"),
        )),
    }
}

async fn collect(app: &App, mut body: Body, limit: usize) -> Result<Held, ApiError> {
    let mut share = app.bodies.share();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            // The connection broke, or its chunks are none.
            ApiError::new(
                ErrorType::Malformed,
                "body: expected more bytes, found its end",
            )
        })?;
        let Ok(data) = frame.into_data() else {
            continue; // Trailers mean nothing here.
        };
        if data.len() > limit - bytes.len() {
            return Err(too_large(limit, "more"));
        }
        if !share.take(data.len()) {
            let message = "the server holds as many bodies as it has memory for";
            return Err(ApiError::for_now(ErrorType::Overloaded, message, 1));
        }
        bytes.extend_from_slice(&data);
    }
    if bytes.is_empty() {
        let message = "body: expected a request, found nothing";
        return Err(ApiError::new(ErrorType::Empty, message));
    }
    Ok(Held {
        bytes,
        _share: share,
    })
}

fn too_large(limit: usize, found: &str) -> ApiError {
    ApiError::new(
        ErrorType::TooLarge,
        format!("body: expected at most {limit} bytes, found {found}"),
    )
}
