//! A stretch of time.

use serde::{Deserialize, Serialize};

/// A stretch of time, `[start, end)` in seconds of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its first moment, in seconds.
    pub start: f64,
    /// The moment after its last, in seconds.
    pub end: f64,
}

impl Interval {
    /// The stretch from `start` to `end`.
    pub const fn new(start: f64, end: f64) -> Self {
        Self { start, end }
    }

    /// Its length in seconds.
    pub fn length(self) -> f64 {
        self.end - self.start
    }

    /// Its middle, in seconds.
    pub fn middle(self) -> f64 {
        f64::midpoint(self.start, self.end)
    }

    /// Seconds that both have; 0 if there are none.
    pub fn overlap(self, other: Self) -> f64 {
        (self.end.min(other.end) - self.start.max(other.start)).max(0.0)
    }

    /// Seconds between both; 0 if they touch or overlap.
    pub fn gap(self, other: Self) -> f64 {
        (self.start - other.end)
            .max(other.start - self.end)
            .max(0.0)
    }

    /// Whether `moment` lies in `[start, end)`.
    pub fn holds(self, moment: f64) -> bool {
        self.start <= moment && moment < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stretches_overlap_or_have_a_gap() {
        let a = Interval::new(1.0, 2.0);
        let overlap = |start, end| a.overlap(Interval::new(start, end));
        assert_eq!(
            [overlap(0.0, 1.5), overlap(1.25, 1.5), overlap(2.0, 3.0)],
            [0.5, 0.25, 0.0]
        );
        let gap = |start, end| a.gap(Interval::new(start, end));
        assert_eq!(
            [gap(0.0, 0.5), gap(2.0, 3.0), gap(2.25, 3.0), gap(1.5, 1.5)],
            [0.5, 0.0, 0.25, 0.0]
        );
    }

    #[test]
    fn the_end_is_outside() {
        let a = Interval::new(1.0, 2.0);
        assert_eq!(
            [0.9, 1.0, 1.9, 2.0].map(|moment| a.holds(moment)),
            [false, true, true, false]
        );
        assert_eq!((a.length(), a.middle()), (1.0, 1.5));
    }
}
