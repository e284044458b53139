//! What is asked for, and who answers.

pub(crate) mod admin;
mod answer;
pub(crate) mod explain;
pub(crate) mod health;
pub(crate) mod info;
pub(crate) mod metrics;
pub(crate) mod pages;
pub(crate) mod predict;

use crate::api_error::ApiError;
use crate::app::App;
use crate::observe::observe;
pub(crate) use admin::Reloaded;
pub(crate) use answer::ClipCount;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use misa_answer::ErrorType;
use std::sync::{Arc, LazyLock};
/// Every route; also its name in metrics and in the log.
pub(crate) fn all() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/livez", get(health::live)),
        ("/readyz", get(health::ready)),
        ("/health", get(health::health)),
        ("/info", get(info::info)),
        ("/v1/models", get(info::models)),
        ("/metrics", get(metrics::metrics)),
        ("/v1/predict", post(predict::predict)),
        ("/predict", post(predict::predict_alias)),
        ("/v1/explain", post(explain::explain)),
        ("/admin/reload", post(admin::reload)),
        ("/openapi.json", get(pages::openapi)),
        ("/docs", get(pages::docs)),
        ("/", get(pages::page)),
        ("/page/{file}", get(pages::page_file)),
    ]
}

/// The route of this path, as metrics and the log name it.
pub(crate) fn label(path: &str) -> &'static str {
    static PATHS: LazyLock<Vec<&'static str>> =
        LazyLock::new(|| all().into_iter().map(|(path, _)| path).collect());
    let found = PATHS.iter().find(|known| **known == path);
    found.copied().unwrap_or("other")
}

/// Routes and what every request passes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for (path, methods) in all() {
        router = router.route(path, methods);
    }
    router
        .fallback(|| async { ApiError::new(ErrorType::NotFound, "no such route, see /docs") })
        .method_not_allowed_fallback(|| async {
            let message = "method: expected one of the header `allow`, found another";
            ApiError::new(ErrorType::MethodNotAllowed, message)
        })
        .layer(from_fn_with_state(Arc::clone(app), observe))
        .with_state(Arc::clone(app))
}

/// Every route, as `/openapi.json` writes it.
pub fn paths() -> Vec<&'static str> {
    all().into_iter().map(|(path, _)| path).collect()
}
