//! A server in this process, and what it is asked.

pub mod models;

use misa_serve::{Control, Loader, ModelSource, ServeConfig, ServeError, Server, Sink, predictors};
use misa_testing::{HttpAnswer, HttpClient};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for what has to happen.
const LONGEST: Duration = Duration::from_secs(60);

/// A server that runs until it is dropped.
pub struct Running {
    pub address: SocketAddr,
    pub control: Control,
    pub log: Lines,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
}

/// Lines of a log.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Settings of a test with a model called `a` in `folder`.
pub fn config(folder: &TempDir) -> ServeConfig {
    ServeConfig {
        models: vec![ModelSource::named("a", folder.path())],
        port: 0,
        drain_seconds: 0.0,
        ..ServeConfig::default()
    }
}

/// Starts a server without waiting until it is ready.
pub fn begin(config: ServeConfig, load: Loader) -> Running {
    let log = Lines::default();
    let sink: Sink = Box::new(log.clone());
    let server = Server::bind_with_log(config, load, sink).unwrap();
    Running {
        address: server.address(),
        control: server.control(),
        log,
        thread: Some(thread::spawn(|| server.run())),
    }
}

/// Starts a server and waits until it is ready.
pub fn start(config: ServeConfig, load: Loader) -> Running {
    let running = begin(config, load);
    wait_for("readiness", || running.get("/readyz").status == 200);
    running
}

/// A server with one small trained model.
pub fn small() -> (Running, TempDir) {
    let folder = models::folder(1);
    let running = start(config(&folder), predictors(models::device()));
    (running, folder)
}

/// Waits until something holds.
pub fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < LONGEST, "{what} has not come");
        thread::sleep(Duration::from_millis(2));
    }
}

impl Running {
    pub fn client(&self) -> HttpClient {
        HttpClient::connect(self.address).unwrap()
    }

    pub fn get(&self, path: &str) -> HttpAnswer {
        self.ask(&format!("GET {path}"), &[], b"")
    }

    pub fn ask(&self, line: &str, headers: &[&str], body: &[u8]) -> HttpAnswer {
        self.client().ask(line, headers, body).unwrap()
    }

    /// Sends JSON to `/v1/predict`.
    pub fn predict(&self, body: &Value) -> HttpAnswer {
        predict(&mut self.client(), body)
    }

    /// The value of a line of `/metrics`.
    pub fn metric(&self, line: &str) -> f64 {
        let text = String::from_utf8(self.get("/metrics").body).unwrap();
        let found = text
            .lines()
            .find_map(|known| known.strip_prefix(line)?.strip_prefix(' '));
        found.map_or(0.0, |value| value.parse().unwrap())
    }

    /// How it ended, once it has.
    pub fn ended(mut self) -> Result<(), ServeError> {
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.control.stop_now();
            self.control.stop_now();
            let _ = thread.join();
        }
    }
}

pub const JSON: &str = "content-type: application/json";

/// Sends JSON to `/v1/predict` on this connection.
pub fn predict(client: &mut HttpClient, body: &Value) -> HttpAnswer {
    let body = body.to_string();
    client
        .ask("POST /v1/predict", &[JSON], body.as_bytes())
        .unwrap()
}

/// A clip of the small model, whose prediction depends on `number`.
pub fn clip(id: &str, number: f32) -> Value {
    json!({ "id": id, "text": "what fun", "visual": [[number, 0.5]], "acoustic": [[0.1, number, 0.3]] })
}

pub fn clips(clips: &[Value]) -> Value {
    json!({ "clips": clips })
}

/// What a refusal says: its kind and its message.
pub fn refusal(answer: &HttpAnswer) -> (u16, String, String) {
    let body = answer.json();
    let text = |key: &str| body[key].as_str().unwrap().to_string();
    assert_eq!(
        Some(text("request_id").as_str()),
        answer.header("x-request-id")
    );
    assert_eq!(body.as_object().unwrap().len(), 3);
    (answer.status, text("error_type"), text("error"))
}
