//! How long a piece of work will take.

use std::time::{Duration, Instant};

/// An estimate before this time would jump around.
const WARM_UP: Duration = Duration::from_secs(2);
/// Nor is a smaller share of the work enough for one.
const LEAST: f64 = 0.002;

/// Estimates the time left from the share of the work that is done.
///
/// The speed so far is taken for that of the rest.
#[derive(Clone, Debug)]
pub struct TimeLeft {
    started: Instant,
    /// Share that was done before, such as in an earlier session.
    before: f64,
}

impl TimeLeft {
    /// Starts the clock, when a share `before` in `[0, 1]` of the work is done already.
    pub fn since(before: f64) -> Self {
        Self {
            started: Instant::now(),
            before,
        }
    }

    /// The time left when a share `done` in `[0, 1]` is done; `None` in the first two seconds, or if
    /// too little is done to say.
    pub fn at(&self, done: f64) -> Option<Duration> {
        estimate(self.started.elapsed(), self.before, done)
    }

    /// [`at`](Self::at) in words with a comma before them, such as `, about 2 min left`; empty without
    /// an estimate, or if everything is done.
    pub fn words(&self, done: f64) -> String {
        match self.at(done) {
            Some(left) if done < 1.0 => format!(", about {} left", duration_words(left)),
            _ => String::new(),
        }
    }
}

fn estimate(elapsed: Duration, before: f64, done: f64) -> Option<Duration> {
    let gained = done - before;
    if elapsed < WARM_UP || gained < LEAST {
        return None;
    }
    let left = elapsed.as_secs_f64() * (1.0 - done).max(0.0) / gained;
    Duration::try_from_secs_f64(left).ok()
}

/// A duration for people: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
pub fn duration_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |(large, large_unit), (small, small_unit): (u64, &str)| match small {
        0 => format!("{large} {large_unit}"),
        small => format!("{large} {large_unit} {small} {small_unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => two((minutes, "min"), (seconds % 60, "s")),
        (0, hours, _) => two((hours, "h"), (minutes % 60, "min")),
        (days, ..) => two((days, "d"), (hours % 24, "h")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (200, "3 min 20 s"),
            (7_500, "2 h 5 min"),
            (86_400, "1 d"),
            (273_700, "3 d 4 h"),
        ] {
            assert_eq!(duration_words(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn the_speed_so_far_is_that_of_the_rest() {
        let seconds = |elapsed, before, done| {
            let left = estimate(Duration::from_secs(elapsed), before, done);
            left.map(|left| left.as_secs_f64().round() as u64)
        };
        assert_eq!(seconds(10, 0.0, 0.25), Some(30));
        // Half was done before: a quarter took ten seconds, and a quarter is left.
        assert_eq!(seconds(10, 0.5, 0.75), Some(10));
        assert_eq!(seconds(10, 0.0, 1.0), Some(0));
        assert_eq!(seconds(1, 0.0, 0.5), None);
        assert_eq!(seconds(10, 0.5, 0.5), None);
    }

    #[test]
    fn nothing_is_said_without_an_estimate() {
        assert_eq!(TimeLeft::since(0.0).words(0.5), "");
    }
}
