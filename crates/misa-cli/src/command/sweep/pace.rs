//! How far a sweep is, and when it will be done.

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
        let left = self.clock.words(share(done + failed, all));
        let failed = if failed > 0 {
            format!(", {failed} failed")
        } else {
            String::new()
        };
        Some(format!("done: {name} ({done} of {all}{failed}{left})\n"))
    }
}

fn share(done: usize, all: usize) -> f64 {
    done as f64 / all.max(1) as f64
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
