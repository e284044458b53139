//! What the numbers of frames say about the times of rows.

use crate::tracks::median_step;

/// How far a time that is written with three decimals may be from that of its frame, in seconds.
const TOLERANCE: f64 = 0.005;

/// Frames without a row between those of `frames`, which are sorted: a tool that takes every tenth frame
/// leaves out none.
pub(super) fn left_out(frames: &[f64]) -> usize {
    let distances = frames.windows(2).map(|pair| pair[1] - pair[0]);
    let distances: Vec<f64> = distances.filter(|&distance| distance > 0.0).collect();
    let mut sorted = distances.clone();
    sorted.sort_by(f64::total_cmp);
    // The lower one of two: a whole number, as every frame is.
    let Some(step) = sorted.get(sorted.len().saturating_sub(1) / 2) else {
        return 0;
    };
    // Conversion ends at the largest number.
    let gap = |distance: &f64| ((distance / step).round() - 1.0).max(0.0) as usize;
    distances.iter().map(gap).fold(0, usize::saturating_add)
}

/// Rows whose time is not `(frame - first) / rate` with one rate, by more than a few milliseconds.
///
/// The rate is the median slope between rows that are half the track apart: decimals that are cut hardly move
/// it, nor do single wrong times.
pub(super) fn irregular(frames: &[f64], times: &[f64], first: f64) -> usize {
    let half = frames.len() / 2;
    let points = || frames.iter().zip(times);
    let pairs = points().zip(points().skip(half.max(1)));
    let slope = |((f, t), (later_f, later_t)): ((&f64, &f64), (&f64, &f64))| {
        let frames = later_f - f;
        (frames > 0.0).then(|| (later_t - t) / frames)
    };
    let mut slopes: Vec<f64> = pairs.filter_map(slope).collect();
    slopes.sort_by(f64::total_cmp);
    let Some(&step) = slopes.get(slopes.len() / 2) else {
        return 0;
    };
    let is_off =
        |&(&frame, &time): &(&f64, &f64)| (time - (frame - first) * step).abs() > TOLERANCE;
    points().filter(is_off).count()
}

/// Rows that are closer to the one before than most rows are, or farther from it but without a row between them, by
/// more than a few milliseconds.
pub(super) fn uneven(times: &[f64]) -> usize {
    let Some(step) = median_step(times) else {
        return 0;
    };
    let tolerance = TOLERANCE.min(step / 4.0);
    let is_off = |pair: &&[f64]| {
        let distance = pair[1] - pair[0];
        distance < 1.5 * step && (distance - step).abs() > tolerance
    };
    times.windows(2).filter(is_off).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_without_rows_are_counted_in_steps() {
        assert_eq!(left_out(&[1.0, 2.0, 6.0, 7.0, 9.0]), 4);
        assert_eq!(left_out(&[0.0, 10.0, 20.0, 40.0]), 1);
        assert_eq!(left_out(&[5.0]), 0);
        assert_eq!(left_out(&[0.0, 1.0, 2.0, 9e15]), 8_999_999_999_999_997);
    }

    #[test]
    fn cut_decimals_are_regular() {
        // 30,000/1001 frames a second for five minutes, as three decimals say it.
        let frames: Vec<f64> = (1..9000).map(f64::from).collect();
        let time = |frame: &f64| ((frame - 1.0) * 1001.0 / 30_000.0 * 1000.0).round() / 1000.0;
        let mut times: Vec<f64> = frames.iter().map(time).collect();
        assert_eq!(irregular(&frames, &times, 1.0), 0);
        times[100] += 0.01;
        times[200] -= 0.01;
        assert_eq!(irregular(&frames, &times, 1.0), 2);
    }

    #[test]
    fn rows_that_are_closer_are_uneven() {
        assert_eq!(uneven(&[0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.53, 0.9, 1.0]), 3);
        // 30 frames a second with three decimals, and 100 rows with two.
        let rounded = |rate: f64, unit: f64| {
            let times = (0..300).map(|row| (f64::from(row) / rate * unit).round() / unit);
            uneven(&times.collect::<Vec<_>>())
        };
        assert_eq!((rounded(30.0, 1000.0), rounded(100.0, 100.0)), (0, 0));
        assert_eq!(uneven(&[1.0]), 0);
    }

    #[test]
    fn a_shift_is_irregular() {
        let frames = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(irregular(&frames, &[0.04, 0.08, 0.12, 0.16], 1.0), 4);
        assert_eq!(irregular(&frames, &[0.0, 0.04, 0.08, 0.12], 1.0), 0);
        assert_eq!(irregular(&frames[..1], &[1.0], 1.0), 0);
    }
}
