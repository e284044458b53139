//! The display of a run in a terminal: a few lines that are drawn again and again below the lines of
//! finished epochs.
//!
//! It uses neither a second screen, nor raw input, nor the mouse, and leaves the cursor visible below
//! its lines. So there is nothing to restore, however the process ends, and Ctrl-C is a signal as
//! always.
//!
//! | File | Holds |
//! | --- | --- |
//! | `terminal.rs` | what the terminal can show |
//! | `view.rs` | the lines |
//! | `grid.rs`, `plot.rs` | charts side by side; one chart |

mod grid;
mod plot;
mod terminal;
mod view;

use crate::epochs::history::EpochRecord;
use crate::epochs::time_left::TimeLeft;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};
pub(crate) use terminal::suits_display;
pub(crate) use view::Position;
use view::View;

/// Time between two drawings: often enough to see life, too seldom to cost time.
const PAUSE: Duration = Duration::from_millis(200);

/// Draws a run below the lines of its finished epochs.
pub(crate) struct Display {
    view: View,
    /// Lines that are drawn, above the cursor.
    drawn: usize,
    last: Option<Instant>,
    has_colours: bool,
}

impl Display {
    /// A display whose first line is `title`: what tells the run from others.
    pub(crate) fn new(title: String, epochs: usize) -> Self {
        Self {
            view: View::new(title, epochs),
            drawn: 0,
            last: None,
            has_colours: terminal::has_colours(),
        }
    }

    /// Shows how far the run is, at most five times a second.
    pub(crate) fn position(&mut self, position: Position, clock: &TimeLeft) {
        self.view.position(position);
        if self.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            self.draw("", clock);
        }
    }

    /// Shows a finished epoch, and its line above the display.
    pub(crate) fn epoch(&mut self, record: &EpochRecord, line: &str, clock: &TimeLeft) {
        self.view.add(record);
        self.draw(&format!("{line}\x1b[K\n"), clock);
    }

    /// Shows the epochs of earlier sessions in the charts.
    pub(crate) fn resumed(&mut self, history: &[EpochRecord], line: &str, clock: &TimeLeft) {
        for record in history {
            self.view.add(record);
        }
        self.draw(&format!("{line}\x1b[K\n"), clock);
    }

    /// Writes `above`, and the lines below it. A terminal that is gone does not stop the run.
    fn draw(&mut self, above: &str, clock: &TimeLeft) {
        self.last = Some(Instant::now());
        let (columns, rows) = terminal::size().unwrap_or((80, 24));
        let lines = self.view.lines((columns, rows), self.has_colours, clock);
        let mut text = to_start(self.drawn);
        text.push_str(above);
        for line in &lines {
            text.push_str(line);
            text.push_str("\x1b[K\n");
        }
        text.push_str("\x1b[J");
        self.drawn = lines.len();
        write(&text);
    }
}

impl Drop for Display {
    /// Erases the lines: what follows says more.
    fn drop(&mut self) {
        write(&format!("{}\x1b[J", to_start(self.drawn)));
    }
}

/// Moves the cursor to the first of the lines above it.
fn to_start(lines: usize) -> String {
    match lines {
        0 => "\r".to_string(),
        lines => format!("\r\x1b[{lines}A"),
    }
}

fn write(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
