//! How far a sweep is, and when it will be done.

use crate::progress::share;
use misa_train::TimeLeft;
use std::collections::BTreeSet;

/// Runs that are done.
#[derive(Debug)]
pub(super) struct Pace {
    all: usize,
    known: BTreeSet<String>,
    clock: TimeLeft,
}

impl Pace {
    /// Nothing is done yet but the runs of these names.
    pub fn new(all: usize, done: impl IntoIterator<Item = String>) -> Self {
        let known: BTreeSet<String> = done.into_iter().collect();
        Self {
            all,
            // Runs that were done before took no time.
            clock: TimeLeft::since(share(known.len(), all)),
            known,
        }
    }

    /// `2 of 16 runs done, 1 failed, about 3 min left`
    pub fn line(&self, failed: usize) -> String {
        let (done, all, left) = (self.known.len(), self.all, self.left(failed));
        format!("{done} of {all} runs done, {failed} failed{left}")
    }

    fn left(&self, failed: usize) -> String {
        self.clock.words(share(self.known.len() + failed, self.all))
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
        let (done, all, left) = (self.known.len(), self.all, self.left(failed));
        let failed = if failed > 0 {
            format!(", {failed} failed")
        } else {
            String::new()
        };
        Some(format!("done: {name} ({done} of {all}{failed}{left})\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_once_with_what_remains() {
        let mut pace = Pace::new(4, ["a".to_string()]);
        assert_eq!(pace.done("a", 0), None);
        // An estimate after less than two seconds would jump around.
        assert_eq!(pace.done("b", 1).unwrap(), "done: b (2 of 4, 1 failed)\n");
        assert_eq!(pace.done("b", 1), None);
        assert_eq!(pace.done("c", 1).unwrap(), "done: c (3 of 4, 1 failed)\n");
    }
}
