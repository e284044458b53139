//! Which rows overlap a stretch of time.

use crate::Interval;
use std::ops::Range;

/// Stretches of time in the order of their starts.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    intervals: Vec<Interval>,
    /// Where each stretch stood before it was sorted.
    rows: Vec<usize>,
    /// The latest end so far, which never decreases, and the position of the stretch that has it.
    latest: Vec<(f64, usize)>,
}

impl Timeline {
    /// Sorts stretches; those with equal starts keep their order. Only the rows of `keep` are taken.
    pub fn new(intervals: &[Interval], keep: impl Fn(usize) -> bool) -> Self {
        let mut rows: Vec<usize> = (0..intervals.len()).filter(|&row| keep(row)).collect();
        // Nothing moves where a tool wrote its rows in order.
        rows.sort_by(|&a, &b| intervals[a].start.total_cmp(&intervals[b].start));
        let intervals: Vec<Interval> = rows.iter().map(|&row| intervals[row]).collect();
        let ends = intervals.iter().map(|interval| interval.end).enumerate();
        let latest = ends.scan((f64::NEG_INFINITY, 0), |latest, (position, end)| {
            if end > latest.0 {
                *latest = (end, position);
            }
            Some(*latest)
        });
        Self {
            latest: latest.collect(),
            rows,
            intervals,
        }
    }

    /// The stretch at a position.
    pub fn interval(&self, position: usize) -> Interval {
        self.intervals[position]
    }

    /// The row at a position.
    pub fn row(&self, position: usize) -> usize {
        self.rows[position]
    }

    /// Positions among which are all stretches that overlap `span`, if each is made longer by `margin` at
    /// both ends; a few others may be among them.
    pub fn candidates(&self, span: Interval, margin: f64) -> Range<usize> {
        let first = self
            .latest
            .partition_point(|&(end, _)| end - span.start <= -margin);
        let last = self
            .intervals
            .partition_point(|interval| span.end - interval.start > -margin);
        first..last.max(first)
    }

    /// Whether any stretch holds `moment`.
    pub fn holds(&self, moment: f64) -> bool {
        let begun = self
            .intervals
            .partition_point(|interval| interval.start <= moment);
        let last = begun.checked_sub(1);
        last.is_some_and(|last| moment < self.latest[last].0)
    }

    /// The position of the stretch with the smallest gap to `span`, and the gap in seconds, where no
    /// stretch overlaps it. Of two with equal gaps, the one before `span`. `None` if there is no stretch.
    pub fn nearest(&self, span: Interval) -> Option<(usize, f64)> {
        let after = self
            .intervals
            .partition_point(|interval| interval.start <= span.end);
        let before = after.checked_sub(1).map(|last| self.latest[last].1);
        let after = (after < self.intervals.len()).then_some(after);
        let gap = |position: usize| (position, self.intervals[position].gap(span));
        let found = [before, after].into_iter().flatten().map(gap);
        found.min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(intervals: &[[f64; 2]]) -> Timeline {
        let intervals = intervals
            .iter()
            .map(|&[start, end]| Interval::new(start, end));
        Timeline::new(&intervals.collect::<Vec<_>>(), |_| true)
    }

    #[test]
    fn a_long_row_before_short_ones_is_found() {
        let found = timeline(&[[0.0, 10.0], [1.0, 2.0], [3.0, 4.0], [8.0, 9.0]]);
        assert_eq!(found.candidates(Interval::new(5.0, 6.0), 0.0), 0..3);
        assert_eq!(found.nearest(Interval::new(11.0, 12.0)), Some((0, 1.0)));
        assert_eq!(timeline(&[]).nearest(Interval::new(0.0, 1.0)), None);
    }

    #[test]
    fn rows_may_come_in_any_order() {
        let found = timeline(&[[2.0, 3.0], [0.0, 1.0], [1.0, 2.0]]);
        let rows = found
            .candidates(Interval::new(0.0, 3.0), 0.0)
            .map(|position| found.row(position));
        assert_eq!(rows.collect::<Vec<_>>(), [1, 2, 0]);
    }

    #[test]
    fn a_moment_may_be_in_any_stretch() {
        let found = timeline(&[[1.0, 2.0], [0.0, 10.0], [12.0, 13.0], [14.0, 14.0]]);
        let moments = [-0.5, 0.0, 9.5, 10.0, 12.0, 13.0, 14.0];
        assert_eq!(
            moments.map(|moment| found.holds(moment)),
            [false, true, true, false, true, false, false]
        );
        assert!(!timeline(&[]).holds(0.0));
    }

    #[test]
    fn the_nearest_is_before_or_after() {
        let found = timeline(&[[0.0, 1.0], [3.0, 4.0]]);
        let nearest = |start, end| found.nearest(Interval::new(start, end)).unwrap();
        assert_eq!(nearest(1.25, 1.5), (0, 0.25));
        assert_eq!(nearest(2.0, 2.75), (1, 0.25));
        assert_eq!(nearest(1.5, 2.5), (0, 0.5));
        assert_eq!(nearest(3.5, 3.5), (1, 0.0));
    }
}
