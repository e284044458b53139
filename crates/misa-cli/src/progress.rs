//! The progress of a program on one line of a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Time between two updates of the line: often enough to see life, too seldom to cost time.
const PAUSE: Duration = Duration::from_millis(200);

/// A line on the standard error stream that is overwritten with each update; nothing is written if
/// that is not a terminal. The line is erased when the value is dropped.
#[derive(Debug)]
pub struct ProgressLine {
    is_terminal: bool,
    last: Instant,
    is_shown: bool,
}

impl ProgressLine {
    /// A line that is first shown after a moment.
    pub fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            last: Instant::now(),
            is_shown: false,
        }
    }

    /// Shows what `text` returns, at most five times a second.
    pub fn show(&mut self, text: impl FnOnce() -> String) {
        if self.is_terminal && self.last.elapsed() >= PAUSE {
            self.last = Instant::now();
            self.is_shown = true;
            write(&format!("\r\x1b[K{}", text()));
        }
    }

    /// Erases the line, so that another can be printed in its place; the next update shows it again.
    pub fn clear(&mut self) {
        if self.is_shown {
            self.is_shown = false;
            write("\r\x1b[K");
        }
    }
}

impl Default for ProgressLine {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.clear();
    }
}

/// A terminal that is gone does not stop the work.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}
