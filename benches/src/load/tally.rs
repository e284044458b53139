//! Counts and times of answers.

use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Wrong answers that are shown.
const SHOWN: usize = 10;

/// What a connection has seen.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Seconds of each good answer.
    pub seconds: Vec<f64>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, usize>,
    /// Requests by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Good requests that were refused for now and sent again.
    pub overloaded: usize,
    /// Requests that were refused because the server stops.
    pub draining: usize,
    /// Requests whose connection ended before the first byte of an answer.
    pub unanswered: usize,
    /// What was wrong.
    pub wrong: Vec<String>,
    /// Number of wrong answers.
    pub n_wrong: usize,
}

/// The same in numbers, over all connections.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Seconds from the first request to the last answer.
    pub seconds: f64,
    /// Good answers.
    pub good: usize,
    /// Good answers per second.
    pub good_per_second: f64,
    /// Half of the good answers took at most so many milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 took at most so many.
    pub p99_ms: f64,
    /// The slowest one.
    pub max_ms: f64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, usize>,
    /// Requests by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Good requests that were refused for now and sent again.
    pub overloaded: usize,
    /// Requests that were refused because the server stops.
    pub draining: usize,
    /// Requests whose connection ended before the first byte of an answer.
    pub unanswered: usize,
    /// Models that answered.
    pub models: usize,
    /// Number of wrong answers.
    pub n_wrong: usize,
    /// The first of them.
    pub wrong: Vec<String>,
}

impl Tally {
    /// Counts something wrong.
    pub fn wrong(&mut self, what: String) {
        self.n_wrong += 1;
        if self.wrong.len() < SHOWN {
            self.wrong.push(what);
        }
    }

    /// Adds what another connection has seen.
    pub fn add(&mut self, other: Self) {
        self.seconds.extend(other.seconds);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.overloaded += other.overloaded;
        self.draining += other.draining;
        self.unanswered += other.unanswered;
        self.n_wrong += other.n_wrong;
        self.wrong.extend(other.wrong);
        self.wrong.truncate(SHOWN);
    }

    /// The numbers of a load that took `time`.
    pub fn summary(mut self, time: Duration, models: usize) -> Summary {
        self.seconds.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = self.seconds.len().saturating_sub(1);
            let index = (last as f64 * share).ceil() as usize;
            self.seconds.get(index).map_or(0.0, |seconds| seconds * 1e3)
        };
        let seconds = time.as_secs_f64();
        Summary {
            seconds,
            good: self.seconds.len(),
            good_per_second: self.seconds.len() as f64 / seconds,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            max_ms: at(1.0),
            statuses: self.statuses,
            kinds: self.kinds,
            overloaded: self.overloaded,
            draining: self.draining,
            unanswered: self.unanswered,
            models,
            n_wrong: self.n_wrong,
            wrong: self.wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_answers_took_at_most_its_quantile() {
        let mut tally = Tally::default();
        tally.add(Tally {
            seconds: (1..=101).rev().map(f64::from).collect(),
            ..Tally::default()
        });
        let summary = tally.summary(Duration::from_secs(2), 1);
        assert_eq!(summary.good_per_second, 50.5);
        assert_eq!(
            (summary.p50_ms, summary.p99_ms, summary.max_ms),
            (51_000.0, 100_000.0, 101_000.0)
        );
    }
}
