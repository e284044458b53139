//! The steps of one modality of an utterance.

use super::{AssembleOptions, StepCounts};
use crate::align::{StepKind, Timeline, WeightedTrack, sdk, statistics_of, windows};
use crate::{Interval, Track};

/// The features of the steps of one modality of an utterance.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Steps {
    /// The stretch of each step, in seconds of the recording.
    pub spans: Vec<Interval>,
    /// `[steps, columns]`; 0 where a step is absent or a column has no number.
    pub values: Vec<f32>,
    /// Where the features of each step come from.
    pub kinds: Vec<StepKind>,
    /// Values that no row has.
    pub undefined: usize,
    /// Steps that were cut.
    pub cut: usize,
}

impl Steps {
    /// Whether each step lacks the modality; `None` if none does.
    pub fn absent(&self) -> Option<Vec<bool>> {
        let absent: Vec<bool> = self
            .kinds
            .iter()
            .map(|&kind| kind == StepKind::Absent)
            .collect();
        absent.contains(&true).then_some(absent)
    }

    /// Whether no step has the modality.
    pub fn is_absent(&self) -> bool {
        self.kinds.iter().all(|&kind| kind == StepKind::Absent)
    }

    /// How many steps came from where.
    pub fn counts(&self) -> StepCounts {
        let mut counts = StepCounts {
            undefined: self.undefined,
            cut: self.cut,
            ..StepCounts::default()
        };
        for kind in &self.kinds {
            match kind {
                StepKind::Measured => counts.measured += 1,
                StepKind::Borrowed { .. } => counts.borrowed += 1,
                StepKind::Absent => counts.absent += 1,
            }
        }
        counts
    }

    fn push(&mut self, span: Interval, kind: StepKind, features: &[f64]) {
        self.spans.push(span);
        self.kinds.push(kind);
        for &feature in features {
            self.undefined += usize::from(feature.is_nan());
            self.values.push(if feature.is_nan() {
                0.0
            } else {
                feature as f32
            });
        }
    }
}

/// A track of a recording that is asked for the steps of utterances.
#[derive(Debug)]
pub struct SteppedTrack<'t> {
    track: &'t Track,
    weighted: WeightedTrack<'t>,
    /// All rows, whatever their flags say.
    all: Timeline,
    features: Vec<f64>,
}

impl<'t> SteppedTrack<'t> {
    /// The steps of `track`.
    pub fn new(track: &'t Track, options: &AssembleOptions) -> Self {
        Self {
            weighted: WeightedTrack::new(track, options.reach),
            all: Timeline::new(&track.times, |_| true),
            features: vec![0.0; track.columns.len()],
            track,
        }
    }

    /// A step for each of `spans`, as means weighted by overlap.
    pub fn weighted(&mut self, spans: &[Interval]) -> Steps {
        let mut steps = Steps::default();
        for &span in spans {
            let (kind, _) = self.weighted.step(span, &mut self.features);
            steps.push(span, kind, &self.features);
        }
        steps
    }

    /// A step for each of `spans`, as the CMU SDK computes it.
    pub fn sdk(&mut self, spans: &[Interval]) -> Steps {
        let mut steps = Steps::default();
        for &span in spans {
            match sdk::mean(self.track, &self.all, span) {
                Some((_, features)) => steps.push(span, StepKind::Measured, &features),
                None => {
                    self.features.fill(0.0);
                    steps.push(span, StepKind::Absent, &self.features);
                }
            }
        }
        steps
    }

    /// Steps of equal length over `segment`: `rate` a second.
    pub fn windows(&mut self, segment: Interval, rate: f64, most: usize) -> Steps {
        let (spans, cut) = windows(segment, rate, most);
        let mut steps = self.weighted(&spans);
        steps.cut = cut;
        steps
    }

    /// One step with the statistics of each column over `segment`.
    pub fn statistics(&self, segment: Interval) -> Steps {
        let mut steps = Steps::default();
        match statistics_of(self.track, &self.all, segment) {
            Some((features, without)) => {
                steps.push(segment, StepKind::Measured, &features);
                steps.undefined = without;
            }
            None => {
                let width = crate::align::STATISTICS.len() * self.track.columns.len();
                steps.push(segment, StepKind::Absent, &vec![0.0; width]);
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Track {
        Track {
            columns: vec!["a".to_string(), "b".to_string()],
            times: (0..4)
                .map(|row| Interval::new(f64::from(row), f64::from(row) + 1.0))
                .collect(),
            values: vec![1.0, f32::NAN, 3.0, f32::NAN, 5.0, 2.0, 7.0, 2.0],
            valid: vec![true, true, true, false],
        }
    }

    #[test]
    fn what_is_no_number_is_0_and_counted() {
        let (track, options) = (track(), AssembleOptions::default());
        let mut stepped = SteppedTrack::new(&track, &options);
        let spans = [
            Interval::new(0.5, 1.5),
            Interval::new(1.5, 2.5),
            Interval::new(3.2, 4.0),
        ];
        let steps = stepped.weighted(&spans);
        assert_eq!(steps.values, [2.0, 0.0, 4.0, 2.0, 0.0, 0.0]);
        assert_eq!(steps.absent(), Some(vec![false, false, true]));
        let counts = steps.counts();
        assert_eq!(
            (counts.measured, counts.absent, counts.undefined),
            (2, 1, 1)
        );
    }

    #[test]
    fn the_sdk_takes_failed_rows_as_well() {
        let (track, options) = (track(), AssembleOptions::default());
        let steps = SteppedTrack::new(&track, &options)
            .sdk(&[Interval::new(2.5, 4.0), Interval::new(8.0, 9.0)]);
        assert_eq!(steps.values, [6.0, 2.0, 0.0, 0.0]);
        assert_eq!(steps.absent(), Some(vec![false, true]));
    }

    #[test]
    fn windows_and_statistics_need_no_words() {
        let (track, options) = (track(), AssembleOptions::default());
        let mut stepped = SteppedTrack::new(&track, &options);
        let steps = stepped.windows(Interval::new(0.0, 4.0), 0.5, 1);
        assert_eq!(
            (steps.values.as_slice(), steps.cut),
            ([2.0, 0.0].as_slice(), 1)
        );
        let steps = stepped.statistics(Interval::new(0.0, 4.0));
        assert_eq!(
            (steps.values[0], steps.values.len(), steps.absent()),
            (3.0, 8, None)
        );
        assert!(stepped.statistics(Interval::new(9.0, 10.0)).is_absent());
    }
}
