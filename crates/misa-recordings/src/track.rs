//! Feature rows over time.

use crate::Interval;
use crate::tracks::median_step;

/// The rows of one modality of one recording, over time.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Track {
    /// Name of the features of a row, in order: `columns.len()` is their number.
    pub columns: Vec<String>,
    /// The stretch of time of each row. Sorted by start, and finite; rows may overlap or leave gaps.
    pub times: Vec<Interval>,
    /// `[rows, columns]`, one row after the other. NaN where the tool gives no number; other values are
    /// finite.
    pub values: Vec<f32>,
    /// Whether a row may be used, by the tool's own flag.
    pub valid: Vec<bool>,
}

impl Track {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.times.len()
    }

    /// The features of row `i`.
    ///
    /// # Panics
    ///
    /// Panics if there is no row `i`.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.columns.len()..(i + 1) * self.columns.len()]
    }

    /// What the track holds, for reports.
    pub fn survey(&self) -> Survey {
        let starts: Vec<f64> = self.times.iter().map(|time| time.start).collect();
        let step = median_step(&starts);
        let is_gap = |pair: &&[f64]| step.is_some_and(|step| pair[1] - pair[0] > 1.5 * step);
        let gaps = starts.windows(2).filter(is_gap).count();
        let ends = self.times.iter().map(|time| time.end);
        Survey {
            rows: self.rows(),
            invalid: self.valid.iter().filter(|&&valid| !valid).count(),
            span: self
                .times
                .first()
                .map(|first| Interval::new(first.start, ends.fold(first.end, f64::max))),
            step,
            gaps,
        }
    }
}

/// What a track holds, for reports.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Survey {
    /// Rows.
    pub rows: usize,
    /// Rows that the tool itself marks as failed.
    pub invalid: usize,
    /// From the first row to the end of the last.
    pub span: Option<Interval>,
    /// Median distance of two rows, in seconds; `None` below two rows.
    pub step: Option<f64>,
    /// Distances of two rows above one and a half steps.
    pub gaps: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survey_counts_rows_and_gaps() {
        let times = [0.0, 0.5, 1.0, 3.0, 3.5].map(|start| Interval::new(start, start + 0.5));
        let track = Track {
            columns: vec!["a".to_string()],
            times: times.to_vec(),
            values: vec![0.0; 5],
            valid: vec![true, false, true, true, true],
        };
        let survey = track.survey();
        assert_eq!((survey.rows, survey.invalid, survey.gaps), (5, 1, 1));
        assert_eq!(
            (survey.step, survey.span),
            (Some(0.5), Some(Interval::new(0.0, 4.0)))
        );
        assert_eq!(Track::default().survey().span, None);
    }
}
