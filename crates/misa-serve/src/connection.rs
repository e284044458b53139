//! One connection, from its first byte to its last.

use crate::activity::{Activity, Phase, Watched};
use crate::api_error::ErrorBody;
use crate::app::App;
use crate::metrics::Counted;
use crate::request_id;
use crate::stage::Stage;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1::{Builder, Connection};
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use misa_answer::ErrorType;
use serde_json::json;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, timeout};

/// How long what a client still sends is read after the last answer. If it were not read, the system
/// would reset the connection, and the client might lose the answer.
const LINGER: Duration = Duration::from_secs(2);

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// How a connection ended.
enum Ended {
    /// Everything is answered, or the client is gone.
    Done,
    /// The head of a request took too long.
    TooSlow,
}

/// Answers the requests of a connection.
pub(crate) async fn serve(stream: TcpStream, app: Arc<App>, router: Router) {
    let _open = Counted::up(&app.metrics.connections);
    // Answers are written at once, so waiting for more bytes gains nothing.
    let _ = stream.set_nodelay(true);
    let activity = Activity::new();
    let router = TowerToHyperService::new(router);
    let answering = activity.clone();
    let service = service_fn(move |request: Request<Incoming>| -> Answering {
        answering.requested(request.body().size_hint().exact());
        let activity = answering.clone();
        let response = router.call(request);
        Box::pin(async move {
            let response = response.await;
            activity.answered();
            response
        })
    });
    let io = TokioIo::new(Watched {
        stream,
        activity: activity.clone(),
    });
    let mut connection = Builder::new()
        // Both are watched here, since an idle connection may stay longer than a head may take.
        .header_read_timeout(None)
        .max_buf_size(app.config.header_bytes)
        .serve_connection(io, service);
    let ended = run(&mut connection, &activity, &app).await;
    let mut stream = connection.into_parts().io.into_inner().stream;
    if let Ended::TooSlow = ended {
        let _ = timeout(LINGER, stream.write_all(too_slow(&app).as_bytes())).await;
    }
    linger(stream).await;
}

/// Drives a connection until it ends by itself, is asked to, or has lasted too long.
async fn run<S>(
    connection: &mut Connection<TokioIo<Watched>, S>,
    activity: &Activity,
    app: &App,
) -> Ended
where
    S: hyper::service::HttpService<Incoming, ResBody = Body> + Unpin,
    S::Future: Unpin,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut is_closing = false;
    loop {
        let (_, deadline) = activity.deadline(&app.config);
        tokio::select! {
            // First, so that a request that is there already is answered before the end.
            biased;
            _ = poll_fn(|cx| connection.poll_without_shutdown(cx)) => return Ended::Done,
            () = app.stages.reached(Stage::Closing), if !is_closing => {
                is_closing = true;
                Pin::new(&mut *connection).graceful_shutdown();
            }
            () = activity.changed() => {}
            () = sleep_until(deadline) => {
                let (phase, deadline) = activity.deadline(&app.config);
                if deadline > tokio::time::Instant::now() {
                    continue; // It has done something meanwhile.
                }
                return match phase {
                    Phase::Head => Ended::TooSlow,
                    Phase::Idle | Phase::Busy => Ended::Done,
                };
            }
        }
    }
}

/// The answer to a head that took too long, which no route has seen.
fn too_slow(app: &App) -> String {
    let seconds = app.config.header_seconds;
    let message = format!("head: expected all of it in {seconds} seconds, found less");
    let id = app.ids.make();
    let kind = ErrorType::TooSlow;
    let body = json!(ErrorBody {
        error: &message,
        error_type: kind,
        request_id: &id,
    });
    let body = body.to_string();
    let time = Duration::from_secs_f64(seconds);
    app.metrics.answered("other", kind.status(), time);
    let fields = [
        ("id", json!(id)),
        ("route", json!("other")),
        ("status", json!(kind.status())),
        ("error_type", json!(kind)),
    ];
    app.log.event("request", &fields);
    format!(
        "HTTP/1.1 {} Request Timeout\r\ncontent-type: application/json\r\n{}: {id}\r\n\
         cache-control: no-store\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        kind.status(),
        request_id::HEADER,
        body.len(),
    )
}

/// Tells the client that nothing more comes, and reads what it still sends.
async fn linger(mut stream: TcpStream) {
    let read_rest = async {
        stream.shutdown().await?;
        let mut rest = [0; 8192];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), std::io::Error>(())
    };
    // The client may be gone, which is as well.
    let _ = timeout(LINGER, read_rest).await;
}
