//! Aligns the rows of one sequence to the intervals of another.

use std::ops::Range;

/// Intervals that differ by less are equal, in seconds.
///
/// Source: CMU Multimodal SDK, `10e-6`.
const EPSILON: f64 = 1e-5;

/// Start and end in seconds.
pub(super) type Interval = [f64; 2];

/// The intervals of a video's rows, in the order of their starts.
#[derive(Debug)]
pub(super) struct Timeline {
    intervals: Vec<Interval>,
    /// Row of each interval in the file.
    rows: Vec<usize>,
    /// The latest end so far. It never decreases, so it can be searched.
    latest: Vec<f64>,
}

impl Timeline {
    /// Sorts the intervals; intervals with equal starts keep the order of the file.
    pub fn new(intervals: &[Interval]) -> Self {
        let mut rows: Vec<usize> = (0..intervals.len()).collect();
        rows.sort_by(|&a, &b| intervals[a][0].total_cmp(&intervals[b][0]));
        let intervals: Vec<Interval> = rows.iter().map(|&row| intervals[row]).collect();
        let latest = intervals
            .iter()
            .scan(f64::NEG_INFINITY, |latest, interval| {
                *latest = latest.max(interval[1]);
                Some(*latest)
            });
        Self {
            latest: latest.collect(),
            rows,
            intervals,
        }
    }

    /// The rows that overlap with `reference`, and the overlaps, in the order of their starts.
    pub fn overlaps(&self, reference: Interval) -> Vec<(usize, Interval)> {
        let [start, end] = reference;
        let first = self
            .latest
            .partition_point(|&latest| latest - start <= -EPSILON);
        let last = self
            .intervals
            .partition_point(|[from, _]| end - from > -EPSILON);
        let found = self
            .candidates(first..last)
            .filter_map(|(row, [from, to])| {
                let clipped = [from.max(start), to.min(end)];
                let touches = end - from > -EPSILON && to - start > -EPSILON;
                (touches && clipped[1] - clipped[0] > EPSILON).then_some((row, clipped))
            });
        found.collect()
    }

    fn candidates(&self, range: Range<usize>) -> impl Iterator<Item = (usize, Interval)> + '_ {
        let end = range.end.max(range.start);
        let rows = self.rows[range.start..end].iter().copied();
        rows.zip(self.intervals[range.start..end].iter().copied())
    }
}

/// Whether an interval is long enough to align to.
pub(super) fn has_length([start, end]: Interval) -> bool {
    (end - start).abs() >= EPSILON
}

/// From the first start to the last end.
pub(super) fn hull(overlaps: &[(usize, Interval)]) -> Interval {
    let starts = overlaps.iter().map(|(_, interval)| interval[0]);
    let ends = overlaps.iter().map(|(_, interval)| interval[1]);
    [
        starts.fold(f64::INFINITY, f64::min),
        ends.fold(f64::NEG_INFINITY, f64::max),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(intervals: &[Interval], reference: Interval) -> Vec<usize> {
        let overlaps = Timeline::new(intervals).overlaps(reference);
        overlaps.into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn rows_that_only_touch_are_left_out() {
        let frames = [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]];
        assert_eq!(rows(&frames, [1.0, 2.0]), [1]);
        assert_eq!(rows(&frames, [0.5, 2.5]), [0, 1, 2]);
        // An overlap shorter than the tolerance does not count.
        assert_eq!(rows(&frames, [1.0 - 5e-6, 2.0]), [1]);
        assert_eq!(rows(&frames, [1.0 - 2e-5, 2.0]), [0, 1]);
        assert!(rows(&frames, [3.0, 4.0]).is_empty());
        assert!(rows(&[], [0.0, 1.0]).is_empty());
    }

    #[test]
    fn a_long_row_before_short_ones_is_found() {
        let frames = [[0.0, 10.0], [1.0, 2.0], [3.0, 4.0], [8.0, 9.0]];
        assert_eq!(rows(&frames, [5.0, 6.0]), [0]);
        assert_eq!(rows(&frames, [8.5, 8.6]), [0, 3]);
    }

    #[test]
    fn rows_come_in_the_order_of_their_starts() {
        let frames = [[2.0, 3.0], [0.0, 1.0], [1.0, 2.0]];
        assert_eq!(rows(&frames, [0.0, 3.0]), [1, 2, 0]);
    }

    #[test]
    fn overlaps_are_clipped() {
        let timeline = Timeline::new(&[[0.0, 2.0], [2.0, 5.0]]);
        let overlaps = timeline.overlaps([1.0, 3.0]);
        assert_eq!(overlaps, [(0, [1.0, 2.0]), (1, [2.0, 3.0])]);
        assert_eq!(hull(&overlaps), [1.0, 3.0]);
        assert!(!has_length([1.0, 1.0 + 9e-6]));
    }

    #[test]
    fn times_that_are_none_match_nothing() {
        assert!(rows(&[[f64::NAN, f64::NAN]], [0.0, 1.0]).is_empty());
        assert!(rows(&[[0.0, 1.0]], [f64::NAN, 1.0]).is_empty());
    }
}
