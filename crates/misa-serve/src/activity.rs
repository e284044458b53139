//! What a connection is doing, and how long it may.

use crate::ServeConfig;
use crate::chunks::Chunks;
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
    state: Mutex<State>,
    has_changed: Notify,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Bytes of heads that have come and are not those of an answered request.
    heads: Vec<u8>,
    body: Rest,
}

/// What still comes of the last request's body.
#[derive(Debug)]
enum Rest {
    Bytes(u64),
    Chunks(Chunks),
    /// Whatever comes until the answer: what has come is not in chunks, or the end of the head has not been found.
    Unknown,
}

impl Activity {
    pub fn new() -> Self {
        let state = State {
            phase: Phase::Idle,
            since: Instant::now(),
            heads: Vec::new(),
            body: Rest::Bytes(0),
        };
        Self(Arc::new(Watch {
            state: Mutex::new(state),
            has_changed: Notify::new(),
        }))
    }

    /// A head is complete. Its body has so many bytes, or chunks.
    pub fn requested(&self, body: Option<u64>) {
        let mut state = lock(&self.0.state);
        let heads = std::mem::take(&mut state.heads);
        state.body = Rest::Unknown;
        if let Some(end) = head_end(&heads) {
            state.body = body.map_or(Rest::Chunks(Chunks::Begin), Rest::Bytes);
            state.keep(&heads[end..]);
        }
        self.enter(&mut state, Phase::Busy);
    }

    /// The request has its answer. The head of the next one may have begun to arrive meanwhile.
    pub fn answered(&self) {
        let mut state = lock(&self.0.state);
        if let Rest::Unknown = state.body {
            state.body = Rest::Bytes(0);
        }
        let phase = if state.heads.is_empty() {
            Phase::Idle
        } else {
            Phase::Head
        };
        self.enter(&mut state, phase);
    }

    /// Bytes have come.
    fn arrived(&self, bytes: &[u8]) {
        let mut state = lock(&self.0.state);
        state.keep(bytes);
        if state.phase == Phase::Idle && !state.heads.is_empty() {
            self.enter(&mut state, Phase::Head);
        }
    }

    /// Bytes of an answer were sent: a client that reads slowly is not idle.
    fn sent(&self) {
        let mut state = lock(&self.0.state);
        if state.phase != Phase::Busy {
            state.since = Instant::now();
        }
    }

    fn enter(&self, state: &mut State, phase: Phase) {
        (state.phase, state.since) = (phase, Instant::now());
        self.0.has_changed.notify_one();
    }

    /// Waits for another phase, which has another deadline.
    pub async fn changed(&self) {
        self.0.has_changed.notified().await;
    }

    /// The phase, and when it has lasted too long.
    pub fn deadline(&self, config: &ServeConfig) -> (Phase, Instant) {
        let state = lock(&self.0.state);
        let limit = match state.phase {
            Phase::Idle => Duration::from_secs_f64(config.idle_seconds),
            Phase::Head => Duration::from_secs_f64(config.header_seconds),
            Phase::Busy => NEVER,
        };
        (state.phase, state.since + limit)
    }
}

impl State {
    /// Keeps the bytes that do not belong to the body that is arriving.
    fn keep(&mut self, bytes: &[u8]) {
        let of_body = self.body.read(bytes);
        self.heads.extend_from_slice(&bytes[of_body..]);
    }
}

impl Rest {
    /// How many of the bytes that have come belong to the body.
    fn read(&mut self, bytes: &[u8]) -> usize {
        let of_body = match self {
            Self::Bytes(rest) => {
                let of_body = bytes
                    .len()
                    .min(usize::try_from(*rest).unwrap_or(usize::MAX));
                *rest -= of_body as u64;
                Some(of_body)
            }
            Self::Chunks(chunks) => chunks.read(bytes),
            Self::Unknown => None,
        };
        of_body.unwrap_or_else(|| {
            *self = Self::Unknown;
            bytes.len()
        })
    }
}

/// Where the first head ends: after the first empty line that follows another.
fn head_end(bytes: &[u8]) -> Option<usize> {
    let begin = bytes.iter().position(|byte| !b"\r\n".contains(byte))?;
    let mut end = begin;
    for line in bytes[begin..].split_inclusive(|&byte| byte == b'\n') {
        end += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            return Some(end);
        }
    }
    None
}

/// A stream that tells when bytes arrive.
pub(crate) struct Watched {
    pub stream: TcpStream,
    pub activity: Activity,
}

impl Watched {
    fn tell_sent(&self, polled: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(1..)) = polled {
            self.activity.sent();
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let new = &buffer.filled()[before..];
        if !new.is_empty() {
            self.activity.arrived(new);
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
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.tell_sent(&polled);
        polled
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
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.tell_sent(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_its_first_empty_line() {
        for (bytes, end) in [
            ("GET / HTTP/1.1\r\na: b\r\n\r\nmore", Some(24)),
            ("\r\nGET / HTTP/1.1\n\nmore", Some(18)),
            ("GET / HTTP/1.1\r\na: b\r\n\r", None),
            ("\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(head_end(bytes.as_bytes()), end, "{bytes:?}");
        }
    }

    #[test]
    fn bytes_of_a_body_are_no_head() {
        let activity = Activity::new();
        let phase = || activity.deadline(&ServeConfig::default()).0;
        activity.arrived(b"POST / HTTP/1.1\r\n\r\n12");
        assert_eq!(phase(), Phase::Head);
        activity.requested(Some(5));
        activity.arrived(b"345");
        assert_eq!(phase(), Phase::Busy);
        activity.answered();
        assert_eq!(phase(), Phase::Idle);
        activity.arrived(b"POST / HTTP/1.1\r\n\r\n12345GET /");
        activity.requested(Some(5));
        activity.answered();
        assert_eq!(phase(), Phase::Head);
        activity.arrived(b" HTTP/1.1\r\n\r\n");
        activity.requested(Some(0));
        activity.answered();
        assert_eq!(phase(), Phase::Idle);
    }

    #[test]
    fn chunks_tell_where_the_next_head_begins() {
        let activity = Activity::new();
        let phase = || activity.deadline(&ServeConfig::default()).0;
        activity.arrived(b"POST / HTTP/1.1\r\n\r\n3\r\nab");
        activity.requested(None);
        activity.arrived(b"c\r\n0\r\n\r\nPOST /");
        activity.answered();
        assert_eq!(phase(), Phase::Head);
        activity.arrived(b" HTTP/1.1\r\n\r\n0\r\n\r\n");
        activity.requested(None);
        activity.answered();
        assert_eq!(phase(), Phase::Idle);
        // What are no chunks ends with its answer.
        activity.arrived(b"POST / HTTP/1.1\r\n\r\nno");
        activity.requested(None);
        activity.arrived(b" chunks");
        activity.answered();
        assert_eq!(phase(), Phase::Idle);
        activity.arrived(b"GET /");
        assert_eq!(phase(), Phase::Head);
    }
}
