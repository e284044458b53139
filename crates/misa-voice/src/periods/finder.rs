//! When each period of a voice is.

use super::jitter::Periods;
use super::resemblance::{resemblance, resemblance_of};
use crate::pitch::{Contour, Interpolation, RateError, parabola};
use std::ops::Range;

/// How long a period may be, in periods of the contour.
const LENGTHS: [f64; 2] = [0.8, 1.25];
/// Least resemblance of a period with its neighbour.
const LEAST: f64 = 0.3;
/// Least resemblance of a period just beyond the end of a stretch with a voice.
const LEAST_BEYOND: f64 = 0.7;

/// Finds single periods of a voice.
///
/// In each stretch with a voice, the largest sample near the middle is the first moment. From there on to both
/// sides, the next moment is where one period of the sound resembles that around the last moment most.
///
/// - Source: Praat's manual, "Sound & Pitch: To PointProcess (cc)". Amplitudes are compared with Praat's: their
///   definition is not published, but a Hann window of 0.2 periods to each side comes close.
/// - Differs: moments come from a sinc interpolation of the cross-correlation, not a parabola.
#[derive(Debug)]
pub struct PeriodFinder {
    rate: f64,
    interpolation: Interpolation<12>,
    curve: Vec<f32>,
}

/// A moment that is found from its neighbour.
struct Next {
    moment: f64,
    strength: f64,
}

impl PeriodFinder {
    /// Prepares the analysis of sounds with `rate` samples a second.
    ///
    /// # Errors
    ///
    /// [`RateError`] for a rate that no voice can be analysed at.
    pub fn new(rate: u32) -> Result<Self, RateError> {
        Ok(Self {
            rate: RateError::check(rate)?,
            interpolation: Interpolation::new(),
            curve: Vec::new(),
        })
    }

    /// The periods of `samples`, whose pitch is `contour`.
    pub fn find(&mut self, samples: &[f32], contour: &Contour) -> Periods {
        let mut moments: Vec<f64> = Vec::new();
        for stretch in contour.voiced_stretches() {
            let half = contour.frames.step / 2.0;
            let left = contour.frames.middle(stretch.start) - half;
            let right = contour.frames.middle(stretch.end - 1) + half;
            let middle = (left + right) / 2.0;
            let period = 1.0 / contour.within(&stretch, middle);
            let Some(first) = self.extremum(samples, middle, period) else {
                continue;
            };
            let mut found = self.walk(samples, contour, &stretch, first, -1.0, left);
            found.reverse();
            found.push(first);
            found.extend(self.walk(samples, contour, &stretch, first, 1.0, right));
            let last = moments.last().copied().unwrap_or(f64::NEG_INFINITY);
            // Moments just beyond an end may belong to the stretch before.
            moments.extend(
                found
                    .into_iter()
                    .filter(|moment| *moment > last + 0.5 * period),
            );
        }
        Periods::new(samples, self.rate, moments)
    }

    /// Moment of the largest sample within half a period of `middle`.
    fn extremum(&self, samples: &[f32], middle: f64, period: f64) -> Option<f64> {
        let from = ((middle - period / 2.0) * self.rate).max(0.0) as usize;
        let to = ((middle + period / 2.0) * self.rate).max(0.0) as usize;
        let size = |index: usize| {
            samples
                .get(index)
                .map_or(0.0, |sample| f64::from(sample.abs()))
        };
        let best = (from..to.min(samples.len())).max_by(|a, b| size(*a).total_cmp(&size(*b)))?;
        let before = best.checked_sub(1).map_or(0.0, size);
        let (shift, _) = parabola([before, size(best), size(best + 1)]);
        Some((best as f64 + shift + 0.5) / self.rate)
    }

    /// Moments from `first` on to one side, up to `end`.
    fn walk(
        &mut self,
        samples: &[f32],
        contour: &Contour,
        stretch: &Range<usize>,
        first: f64,
        side: f64,
        end: f64,
    ) -> Vec<f64> {
        let mut found = Vec::new();
        let mut moment = first;
        loop {
            let period = 1.0 / contour.within(stretch, moment);
            let Some(next) = self.next(samples, moment, period, side) else {
                break;
            };
            let is_beyond = (next.moment - end) * side > 0.0;
            let least = if is_beyond { LEAST_BEYOND } else { LEAST };
            if next.strength > least {
                found.push(next.moment);
            }
            if is_beyond {
                break;
            }
            moment = next.moment;
        }
        found
    }

    /// Where the curve is highest.
    fn highest(&self, within: Range<usize>) -> Option<usize> {
        within.max_by(|a, b| self.curve[*a].total_cmp(&self.curve[*b]))
    }

    /// The neighbour of `moment`, if the sound reaches so far.
    fn next(&mut self, samples: &[f32], moment: f64, period: f64, side: f64) -> Option<Next> {
        let length = (period * self.rate).round().max(1.0);
        let start = (moment * self.rate - length / 2.0).round() as i64;
        let shortest = (LENGTHS[0] * length).floor() as i64;
        let longest = (LENGTHS[1] * length).ceil() as i64;
        let margin = Interpolation::<12>::MARGIN as i64;
        let (from, to) = if side < 0.0 {
            (start - longest, start - shortest)
        } else {
            (start + shortest, start + longest)
        };
        // Where a voice resembles itself, it does so for longer than two samples.
        let coarse = (from..=to).step_by(2);
        resemblance_of(samples, start, length as usize, coarse, &mut self.curve);
        let from = from - 1 + 2 * self.highest(0..self.curve.len())? as i64;
        let others = from - margin..=from + 2 + margin;
        resemblance(samples, start, length as usize, others, &mut self.curve);
        let best = self.highest(margin as usize..self.curve.len() - margin as usize)?;
        // The sound ends here.
        if self.curve[best] <= -1.0 {
            return None;
        }
        let peak = self.interpolation.peak(&self.curve, best);
        let shift = (from - margin - start) as f64 + peak.place;
        Some(Next {
            moment: moment + shift / self.rate,
            strength: peak.height,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pitch::{Frames, PitchTracker};
    use std::f64::consts::PI;

    #[test]
    fn periods_of_a_tone_are_equal() {
        let samples: Vec<f32> = (0..8000)
            .map(|k| (2.0 * PI * f64::from(k) * 150.0 / 16_000.0).sin() as f32)
            .collect();
        let frames = Frames::covering(8000, 16_000);
        let contour = PitchTracker::new(16_000).unwrap().track(&samples, frames);
        let periods = PeriodFinder::new(16_000).unwrap().find(&samples, &contour);
        assert!(
            (72..=76).contains(&periods.moments.len()),
            "{}",
            periods.moments.len()
        );
        for pair in periods.moments.windows(2) {
            assert!((pair[1] - pair[0] - 1.0 / 150.0).abs() < 1e-5);
        }
        assert!(periods.jitter() < 1e-3);
    }

    #[test]
    fn silence_has_no_periods() {
        let contour = Contour {
            frames: Frames::covering(3200, 16_000),
            frequency: vec![100.0; 20],
            strength: vec![0.9; 20],
        };
        let mut finder = PeriodFinder::new(16_000).unwrap();
        for samples in [vec![], vec![0.0; 3200], vec![f32::NAN; 3200]] {
            assert!(finder.find(&samples, &contour).moments.len() <= 1);
        }
    }
}
