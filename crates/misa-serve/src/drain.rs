//! The end of a server: readiness ends, new requests are refused, accepted ones are answered.

use crate::ServeError;
use crate::app::App;
use crate::stage::Stage;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

/// Pause between two looks at what is not answered.
const PAUSE: Duration = Duration::from_millis(5);
/// How long nothing may have come before connections are closed, so that a request on its way is refused
/// in words instead.
const QUIET: Duration = Duration::from_millis(100);
/// Longest wait for that, since some clients never stop asking.
const INSISTING: Duration = Duration::from_secs(1);
/// How long clients that have their answer may keep the server waiting.
const PARTING: Duration = Duration::from_secs(3);

/// Begins to stop, with time for load balancers to notice if `has_notice`.
pub(crate) fn begin(app: &Arc<App>, has_notice: bool) {
    let notice = if has_notice && app.stages.now() == Stage::Ready {
        Duration::from_secs_f64(app.config.drain_seconds)
    } else {
        Duration::ZERO
    };
    app.stages.go_on_to(Stage::Leaving);
    app.log
        .event("stopping", &[("requests", json!(accepted(app)))]);
    let stages = app.stages.clone();
    tokio::spawn(async move {
        sleep(notice).await;
        stages.go_on_to(Stage::Draining);
    });
}

/// Waits until the server drains, what was accepted is answered, and the connections are closed.
pub(crate) async fn drained(app: &Arc<App>, connections: &Semaphore) -> Result<(), ServeError> {
    app.stages.reached(Stage::Draining).await;
    let seconds = app.config.finish_seconds;
    let deadline = Instant::now() + Duration::from_secs_f64(seconds);
    while accepted(app) > 0 && Instant::now() < deadline {
        sleep(PAUSE).await;
    }
    quiet(app).await;
    let unanswered = accepted(app);
    app.stages.go_on_to(Stage::Closing);
    if unanswered > 0 {
        return Err(ServeError::Unfinished {
            unanswered,
            seconds,
        });
    }
    // Answers are still being written. Whoever does not read them is not waited for.
    let all = u32::try_from(app.config.connections).unwrap_or(u32::MAX);
    let _ = timeout(PARTING, connections.acquire_many(all)).await;
    Ok(())
}

/// Waits until no request has come for a while.
async fn quiet(app: &App) {
    let begun = || app.metrics.begun.load(Ordering::Relaxed);
    let end = Instant::now() + INSISTING;
    let (mut count, mut since) = (begun(), Instant::now());
    while since.elapsed() < QUIET && Instant::now() < end {
        sleep(PAUSE).await;
        if begun() != count {
            (count, since) = (begun(), Instant::now());
        }
    }
}

/// What is lost if the server ends now.
pub(crate) fn at_once(app: &App) -> ServeError {
    ServeError::AtOnce {
        unanswered: accepted(app),
    }
}

/// Requests that are accepted and not answered; others may come and be refused all the time.
fn accepted(app: &App) -> usize {
    usize::try_from(app.metrics.accepted.load(Ordering::Relaxed)).unwrap_or_default()
}
