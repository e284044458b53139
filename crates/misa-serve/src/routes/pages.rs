//! Pages for people, and the description for programs.

use crate::api_error::{ApiError, ErrorBody};
use crate::openapi;
use crate::page::{self, PageFile};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use misa_answer::ErrorType;

/// What a page may load: only what this server has.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page to try the models on
#[utoipa::path(
    get, path = "/", tag = "pages",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")),
)]
pub(super) async fn page() -> Response {
    file(&page::INDEX)
}

/// A page about the routes
#[utoipa::path(
    get, path = "/docs", tag = "pages",
    responses((status = 200, description = "A page", body = String, content_type = "text/html")),
)]
pub(super) async fn docs() -> Response {
    file(&page::DOCS)
}

/// A style or script of the pages
#[utoipa::path(
    get, path = "/page/{file}", tag = "pages",
    params(("file" = String, Path, description = "Name of the file")),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/javascript"),
        (status = 404, description = "No such file", body = ErrorBody),
    ),
)]
pub(super) async fn page_file(Path(name): Path<String>) -> Result<Response, ApiError> {
    let found = page::FILES.iter().find(|file| file.name == name);
    let found = found.ok_or_else(|| ApiError::new(ErrorType::NotFound, "no such file"))?;
    Ok(file(found))
}

/// The description of all routes, in OpenAPI 3.1
#[utoipa::path(
    get, path = "/openapi.json", tag = "pages",
    responses((status = 200, description = "The description", body = serde_json::Value)),
)]
pub(super) async fn openapi() -> Response {
    let json = openapi::json();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

fn file(file: &PageFile) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, file.text).into_response()
}
