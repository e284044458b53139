//! What every request passes: its id, its refusal in words, headers, the log and the metrics.

use crate::api_error::{ApiError, ErrorBody};
use crate::app::App;
use crate::metrics::Counted;
use crate::routes::{self, ClipCount};
use crate::stage::Stage;
use crate::{origin, request_id};
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Response, header};
use axum::middleware::Next;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Status in metrics and log of a request whose client left before the answer.
const LEFT: u16 = 499;

/// Route of what has none.
const OTHER: &str = "other";

/// Answers a request and records that.
pub(crate) async fn observe(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let _running = Counted::up(&app.metrics.running);
    app.metrics.begun.fetch_add(1, Ordering::Relaxed);
    let mut record = Record::begin(&app, &request);
    let origin = origin::of(&app, request.headers());
    let mut response = match origin::preflight(&app, &request) {
        Some(response) => response,
        None => next.run(request).await,
    };
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        write_error(&mut response, &error, &record.id);
        record.error = Some(error);
    }
    write_headers(&app, &mut response, &record.id);
    origin::allow(&mut response, origin);
    record.clips = response
        .extensions()
        .get()
        .map_or(0, |ClipCount(count)| *count);
    record.status = response.status().as_u16();
    response
}

fn write_error(response: &mut Response<Body>, error: &ApiError, id: &str) {
    let body = ErrorBody {
        error: &error.message,
        error_type: error.kind,
        request_id: id,
    };
    let text = json!(body).to_string();
    *response.body_mut() = Body::from(text);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if error.kind.status() == axum::http::StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
}

fn write_headers(app: &App, response: &mut Response<Body>, id: &str) {
    let headers = response.headers_mut();
    let constant = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in constant {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(request_id::HEADER, id);
    }
    // So that clients go elsewhere, and the server's end finds few connections.
    if app.stages.now() >= Stage::Leaving {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

/// What becomes a line of the log and a count, also if the client leaves before the answer.
struct Record<'a> {
    app: &'a App,
    id: String,
    route: &'static str,
    begin: Instant,
    status: u16,
    clips: usize,
    error: Option<ApiError>,
}

impl<'a> Record<'a> {
    fn begin(app: &'a App, request: &Request) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        Self {
            id: app.ids.of(request.headers()),
            app,
            route: matched.map_or(OTHER, |path| routes::label(path.as_str())),
            begin: Instant::now(),
            status: LEFT,
            clips: 0,
            error: None,
        }
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let time = self.begin.elapsed();
        self.app.metrics.answered(self.route, self.status, time);
        // In microseconds, so that fast answers differ.
        let ms = (time.as_secs_f64() * 1e6).round() / 1e3;
        let mut fields = vec![
            ("id", json!(self.id)),
            ("route", json!(self.route)),
            ("status", json!(self.status)),
            ("ms", json!(ms)),
        ];
        if self.clips > 0 {
            fields.push(("clips", json!(self.clips)));
        }
        // The message may quote the request.
        if let Some(error) = &self.error {
            fields.push(("error_type", json!(error.kind)));
        }
        self.app.log.event("request", &fields);
    }
}
