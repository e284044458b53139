//! One connection that sends one request after the other.

use super::{Answers, Bodies, Kind, Tally};
use misa_terms::Random;
use misa_testing::{HttpAnswer, HttpClient, request};
use serde_json::Value;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Pause between the bytes of a slow request.
const SLOW: Duration = Duration::from_secs(1);
/// Longest time that a slow request lasts.
const PATIENCE: Duration = Duration::from_secs(60);
/// Times that a request is sent again while the server is overloaded.
const TRIES: usize = 100;

/// What all connections do.
#[derive(Debug)]
pub struct Plan {
    /// The server.
    pub address: SocketAddr,
    /// What is sent.
    pub bodies: Bodies,
    /// What came back.
    pub answers: Answers,
    /// Header with the key, for a server with keys.
    pub key: Option<String>,
    /// Share of bad requests.
    pub bad: f64,
    /// Requests that are left.
    pub left: AtomicUsize,
    /// When to stop at the latest.
    pub end: Instant,
    /// Time between two requests of a connection; the next one follows the answer without it.
    pub interval: Option<Duration>,
    /// Whether the server may stop meanwhile.
    pub may_stop: bool,
}

/// How a request went.
enum Went {
    On,
    /// The server has stopped.
    Stopped,
}

/// A connection, opened anew when it is closed.
pub struct Client {
    plan: Arc<Plan>,
    random: Random,
    open: Option<HttpClient>,
    tally: Tally,
}

impl Client {
    /// A connection that draws its requests from `seed`.
    pub fn new(plan: Arc<Plan>, seed: u64) -> Self {
        Self {
            plan,
            random: Random::new(seed),
            open: None,
            tally: Tally::default(),
        }
    }

    /// Sends requests until none is left; returns what came of them.
    pub fn run(mut self) -> Tally {
        let mut due = Instant::now();
        if let Some(interval) = self.plan.interval {
            // Connections do not send at the same moment.
            due += interval.mul_f64(self.random.uniform());
        }
        while self.take() {
            if let Some(interval) = self.plan.interval {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                due += interval;
            }
            // From when it was due, so that a slow server cannot hide by delaying what follows.
            let begin = self.plan.interval.map(|interval| due - interval);
            let has_keys = self.plan.key.is_some();
            let kind = Kind::draw(&mut self.random, self.plan.bad, has_keys);
            *self.tally.kinds.entry(kind.name()).or_default() += 1;
            let went = match kind {
                Kind::Good => self.good(begin.unwrap_or_else(Instant::now)),
                kind => self.bad(kind),
            };
            if let Went::Stopped = went {
                break;
            }
        }
        self.tally
    }

