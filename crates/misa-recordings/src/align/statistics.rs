//! One step for a whole utterance.

use super::Timeline;
use crate::{Interval, Track};

/// Names of the statistics of a column, in order.
pub const STATISTICS: [&str; 4] = ["mean", "deviation", "p10", "p90"];

/// Statistics of the valid rows whose middle lies in `segment` or that last all of it, `[columns × 4]`: for each
/// column its mean, its deviation (of the population), and its 10th and 90th percentile (with linear interpolation).
/// Columns without any number have 0 and are counted. `None` if there is no row.
pub fn statistics(track: &Track, segment: Interval) -> Option<(Vec<f64>, usize)> {
    among(track, 0..track.rows(), segment)
}

/// The same, for many segments of one track: `timeline` has all its rows.
pub(crate) fn statistics_of(
    track: &Track,
    timeline: &Timeline,
    segment: Interval,
) -> Option<(Vec<f64>, usize)> {
    // A row without length, where the segment begins, is one of its rows.
    let near = timeline.candidates(segment, f64::MIN_POSITIVE);
    among(track, near.map(|position| timeline.row(position)), segment)
}

/// The statistics of those of `rows` that are of the segment.
fn among(
    track: &Track,
    rows: impl Iterator<Item = usize>,
    segment: Interval,
) -> Option<(Vec<f64>, usize)> {
    let is_of_segment = |time: Interval| {
        let is_longer = time.start <= segment.start && segment.end <= time.end;
        is_longer || segment.holds(time.middle())
    };
    let is_inside = |row: &usize| track.valid[*row] && is_of_segment(track.times[*row]);
    let rows: Vec<usize> = rows.filter(is_inside).collect();
    if rows.is_empty() {
        return None;
    }
    let mut without = 0;
    let mut features = Vec::with_capacity(4 * track.columns.len());
    for column in 0..track.columns.len() {
        let values = rows.iter().map(|&row| f64::from(track.row(row)[column]));
        let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
        without += usize::from(values.is_empty());
        features.extend(of_column(&mut values));
    }
    Some((features, without))
}

fn of_column(values: &mut [f64]) -> [f64; 4] {
    if values.is_empty() {
        return [0.0; 4];
    }
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count;
    [
        mean,
        variance.sqrt(),
        percentile(values, 0.1),
        percentile(values, 0.9),
    ]
}

/// Between the two nearest values of a sorted list.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_describe_a_column() {
        let times: Vec<Interval> = (0..6)
            .map(|row| Interval::new(f64::from(row), f64::from(row) + 1.0))
            .collect();
        let track = Track {
            columns: vec!["a".to_string(), "b".to_string()],
            values: (0_u8..6)
                .flat_map(|row| [f32::from(row), f32::NAN])
                .collect(),
            valid: vec![true, true, true, true, true, false],
            times,
        };
        // 0 to 4: mean 2, variance 2; the sixth row is not valid.
        let (features, without) = statistics(&track, Interval::new(0.0, 9.0)).unwrap();
        assert_eq!(features[..2], [2.0, 2.0_f64.sqrt()]);
        assert!((features[2] - 0.4).abs() < 1e-12 && (features[3] - 3.6).abs() < 1e-12);
        assert_eq!((&features[4..], without), ([0.0; 4].as_slice(), 1));
        assert_eq!(statistics(&track, Interval::new(8.0, 9.0)), None);
    }

    #[test]
    fn a_search_finds_the_rows_that_a_look_at_each_finds() {
        let times = [[2.0, 3.0], [0.0, 9.0], [4.0, 4.0], [1.0, 1.5], [3.0, 5.0]];
        let track = Track {
            columns: vec!["a".to_string()],
            times: times.map(|[start, end]| Interval::new(start, end)).to_vec(),
            values: vec![1.0, 2.0, 4.0, 8.0, 16.0],
            valid: vec![true; 5],
        };
        let timeline = Timeline::new(&track.times, |_| true);
        for start in 0..20 {
            for length in [0.25, 1.0, 4.0] {
                let start = f64::from(start) / 2.0;
                let segment = Interval::new(start, start + length);
                assert_eq!(
                    statistics_of(&track, &timeline, segment),
                    statistics(&track, segment),
                    "{segment:?}"
                );
            }
        }
    }
}
