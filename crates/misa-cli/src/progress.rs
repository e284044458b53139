//! The progress of a program on one line of a terminal.

use misa_train::TimeLeft;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Time between two updates of the line: often enough to see life, too seldom to cost time.
const PAUSE: Duration = Duration::from_millis(200);
/// Longest time without a line where there is no terminal.
const QUIET: Duration = Duration::from_secs(60);

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
            is_terminal: io::stderr().is_terminal() && !is_dumb(),
            last: Instant::now(),
            is_shown: false,
        }
    }

    /// Shows the text at once.
    pub fn show_now(&mut self, text: &str) {
        if self.is_terminal {
            self.last = Instant::now();
            self.is_shown = true;
            write(&format!("\r\x1b[K{text}"));
        }
    }

    /// Shows what `text` returns, at most five times a second.
    pub fn show(&mut self, text: impl FnOnce() -> String) {
        if self.is_terminal && self.last.elapsed() >= PAUSE {
            self.show_now(&text());
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

/// The share of the work that is done.
pub(crate) fn share(done: usize, all: usize) -> f64 {
    done as f64 / all.max(1) as f64
}

/// Work in steps of about equal length: a line with how many are done, and how long the rest will
/// take. Where standard error is no terminal, a line a minute.
#[derive(Debug)]
pub struct Steps {
    line: ProgressLine,
    clock: TimeLeft,
    all: usize,
    done: usize,
    last: Instant,
}

impl Steps {
    /// Work in `all` steps.
    pub fn new(all: usize) -> Self {
        Self {
            line: ProgressLine::new(),
            clock: TimeLeft::since(0.0),
            all,
            done: 0,
            last: Instant::now(),
        }
    }

    /// Shows what is being done, such as `runs/a: no modality missing`.
    pub fn doing(&mut self, what: &str) {
        let text = self.text(what);
        if self.line.is_terminal {
            self.line.show_now(&text);
        } else if self.last.elapsed() >= QUIET {
            self.last = Instant::now();
            write(&format!("{text}\n"));
        }
    }

    /// A step is done.
    pub fn step(&mut self) {
        self.done += 1;
    }

    /// Removes the line, for something else to be printed.
    pub fn clear(&mut self) {
        self.line.clear();
    }

    fn text(&self, what: &str) -> String {
        let (done, all) = (self.done, self.all);
        let left = self.clock.words(share(done, all));
        format!("{what} ({done} of {all} done{left})")
    }
}

/// A terminal that is gone does not stop the work.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// Whether the terminal cannot move its cursor.
fn is_dumb() -> bool {
    std::env::var("TERM").is_ok_and(|terminal| terminal == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted() {
        let mut steps = Steps::new(3);
        steps.step();
        assert_eq!(steps.text("runs/a"), "runs/a (1 of 3 done)");
    }
}