    /// Takes one of the requests that are left.
    fn take(&self) -> bool {
        let left = &self.plan.left;
        let one = |left: usize| left.checked_sub(1);
        Instant::now() < self.plan.end
            && left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one)
                .is_ok()
    }

    fn headers(&self) -> Vec<&str> {
        let content_type = self.plan.bodies.content_type;
        [Some(content_type), self.plan.key.as_deref()]
            .into_iter()
            .flatten()
            .collect()
    }

    fn good(&mut self, begin: Instant) -> Went {
        let plan = Arc::clone(&self.plan);
        let index = self.random.below(plan.bodies.good.len());
        let bytes = request(
            "POST /v1/predict",
            &self.headers(),
            &plan.bodies.good[index],
        );
        for _ in 0..TRIES {
            let answer = match self.ask(&bytes) {
                Ok(answer) => answer,
                Err(error) => return self.broken(&error, "a good request"),
            };
            match answer.status {
                200 => {
                    self.tally.seconds.push(begin.elapsed().as_secs_f64());
                    let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
                    if let Err(wrong) = plan.answers.check(index, &json) {
                        self.tally.wrong(wrong);
                    }
                    return Went::On;
                }
                429 => {
                    self.tally.overloaded += 1;
                    thread::sleep(Duration::from_millis(20 + self.random.below(100) as u64));
                }
                503 if plan.may_stop => {
                    self.tally.draining += 1;
                    return Went::Stopped;
                }
                other => {
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    self.tally
                        .wrong(format!("expected 200, found {other}: {body}"));
                    return Went::On;
                }
            }
        }
        self.tally
            .wrong(format!("refused as overloaded {TRIES} times"));
        Went::On
    }

    /// Sends bytes and reads the answer; opens a connection if there is none.
    fn ask(&mut self, bytes: &[u8]) -> io::Result<HttpAnswer> {
        let mut client = match self.open.take() {
            Some(client) => client,
            None => HttpClient::connect(self.plan.address)?,
        };
        client.send(bytes)?;
        let answer = client.answer()?;
        *self.tally.statuses.entry(answer.status).or_default() += 1;
        if answer.header("connection") != Some("close") {
            self.open = Some(client);
        }
        Ok(answer)
    }

    /// A connection ended without an answer, or there is none.
    fn broken(&mut self, error: &io::Error, what: &str) -> Went {
        if !self.plan.may_stop {
            self.tally.wrong(format!("{what}: {error}"));
            return Went::On;
        }
        if error.kind() == ErrorKind::ConnectionRefused {
            return Went::Stopped;
        }
        self.tally.unanswered += 1;
        Went::On
    }

    fn bad(&mut self, kind: Kind) -> Went {
        // Most of them end their connection.
        self.open = None;
        let sent = self.send_bad(kind);
        let Some((status, error_type)) = kind.refusal() else {
            return Went::On;
        };
        let answer = match sent.and_then(|mut client| client.answer()) {
            Ok(answer) => answer,
            Err(error) => return self.broken(&error, &kind.name()),
        };
        *self.tally.statuses.entry(answer.status).or_default() += 1;
        match answer.status {
            503 if self.plan.may_stop => {
                self.tally.draining += 1;
                return Went::Stopped;
            }
            // It is refused sooner than its fault is found.
            429 => self.tally.overloaded += 1,
            _ => {
                let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                if answer.status != status || json["error_type"] != error_type {
                    let found = answer.status;
                    self.tally.wrong(format!(
                        "{kind:?}: expected {status} {error_type}, found {found}: {json}"
                    ));
                }
            }
        }
        Went::On
    }

    fn send_bad(&mut self, kind: Kind) -> io::Result<HttpClient> {
        let plan = Arc::clone(&self.plan);
        let bodies = &plan.bodies;
        let headers = self.headers();
        let json: Vec<&str> = [Some("content-type: application/json"), plan.key.as_deref()]
            .into_iter()
            .flatten()
            .collect();
        let line = "POST /v1/predict";
        let good = &bodies.good[0];
        let mut client = HttpClient::connect(plan.address)?;
        match kind {
            Kind::Good => client.send(&request(line, &headers, good))?,
            Kind::Malformed => client.send(&request(line, &json, b"{\"clips\": [{"))?,
            Kind::Empty => client.send(&request(line, &headers, b""))?,
            Kind::Invalid => {
                let body = b"{\"clips\": [{\"acoustic\": [[1, 2], [3]]}]}";
                client.send(&request(line, &json, body))?;
            }
            Kind::TooLarge => {
                let body = vec![b' '; bodies.most_bytes + 1];
                client.send(&request(line, &json, &body))?;
            }
            Kind::TooLargeInChunks => {
                let headers = [json.as_slice(), &["transfer-encoding: chunked"]].concat();
                client.send(&request(line, &headers, b""))?;
                let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
                for _ in 0..bodies.most_bytes / 0x10000 + 1 {
                    client.send(&chunk)?;
                }
            }
            Kind::SlowBody => {
                let whole = request(line, &headers, good);
                slowly(&mut client, &whole, whole.len() - good.len());
            }
            Kind::SlowHead => slowly(&mut client, &request(line, &headers, good), 20),
            Kind::CutOff => {
                let whole = request(line, &headers, good);
                client.send(&whole[..whole.len() - good.len() / 2])?;
            }
            Kind::WrongKey => {
                let wrong = "authorization: Bearer wrong-key-of-a-load";
                let headers = [bodies.content_type, wrong];
                client.send(&request(line, &headers, good))?;
            }
            Kind::MediaType => client.send(&request(line, &replaced(&headers), good))?,
            Kind::UnknownModel => {
                let body = b"{\"model\": \"no-such-model\", \"clips\": [{\"text\": \"fun\"}]}";
                client.send(&request(line, &json, body))?;
            }
        }
        Ok(client)
    }
}

/// The headers with another type of body.
fn replaced<'a>(headers: &[&'a str]) -> Vec<&'a str> {
    let other = |header: &&'a str| !header.starts_with("content-type");
    let kept = headers.iter().copied().filter(|header| other(header));
    kept.chain(["content-type: text/plain"]).collect()
}

/// Sends the first bytes at once and the others one by one, until the server has answered.
fn slowly(client: &mut HttpClient, bytes: &[u8], at_once: usize) {
    let begin = Instant::now();
    let (first, rest) = bytes.split_at(at_once.min(bytes.len()));
    if client.send(first).is_err() {
        return;
    }
    for byte in rest {
        thread::sleep(SLOW);
        if client.send(&[*byte]).is_err() || client.has_answer() || begin.elapsed() > PATIENCE {
            return;
        }
    }
}
