//! Alignment as the CMU Multimodal SDK computes it.
//!
//! - Source: CMU Multimodal SDK, `align` with the mean of rows.
//! - Differs: rows are searched, where the SDK compares each row with each stretch.

use super::Timeline;
use crate::{Interval, Track};

/// Stretches that differ by less are equal, in seconds.
///
/// Source: CMU Multimodal SDK, `10e-6`.
pub const EPSILON: f64 = 1e-5;

/// Whether a stretch is long enough to align to.
pub fn has_length(interval: Interval) -> bool {
    interval.length().abs() >= EPSILON
}

/// The rows that overlap `reference`, and the overlaps, in the order of their starts.
pub fn overlaps(timeline: &Timeline, reference: Interval) -> Vec<(usize, Interval)> {
    let overlap = |position: usize| {
        let row = timeline.interval(position);
        let both = Interval::new(row.start.max(reference.start), row.end.min(reference.end));
        let touches = reference.end - row.start > -EPSILON && row.end - reference.start > -EPSILON;
        (touches && both.length() > EPSILON).then(|| (timeline.row(position), both))
    };
    timeline
        .candidates(reference, EPSILON)
        .filter_map(overlap)
        .collect()
}

/// From the first start to the last end.
pub fn hull(overlaps: &[(usize, Interval)]) -> Interval {
    let starts = overlaps.iter().map(|(_, interval)| interval.start);
    let ends = overlaps.iter().map(|(_, interval)| interval.end);
    Interval::new(
        starts.fold(f64::INFINITY, f64::min),
        ends.fold(f64::NEG_INFINITY, f64::max),
    )
}

/// The mean of the rows of `track` that overlap `reference`, however little, and the stretch that they cover
/// of it; `None` if there is none. `timeline` has all rows of the track.
///
/// - Differs: the tool's own flag of failed rows counts for nothing, as the SDK does not know it; cells
///   without a number make the mean NaN.
pub fn mean(
    track: &Track,
    timeline: &Timeline,
    reference: Interval,
) -> Option<(Interval, Vec<f64>)> {
    let overlaps = overlaps(timeline, reference);
    if overlaps.is_empty() {
        return None;
    }
    let mut sums = vec![0.0; track.columns.len()];
    for &(row, _) in &overlaps {
        for (sum, &value) in sums.iter_mut().zip(track.row(row)) {
            *sum += f64::from(value);
        }
    }
    let count = overlaps.len() as f64;
    sums.iter_mut().for_each(|sum| *sum /= count);
    Some((hull(&overlaps), sums))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(intervals: &[[f64; 2]], reference: [f64; 2]) -> Vec<usize> {
        let intervals: Vec<Interval> = intervals
            .iter()
            .map(|&[start, end]| Interval::new(start, end))
            .collect();
        let timeline = Timeline::new(&intervals, |_| true);
        let overlaps = overlaps(&timeline, Interval::new(reference[0], reference[1]));
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
        let intervals = [Interval::new(0.0, 2.0), Interval::new(2.0, 5.0)];
        let timeline = Timeline::new(&intervals, |_| true);
        let overlaps = overlaps(&timeline, Interval::new(1.0, 3.0));
        assert_eq!(
            overlaps,
            [(0, Interval::new(1.0, 2.0)), (1, Interval::new(2.0, 3.0))]
        );
        assert_eq!(hull(&overlaps), Interval::new(1.0, 3.0));
        assert!(!has_length(Interval::new(1.0, 1.0 + 9e-6)));
    }

    #[test]
    fn times_that_are_none_match_nothing() {
        assert!(rows(&[[f64::NAN, f64::NAN]], [0.0, 1.0]).is_empty());
        assert!(rows(&[[0.0, 1.0]], [f64::NAN, 1.0]).is_empty());
    }
}
