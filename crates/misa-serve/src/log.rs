//! One line per event, for people or for programs.
//!
//! No line holds a text, a feature, a header or a key of a request.

use crate::{LogFormat, ServeError};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// Lines that wait to be written. A reader that stops reading must not stop the server.
const WAITING: usize = 8192;

/// Where lines go.
pub type Sink = Box<dyn Write + Send>;

/// Writes lines from a thread of its own.
#[derive(Clone)]
pub(crate) struct Log {
    format: LogFormat,
    lines: SyncSender<Line>,
    dropped: Arc<AtomicU64>,
}

enum Line {
    Text(String),
    /// Tells when all earlier lines are written.
    Flush(SyncSender<()>),
}

impl Log {
    /// A log that writes to `sink`.
    pub fn start(format: LogFormat, sink: Sink) -> Result<Self, ServeError> {
        let (lines, waiting) = sync_channel(WAITING);
        let thread = thread::Builder::new().name("log".to_string());
        let started = thread.spawn(move || write(&waiting, sink));
        started.map_err(|source| ServeError::System {
            what: "a thread for the log",
            source,
        })?;
        Ok(Self {
            format,
            lines,
            dropped: Arc::default(),
        })
    }

    /// Writes an event with its fields.
    pub fn event(&self, event: &str, fields: &[(&str, Value)]) {
        let line = match self.format {
            LogFormat::Off => return,
            LogFormat::Json => json_line(event, fields),
            LogFormat::Text => text_line(event, fields),
        };
        if self.lines.try_send(Line::Text(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Lines that were not written because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until all earlier lines are written.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.lines.send(Line::Flush(done)).is_ok() {
            let _ = wait.recv();
        }
    }
}

fn write(lines: &Receiver<Line>, mut sink: Sink) {
    for line in lines {
        // Nobody can be told that the log is gone.
        let _ = match line {
            Line::Text(text) => sink.write_all(text.as_bytes()),
            Line::Flush(done) => {
                let flushed = sink.flush();
                let _ = done.send(());
                flushed
            }
        };
    }
}

fn json_line(event: &str, fields: &[(&str, Value)]) -> String {
    let mut object = Map::new();
    object.insert("time".to_string(), unix_seconds().into());
    object.insert("event".to_string(), event.into());
    for (name, value) in fields {
        object.insert((*name).to_string(), value.clone());
    }
    format!("{}\n", Value::Object(object))
}

fn text_line(event: &str, fields: &[(&str, Value)]) -> String {
    let mut line = format!("{:.3} {event}", unix_seconds());
    for (name, value) in fields {
        let _ = match value {
            // Quotes only where a reader could not tell where a text ends.
            Value::String(text) if is_word(text) => write!(line, " {name}={text}"),
            value => write!(line, " {name}={value}"),
        };
    }
    line.push('\n');
    line
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

fn unix_seconds() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.unwrap_or_default().as_secs_f64();
    (seconds * 1000.0).round() / 1000.0
}

/// The standard error stream. A closed one is no reason to end.
pub(crate) fn standard_error() -> Sink {
    Box::new(io::stderr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_words_quotes_what_has_spaces() {
        let fields = [
            ("route", "/v1/predict".into()),
            ("ms", 3.into()),
            ("error", "a b\n".into()),
        ];
        let line = text_line("answered", &fields);
        let (_, words) = line.split_once(' ').unwrap();
        assert_eq!(words, "answered route=/v1/predict ms=3 error=\"a b\\n\"\n");
    }

    #[test]
    fn a_line_of_json_is_one_object() {
        let line = json_line("answered", &[("status", 200.into())]);
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&value["event"], &value["status"]),
            (&"answered".into(), &200.into())
        );
        assert_eq!(line.lines().count(), 1);
    }
}
