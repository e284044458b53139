//! What a connection is doing, and how long it may.

use crate::ServeConfig;
use crate::lock::lock;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Further off than any server runs.
const NEVER: Duration = Duration::from_secs(86_400 * 365);

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing has arrived since the last request.
    Idle,
    /// The head of a request is arriving.
    Head,
    /// A request is being answered, which has limits of its own.
    Busy,
}

/// What a connection is doing, and since when.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<Watch>);

#[derive(Debug)]
struct Watch {
    phase: Mutex<(Phase, Instant)>,
    has_begun: Notify,
}

impl Activity {
    pub fn new() -> Self {
        Self(Arc::new(Watch {
            phase: Mutex::new((Phase::Idle, Instant::now())),
            has_begun: Notify::new(),
        }))
    }

    pub fn set(&self, phase: Phase) {
        *lock(&self.0.phase) = (phase, Instant::now());
    }

    /// Bytes have come.
    fn arrived(&self) {
        let mut now = lock(&self.0.phase);
        if now.0 == Phase::Idle {
            *now = (Phase::Head, Instant::now());
            self.0.has_begun.notify_one();
        }
    }

    /// Waits for the first byte of a request, which brings the deadline nearer.
    pub async fn begun(&self) {
        self.0.has_begun.notified().await;
    }

    /// The phase, and when it has lasted too long.
    pub fn deadline(&self, config: &ServeConfig) -> (Phase, Instant) {
        let (phase, since) = *lock(&self.0.phase);
        let limit = match phase {
            Phase::Idle => Duration::from_secs_f64(config.idle_seconds),
            Phase::Head => Duration::from_secs_f64(config.header_seconds),
            Phase::Busy => NEVER,
        };
        (phase, since + limit)
    }
}

/// A stream that tells when bytes arrive.
pub(crate) struct Watched {
    pub stream: TcpStream,
    pub activity: Activity,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.arrived();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
