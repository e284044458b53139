//! Features of a step as means weighted by overlap.

use super::Timeline;
use crate::{Interval, Track};

/// Where the features of a step come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// The mean of the rows that overlap the step.
    Measured,
    /// This row, the nearest within reach: no row overlaps the step.
    Borrowed {
        /// The row in the track.
        row: usize,
    },
    /// No row is near: the step lacks the modality.
    Absent,
}

/// A track that is asked for the features of steps. Rows that are not valid are never used.
#[derive(Clone, Debug)]
pub struct WeightedTrack<'t> {
    track: &'t Track,
    timeline: Timeline,
    reach: f64,
    /// Seconds of each column in the mean at hand: columns may lack numbers of their own.
    weights: Vec<f64>,
}

impl<'t> WeightedTrack<'t> {
    /// The rows of `track`; a step without rows borrows the nearest up to `reach` seconds away.
    pub fn new(track: &'t Track, reach: f64) -> Self {
        Self {
            timeline: Timeline::new(&track.times, |row| track.valid[row]),
            reach,
            weights: vec![0.0; track.columns.len()],
            track,
        }
    }

    /// Writes the features of the step `span`, and returns where they come from and the seconds of rows
    /// that overlap it; rows that overlap each other count each.
    ///
    /// A column without a number in all rows of the step is NaN. An absent step is 0.
    ///
    /// - Source: overlaps above 0 count, however short, so there is no tolerance.
    ///
    /// # Panics
    ///
    /// Panics if `features` has not one value per column.
    pub fn step(&mut self, span: Interval, features: &mut [f64]) -> (StepKind, f64) {
        assert_eq!(features.len(), self.weights.len(), "features of a step");
        features.fill(0.0);
        let seconds = self.add_rows(span, features);
        if seconds > 0.0 {
            for (feature, &weight) in features.iter_mut().zip(&self.weights) {
                // 0/0 is NaN: no number.
                *feature /= weight;
            }
            return (StepKind::Measured, seconds);
        }
        match self.timeline.nearest(span) {
            Some((position, gap)) if gap <= self.reach => {
                let row = self.timeline.row(position);
                for (feature, &value) in features.iter_mut().zip(self.track.row(row)) {
                    *feature = f64::from(value);
                }
                (StepKind::Borrowed { row }, 0.0)
            }
            _ => (StepKind::Absent, 0.0),
        }
    }

    /// Adds the rows that overlap `span`, each times its overlap, and returns the sum of overlaps.
    fn add_rows(&mut self, span: Interval, sums: &mut [f64]) -> f64 {
        self.weights.fill(0.0);
        let mut seconds = 0.0;
        for position in self.timeline.candidates(span, 0.0) {
            let overlap = self.timeline.interval(position).overlap(span);
            if overlap <= 0.0 {
                continue;
            }
            seconds += overlap;
            let row = self.track.row(self.timeline.row(position));
            for ((sum, weight), &value) in sums.iter_mut().zip(&mut self.weights).zip(row) {
                if !value.is_nan() {
                    *sum += overlap * f64::from(value);
                    *weight += overlap;
                }
            }
        }
        seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(rows: &[(f64, f64, f32, bool)]) -> Track {
        Track {
            columns: vec!["a".to_string()],
            times: rows.iter().map(|row| Interval::new(row.0, row.1)).collect(),
            values: rows.iter().map(|row| row.2).collect(),
            valid: rows.iter().map(|row| row.3).collect(),
        }
    }

    fn step(rows: &[(f64, f64, f32, bool)], start: f64, end: f64) -> (f64, StepKind, f64) {
        let track = track(rows);
        let mut feature = [9.0];
        let (kind, seconds) =
            WeightedTrack::new(&track, 0.125).step(Interval::new(start, end), &mut feature);
        (feature[0], kind, seconds)
    }

    #[test]
    fn rows_count_by_their_overlap() {
        // 0.25 s of 1 and 0.75 s of 5: (0.25 + 3.75) / 1.
        let rows = [(0.0, 1.0, 1.0, true), (1.0, 2.0, 5.0, true)];
        assert_eq!(step(&rows, 0.75, 1.75), (4.0, StepKind::Measured, 1.0));
    }

    #[test]
    fn failed_rows_are_not_used() {
        let rows = [(0.0, 1.0, 1.0, false), (1.0, 2.0, 5.0, true)];
        assert_eq!(step(&rows, 0.5, 1.5), (5.0, StepKind::Measured, 0.5));
        assert_eq!(step(&rows, 0.0, 0.5), (0.0, StepKind::Absent, 0.0));
    }

    #[test]
    fn a_step_borrows_within_reach() {
        let rows = [(1.0, 2.0, 5.0, true)];
        assert_eq!(
            step(&rows, 0.5, 0.875),
            (5.0, StepKind::Borrowed { row: 0 }, 0.0)
        );
        assert_eq!(step(&rows, 0.5, 0.8), (0.0, StepKind::Absent, 0.0));
        assert_eq!(
            step(&rows, 1.5, 1.5),
            (5.0, StepKind::Borrowed { row: 0 }, 0.0)
        );
    }

    #[test]
    fn a_column_without_a_number_weighs_nothing() {
        let rows = [(0.0, 1.0, f32::NAN, true), (1.0, 2.0, 5.0, true)];
        assert_eq!(step(&rows, 0.0, 2.0).0, 5.0);
        assert!(step(&rows, 0.0, 1.0).0.is_nan());
    }
}
