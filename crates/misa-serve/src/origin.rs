//! Pages of other origins, which browsers let call this server only if it says so.

use crate::app::App;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

/// The value of `access-control-allow-origin` for a request: that of the setting if the request comes
/// from there.
pub(crate) fn of(app: &App, headers: &HeaderMap) -> Option<HeaderValue> {
    let allowed = app.config.allow_origin.as_deref()?;
    let origin = headers.get(header::ORIGIN)?;
    if allowed == "*" || origin.as_bytes() == allowed.as_bytes() {
        return HeaderValue::from_str(allowed).ok();
    }
    None
}

/// The answer to a browser that asks whether it may send a request, if another origin may.
pub(crate) fn preflight(app: &App, request: &Request) -> Option<Response<Body>> {
    let headers = request.headers();
    let is_question = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_question {
        return None;
    }
    of(app, headers)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, x-request-id",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

/// Tells the browser that a page of this origin may read the answer.
pub(crate) fn allow(response: &mut Response<Body>, origin: Option<HeaderValue>) {
    let Some(origin) = origin else {
        return;
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("retry-after, x-request-id"),
    );
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
