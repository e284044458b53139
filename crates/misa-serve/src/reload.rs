//! Models that take the place of others while requests are answered.

use crate::ServeError;
use crate::app::App;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tokio::sync::oneshot;

/// Whether models are being loaded.
#[derive(Debug, Default)]
pub(crate) struct Reload {
    is_running: AtomicBool,
}

/// What came of it: the names of the models that are new, or why none was replaced.
pub(crate) type Reloaded = Result<Vec<Arc<str>>, ServeError>;

/// Loads the models beside the present ones, on a thread of its own. `None` if that is under way.
pub(crate) fn start(app: &Arc<App>) -> Option<oneshot::Receiver<Reloaded>> {
    if app.reload.is_running.swap(true, Ordering::AcqRel) {
        return None;
    }
    let (done, result) = oneshot::channel();
    let shared = Arc::clone(app);
    let reload = move || {
        let reloaded = reload(&shared);
        shared.reload.is_running.store(false, Ordering::Release);
        let _ = done.send(reloaded);
    };
    let thread = thread::Builder::new().name("reload".to_string());
    if let Err(source) = thread.spawn(reload) {
        app.reload.is_running.store(false, Ordering::Release);
        let (done, result) = oneshot::channel();
        let what = "a thread to load in";
        let _ = done.send(Err(ServeError::System { what, source }));
        return Some(result);
    }
    Some(result)
}

/// The same for those who wait for nothing. The log tells what came of it.
pub(crate) fn begin(app: &Arc<App>) {
    if start(app).is_none() {
        let error = json!("another one is under way");
        app.log.event("models refused", &[("error", error)]);
    }
}

fn reload(app: &App) -> Reloaded {
    let reloaded = app.read_keys().and_then(|()| app.models.load());
    app.metrics.reloaded(reloaded.is_ok());
    match &reloaded {
        Ok(fresh) => app
            .log
            .event("models loaded", &[("new", json!(fresh.join(",")))]),
        Err(error) => app
            .log
            .event("models refused", &[("error", json!(error.to_string()))]),
    }
    reloaded
}
