//! Harmonics to noise.

use super::resemblance::resemblance;
use crate::pitch::{Contour, FLOOR, Interpolation, RateError, sum};

/// Samples around a whole number of periods in which the best delay is looked for.
const SLACK: i64 = 2;

/// Harmonics to noise of voiced frames, in decibels.
///
/// `10 * log10(r / (1 - r))`, with r the normalised cross-correlation of a stretch of 1/75 seconds with the
/// stretch one period later; both lie around the middle of the frame. Where two or more periods later (up to 1/75 seconds)
/// the sound resembles itself more, that counts: what comes again at every second period is no noise.
///
/// - Source: Boersma 1993, formula 4, with the cross-correlation that Praat has for "Harmonicity (cc)".
/// - Differs: only delays near whole periods of the frame's own pitch are looked at, and values are
///   limited to [`Harmonics::LEAST`] to [`Harmonics::MOST`]. At the ends of a sound the stretches are moved inside.
#[derive(Debug)]
pub struct Harmonics {
    rate: f64,
    interpolation: Interpolation<24>,
    /// The frame without its mean.
    frame: Vec<f32>,
    curve: Vec<f32>,
}

impl Harmonics {
    /// Smallest value, in decibels.
    pub const LEAST: f32 = -20.0;
    /// Largest value, in decibels.
    pub const MOST: f32 = 40.0;

    /// Prepares the analysis of sounds with `rate` samples a second.
    ///
    /// # Errors
    ///
    /// [`RateError`] for a rate that no voice can be analysed at.
    pub fn new(rate: u32) -> Result<Self, RateError> {
        Ok(Self {
            rate: RateError::check(rate)?,
            interpolation: Interpolation::new(),
            frame: Vec::new(),
            curve: Vec::new(),
        })
    }

    /// Harmonics to noise of each frame of `contour`, in decibels. NaN where there is no voice, or the
    /// sound is shorter than the stretches that are compared.
    pub fn measure(&mut self, samples: &[f32], contour: &Contour) -> Vec<f32> {
        (0..contour.frequency.len())
            .map(|index| {
                if contour.is_voiced(index) {
                    self.frame(samples, contour, index)
                        .map_or(f32::NAN, decibels)
                } else {
                    f32::NAN
                }
            })
            .collect()
    }

    /// How much frame `index` repeats itself after its best number of periods.
    fn frame(&mut self, samples: &[f32], contour: &Contour, index: usize) -> Option<f64> {
        let period = self.rate / f64::from(contour.frequency[index]);
        let longest = self.rate / FLOOR;
        let most = (longest / period).floor().max(1.0) as usize;
        let length = longest.ceil() as usize;
        (1..=most)
            .filter_map(|periods| {
                let delay = period * periods as f64;
                let margin = Interpolation::<24>::MARGIN as i64 + SLACK;
                // Even, so that the middle is between two samples, as that of a frame is.
                let total = (length + delay.ceil() as usize).next_multiple_of(2);
                let start = contour.frames.start(index, total, self.rate);
                let start = start.clamp(0, (samples.len() as i64 - total as i64).max(0));
                self.cut(samples, start - margin, total + 2 * margin as usize);
                self.strength(margin, length, delay.round() as i64)
            })
            .max_by(f64::total_cmp)
    }

    /// Fills the frame with the stretch of the sound from `start`, less its mean.
    fn cut(&mut self, samples: &[f32], start: i64, length: usize) {
        self.frame.clear();
        let total = samples.len() as i64;
        // Beyond the ends are zeros; no stretch of the best delay reaches there.
        let from = start.clamp(0, total) as usize;
        let to = (start + length as i64).clamp(0, total) as usize;
        let part = &samples[from..to];
        let mean = sum(part) / part.len().max(1) as f32;
        self.frame.resize((from as i64 - start) as usize, 0.0);
        self.frame.extend(part.iter().map(|sample| sample - mean));
        self.frame.resize(length, 0.0);
    }

    /// Largest resemblance near `delay` of the stretch from `start` of the frame.
    fn strength(&mut self, start: i64, length: usize, delay: i64) -> Option<f64> {
        let margin = Interpolation::<24>::MARGIN as i64;
        let reach = SLACK + margin;
        let others = start + delay - reach..=start + delay + reach;
        resemblance(&self.frame, start, length, others, &mut self.curve);
        let near = margin as usize..self.curve.len() - margin as usize;
        let best = near.max_by(|a, b| self.curve[*a].total_cmp(&self.curve[*b]))?;
        let strength = self.interpolation.peak(&self.curve, best).height;
        (self.curve[best] > -1.0).then_some(if strength > 1.0 {
            1.0 / strength
        } else {
            strength
        })
    }
}

/// Strength of harmonics against that of all else, within the limits.
fn decibels(strength: f64) -> f32 {
    let strength = strength.clamp(1e-9, 1.0 - 1e-9);
    let decibels = 10.0 * (strength / (1.0 - strength)).log10();
    (decibels as f32).clamp(Harmonics::LEAST, Harmonics::MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pitch::{Frames, PitchTracker};
    use std::f64::consts::PI;

    #[test]
    fn as_much_noise_as_harmonics_is_0() {
        assert!(decibels(0.5).abs() < 1e-6);
        assert!((decibels(10.0 / 11.0) - 10.0).abs() < 1e-4);
        assert_eq!(decibels(-0.3), Harmonics::LEAST);
        assert_eq!(decibels(1.0), Harmonics::MOST);
    }

    #[test]
    fn a_tone_has_no_noise_up_to_its_ends() {
        let samples: Vec<f32> = (0..3200)
            .map(|k| (2.0 * PI * f64::from(k) / 80.0).sin() as f32)
            .collect();
        let frames = Frames::covering(3200, 16_000);
        let contour = PitchTracker::new(16_000).unwrap().track(&samples, frames);
        let found = Harmonics::new(16_000).unwrap().measure(&samples, &contour);
        assert_eq!(found.len(), 20);
        assert!(found.iter().all(|decibels| *decibels > 30.0), "{found:?}");
    }
}
