//! Pitches that a frame may have.

use super::interpolation::Interpolation;
use super::{CEILING, FLOOR};

/// How many pitches a frame may have at most.
pub(super) const MOST: usize = 12;
/// Least strength of a pitch that is looked at.
const LEAST_STRENGTH: f32 = 0.225;
/// How much stronger a pitch must be than that one octave higher.
const OCTAVE_COST: f32 = 0.01;

/// A pitch that a frame may have.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    /// Octaves above [`FLOOR`].
    pub octaves: f32,
    /// How much the frame repeats itself, from 0 to 1.
    pub strength: f32,
}

impl Candidate {
    /// Strength of a candidate in the choice: higher pitches are preferred.
    pub fn merit(&self) -> f32 {
        self.strength + OCTAVE_COST * self.octaves
    }

    /// Pitch in hertz.
    pub fn frequency(&self) -> f32 {
        FLOOR as f32 * self.octaves.exp2()
    }
}

/// The best candidates of a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candidates {
    found: [Candidate; MOST],
    count: usize,
}

impl Candidates {
    /// Finds candidates in the autocorrelation `lags` of a frame at `rate` samples a second.
    pub fn find(lags: &[f32], rate: f64, interpolation: &Interpolation) -> Self {
        let shortest = (rate / CEILING).floor() as usize;
        let longest = ((rate / FLOOR).ceil() as usize + 1).min(lags.len() - 1);
        let mut candidates = Self::default();
        for lag in shortest..longest {
            let height = lags[lag];
            if height > LEAST_STRENGTH && height > lags[lag - 1] && height >= lags[lag + 1] {
                let peak = interpolation.peak(lags, lag);
                let frequency = rate / peak.place;
                if (FLOOR..=CEILING).contains(&frequency) {
                    candidates.keep(Candidate {
                        octaves: (frequency / FLOOR).log2() as f32,
                        strength: reflected(peak.height as f32),
                    });
                }
            }
        }
        candidates
    }

    /// The candidates, in no order.
    pub fn as_slice(&self) -> &[Candidate] {
        &self.found[..self.count]
    }

    /// Strength of the strongest candidate, 0 without any.
    pub fn strength(&self) -> f32 {
        let strengths = self.as_slice().iter().map(|candidate| candidate.strength);
        strengths.fold(0.0, f32::max)
    }

    /// Keeps a candidate if it is among the best.
    fn keep(&mut self, candidate: Candidate) {
        if self.count < MOST {
            self.found[self.count] = candidate;
            self.count += 1;
            return;
        }
        let worst = self
            .found
            .iter_mut()
            .min_by(|a, b| a.merit().total_cmp(&b.merit()));
        if let Some(worst) = worst.filter(|worst| worst.merit() < candidate.merit()) {
            *worst = candidate;
        }
    }
}

/// A strength above 1, which division by the window and interpolation can give, is as far below 1.
fn reflected(strength: f32) -> f32 {
    if strength > 1.0 {
        1.0 / strength
    } else {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn a_tone_may_be_any_octave_below() {
        // 200 Hz at 16,000.
        let lags: Vec<f32> = (0..230)
            .map(|k| (2.0 * PI * f64::from(k) / 80.0).cos() as f32)
            .collect();
        let found = Candidates::find(&lags, 16_000.0, &Interpolation::new());
        let pitches: Vec<f32> = found.as_slice().iter().map(Candidate::frequency).collect();
        assert_eq!(pitches.len(), 2);
        assert!(
            (pitches[0] - 200.0).abs() < 0.1 && (pitches[1] - 100.0).abs() < 0.05,
            "{pitches:?}"
        );
        assert!(found.as_slice()[0].merit() > found.as_slice()[1].merit());
        assert!((found.strength() - 1.0).abs() < 1e-3);
    }

    #[test]
    fn the_best_are_kept() {
        let mut candidates = Candidates::default();
        for number in 0..20 {
            candidates.keep(Candidate {
                octaves: 0.0,
                strength: number as f32 / 20.0,
            });
        }
        assert_eq!(candidates.as_slice().len(), MOST);
        assert!(
            candidates
                .as_slice()
                .iter()
                .all(|kept| kept.strength >= 0.4)
        );
    }

    #[test]
    fn silence_has_none() {
        let found = Candidates::find(&[0.0; 230], 16_000.0, &Interpolation::new());
        assert!(found.as_slice().is_empty());
        assert_eq!(found.strength(), 0.0);
    }
}
