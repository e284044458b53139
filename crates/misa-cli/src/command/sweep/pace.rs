//! How far a sweep is, and when it will be done.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Runs that are done, and the time they took.
#[derive(Debug)]
pub(super) struct Pace {
    all: usize,
    /// Runs that were done before, which took no time.
    before: usize,
    known: BTreeSet<String>,
    begin: Instant,
}

impl Pace {
    /// Nothing is done yet but the runs of these names.
    pub fn new(all: usize, done: impl IntoIterator<Item = String>) -> Self {
        let known: BTreeSet<String> = done.into_iter().collect();
        Self {
            all,
            before: known.len(),
            known,
            begin: Instant::now(),
        }
    }

    /// Whether the run of this name is known to be done.
    pub fn knows(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// The line for a run that is done; `None` if it is known.
    pub fn done(&mut self, name: &str, failed: usize) -> Option<String> {
        if !self.known.insert(name.to_string()) {
            return None;
        }
        let (done, all) = (self.known.len(), self.all);
        let remaining = all.saturating_sub(done + failed);
        let left = match left(self.begin.elapsed(), done - self.before, remaining) {
            Some(left) => format!(", about {} left", duration(left)),
            None => String::new(),
        };
        let failed = if failed > 0 {
            format!(", {failed} failed")
        } else {
            String::new()
        };
        Some(format!("done: {name} ({done} of {all}{failed}{left})\n"))
    }
}

/// The time for the remaining runs, if each takes as long as those that are done; `None` without any.
fn left(elapsed: Duration, done: usize, remaining: usize) -> Option<Duration> {
    if done == 0 || remaining == 0 {
        return None;
    }
    Some(elapsed.mul_f64(remaining as f64 / done as f64))
}

/// A duration in the unit that people would use.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else if seconds < 90.0 * 60.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_once_with_what_remains() {
        let mut pace = Pace::new(4, ["a".to_string()]);
        assert_eq!(pace.done("a", 0), None);
        let line = pace.done("b", 1).unwrap();
        assert!(
            line.starts_with("done: b (2 of 4, 1 failed, about "),
            "{line}"
        );
        assert!(line.ends_with(" left)\n"), "{line}");
        assert_eq!(pace.done("b", 1), None);
        assert_eq!(pace.done("c", 1).unwrap(), "done: c (3 of 4, 1 failed)\n");
    }

    #[test]
    fn the_time_left_is_that_of_the_runs_done() {
        let minute = Duration::from_secs(60);
        assert_eq!(left(minute, 2, 6), Some(3 * minute));
        assert_eq!((left(minute, 0, 6), left(minute, 2, 0)), (None, None));
        for (seconds, text) in [(20, "20 s"), (600, "10 min"), (7200, "2.0 h")] {
            assert_eq!(duration(Duration::from_secs(seconds)), text);
        }
    }
}
