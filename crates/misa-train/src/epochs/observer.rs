//! Shows how far a run is: in a display, or as lines.

use crate::Progress;
use crate::epochs::display::{Display, Position};
use crate::epochs::history::EpochRecord;
use crate::epochs::progress::{line, line_within, resumed_line};
use crate::epochs::time_left::TimeLeft;
use crate::run::manifest::RunProgress;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

/// Longest time without a line where there is no display.
const QUIET: Duration = Duration::from_secs(60);

/// Shows a run.
pub(crate) struct Observer {
    shown: Shown,
    epochs: usize,
    /// Utterances of the train and the valid split.
    utterances: (usize, usize),
    /// Started by the first batch; `None` before it.
    clock: Option<TimeLeft>,
    /// Losses of the batches of this epoch in this session.
    losses: (f64, usize),
}

enum Shown {
    Display(Box<Display>),
    /// Lines, and when the last one was printed.
    Lines(Instant),
    Nothing,
}

impl Observer {
    /// Shows a run of so many `epochs`; `title` is what tells it from others, `utterances` how many
    /// the train and the valid split have.
    pub(crate) fn new(
        progress: Progress,
        title: String,
        epochs: usize,
        utterances: (usize, usize),
    ) -> Self {
        let shown = if progress == Progress::Silent {
            Shown::Nothing
        } else if progress.is_live() {
            Shown::Display(Box::new(Display::new(title, epochs)))
        } else {
            print(&title);
            Shown::Lines(Instant::now())
        };
        Self {
            shown,
            epochs,
            utterances,
            clock: None,
            losses: (0.0, 0),
        }
    }

    /// Shows where a run is resumed.
    pub(crate) fn resumed(&mut self, progress: &RunProgress) {
        let before = progress.epoch.saturating_sub(1) as f64 / self.epochs.max(1) as f64;
        let (text, clock) = (resumed_line(progress), self.clock(before));
        match &mut self.shown {
            Shown::Display(display) => display.resumed(&progress.history, &text, &clock),
            Shown::Lines(_) => print(&text),
            Shown::Nothing => {}
        }
    }

    /// Shows that `done` utterances of the train split were learned, and the task loss of the last
    /// batch.
    pub(crate) fn trained(&mut self, epoch: usize, done: usize, loss: f64, seconds: f64) {
        self.losses = (self.losses.0 + loss, self.losses.1 + 1);
        self.show(epoch, ("train", done, done), seconds);
    }

    /// Shows that `done` utterances of the valid split were predicted.
    pub(crate) fn validated(&mut self, epoch: usize, done: usize, seconds: f64) {
        self.show(epoch, ("valid", done, self.utterances.0 + done), seconds);
    }

    /// Shows a finished epoch.
    pub(crate) fn finished_epoch(&mut self, record: &EpochRecord) {
        self.losses = (0.0, 0);
        let done = record.epoch as f64 / self.epochs.max(1) as f64;
        let clock = self.clock(done);
        let text = line(record, self.epochs) + &clock.words(done);
        match &mut self.shown {
            Shown::Display(display) => display.epoch(record, &text, &clock),
            Shown::Lines(last) => {
                *last = Instant::now();
                print(&text);
            }
            Shown::Nothing => {}
        }
    }

    /// Shows how many utterances of a split, and of the whole epoch, are done.
    fn show(&mut self, epoch: usize, done: (&'static str, usize, usize), seconds: f64) {
        let (split, of_split, of_epoch) = done;
        let (train, valid) = self.utterances;
        let size = if split == "train" { train } else { valid };
        let share = |done: usize, all: usize| (done as f64 / all.max(1) as f64).min(1.0);
        let before = epoch.saturating_sub(1) as f64;
        let (sum, batches) = self.losses;
        let position = Position {
            epoch,
            split,
            split_done: share(of_split, size),
            done: (before + share(of_epoch, train + valid)) / self.epochs.max(1) as f64,
            loss: (batches > 0).then(|| sum / batches as f64),
            seconds,
        };
        let clock = self.clock(position.done);
        match &mut self.shown {
            Shown::Display(display) => display.position(position, &clock),
            Shown::Lines(last) if last.elapsed() >= QUIET => {
                *last = Instant::now();
                print(&line_within(&position, self.epochs, &clock));
            }
            Shown::Lines(_) | Shown::Nothing => {}
        }
    }

    /// The clock, which starts when a share `done` of the run is done already.
    fn clock(&mut self, done: f64) -> TimeLeft {
        self.clock
            .get_or_insert_with(|| TimeLeft::since(done))
            .clone()
    }
}

/// Prints a line. A closed output must not stop the run, so errors are ignored.
fn print(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}
