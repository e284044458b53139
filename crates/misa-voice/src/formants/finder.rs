//! From samples to formants.

use super::burg::{Burg, MOST};
use super::resampler::Resampler;
use super::roots::roots;
use crate::pitch::{Frames, RateError, inside};
use std::f64::consts::PI;
use std::ops::Range;

/// Formants that are told of each frame.
const TOLD: usize = 3;
/// From here on, higher sounds are made louder by 6 decibels per octave, in hertz.
const PRE_EMPHASIS: f64 = 50.0;
/// Effective length of a frame, in seconds; its window is twice as long.
const LENGTH: f64 = 0.025;
/// The share of the window, around its middle, that is above 0.001 of its height; the rest is left out.
const COVERED: f64 = 0.76;
/// How far formants stay from both ends of the band, in hertz.
const MARGIN: f64 = 50.0;

/// How many formants are looked for, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormantSettings {
    /// Formants in the band, from 1 to 10. Usual: 5.
    pub count: usize,
    /// End of the band, in hertz, from 1,000 to 50,000. Usual: 5,500.
    pub ceiling: u32,
}

impl Default for FormantSettings {
    fn default() -> Self {
        Self {
            count: 5,
            ceiling: 5500,
        }
    }
}

/// A resonance. Both are NaN where none is found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Formant {
    /// Where it is, in hertz.
    pub frequency: f32,
    /// How broad it is, in hertz.
    pub bandwidth: f32,
}

/// Finds the first three resonances of the vocal tract.
///
/// The sound is brought to twice the ceiling and its high part made louder. In each frame, a Gaussian window of 0.05
/// seconds, Burg's prediction has two coefficients per formant; the zeros of its polynomial are resonances.
///
/// - Source: Praat's manual, "Sound: To Formant (burg)"; Markel and Gray 1976.
/// - Differs: another resampling filter; the window is cut where it is below 0.001; frames may reach over the ends of the sound, where they see zeros.
#[derive(Debug)]
pub struct FormantFinder {
    order: usize,
    /// Samples a second of the sound that is looked at.
    rate: f64,
    resampler: Resampler,
    window: Vec<f32>,
    emphasis: f32,
    burg: Burg,
    sound: Vec<f32>,
    frame: Vec<f32>,
}

impl FormantFinder {
    /// Prepares the analysis of sounds with `rate` samples a second.
    ///
    /// Settings outside their ranges are taken as the nearest inside.
    ///
    /// # Errors
    ///
    /// [`RateError`] for a rate that no voice can be analysed at.
    pub fn new(rate: u32, settings: FormantSettings) -> Result<Self, RateError> {
        RateError::check(rate)?;
        let new = 2 * settings.ceiling.clamp(1_000, 50_000);
        let length = (2.0 * LENGTH * f64::from(new)).round() as usize;
        Ok(Self {
            order: 2 * settings.count.clamp(1, MOST / 2),
            rate: f64::from(new),
            resampler: Resampler::new(rate, new),
            window: gaussian(length, (COVERED * length as f64).round() as usize),
            emphasis: (-2.0 * PI * PRE_EMPHASIS / f64::from(new)).exp() as f32,
            burg: Burg::default(),
            sound: Vec::new(),
            frame: Vec::new(),
        })
    }

    /// Formants of those frames of `samples` that `is_wanted`, from low to high. NaN elsewhere, and for each formant
    /// that is not found.
    pub fn find(
        &mut self,
        samples: &[f32],
        frames: Frames,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Vec<[Formant; TOLD]> {
        self.prepare(samples, frames, &is_wanted);
        (0..frames.count)
            .map(|index| {
                if is_wanted(index) {
                    self.frame(frames.start(index, self.window.len(), self.rate))
                } else {
                    NONE
                }
            })
            .collect()
    }

    /// Brings the sound to its rate and makes its high part louder, where frames that are wanted need it.
    fn prepare(&mut self, samples: &[f32], frames: Frames, is_wanted: impl Fn(usize) -> bool) {
        let total = self.resampler.total(samples.len());
        self.sound.clear();
        self.sound.resize(total, 0.0);
        let length = self.window.len();
        let mut needed: Vec<Range<usize>> = Vec::new();
        for index in (0..frames.count).filter(|index| is_wanted(*index)) {
            let start = frames.start(index, length, self.rate);
            let end = (start + length as i64).clamp(0, total as i64) as usize;
            // Emphasis needs the sample before.
            let from = (start - 1).clamp(0, total as i64) as usize;
            match needed.last_mut() {
                Some(last) if from <= last.end => last.end = end.max(last.end),
                _ => needed.push(from..end),
            }
        }
        for range in needed {
            let part = &mut self.sound[range.clone()];
            self.resampler.resample_from(samples, range.start, part);
            for index in (1..part.len()).rev() {
                part[index] -= self.emphasis * part[index - 1];
            }
        }
    }

    fn frame(&mut self, start: i64) -> [Formant; TOLD] {
        let (before, part) = inside(&self.sound, start, self.window.len());
        let weights = &self.window[before..before + part.len()];
        self.frame.clear();
        self.frame.extend(
            part.iter()
                .zip(weights)
                .map(|(sample, weight)| sample * weight),
        );
        let prediction = self.burg.predict(&self.frame, self.order);
        prediction.map_or(NONE, |prediction| self.formants(&prediction[..=self.order]))
    }

    /// The lowest resonances of a prediction.
    fn formants(&self, prediction: &[f64]) -> [Formant; TOLD] {
        let Some(roots) = roots(prediction) else {
            return NONE;
        };
        let inner = MARGIN..=self.rate / 2.0 - MARGIN;
        let mut found = [(f64::NAN, f64::NAN); MOST];
        let mut count = 0;
        for root in roots.as_slice() {
            let frequency = root.arg().abs() * self.rate / (2.0 * PI);
            if inner.contains(&frequency) {
                found[count] = (frequency, root.norm_sqr());
                count += 1;
            }
        }
        found[..count].sort_by(|a, b| a.0.total_cmp(&b.0));
        std::array::from_fn(|number| Formant {
            frequency: found[number].0 as f32,
            // The logarithm of a square is twice that of the radius.
            bandwidth: (-0.5 * found[number].1.ln() * self.rate / PI) as f32,
        })
    }
}

/// Formants of a frame without any.
const NONE: [Formant; TOLD] = [Formant {
    frequency: f32::NAN,
    bandwidth: f32::NAN,
}; TOLD];

/// The middle `covered` values of a Gaussian window of `length` that is 0 at its ends.
fn gaussian(length: usize, covered: usize) -> Vec<f32> {
    let edge = (-12.0_f64).exp();
    (0..covered)
        .map(|k| {
            let x = (k as f64 + 0.5 - covered as f64 / 2.0) / length as f64;
            (((-48.0 * x * x).exp() - edge) / (1.0 - edge)) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sounds_have_no_formants() {
        let mut finder = FormantFinder::new(16_000, FormantSettings::default()).unwrap();
        for samples in [
            vec![],
            vec![0.0; 3200],
            vec![f32::NAN; 3200],
            vec![f32::INFINITY; 3200],
        ] {
            let found = finder.find(&samples, Frames::covering(3200, 16_000), |_| true);
            assert_eq!(found.len(), 20);
            assert!(
                found
                    .iter()
                    .flatten()
                    .all(|formant| formant.frequency.is_nan())
            );
        }
    }

    #[test]
    fn only_what_is_wanted_is_looked_at() {
        let samples: Vec<f32> = (0..3200)
            .map(|k| (k * k % 97) as f32 / 97.0 - 0.5)
            .collect();
        let mut finder = FormantFinder::new(16_000, FormantSettings::default()).unwrap();
        let found = finder.find(&samples, Frames::covering(3200, 16_000), |index| {
            index == 10
        });
        let are_there = found.iter().map(|formants| !formants[0].frequency.is_nan());
        assert_eq!(are_there.filter(|is_there| *is_there).count(), 1);
        assert!(
            found[10]
                .windows(2)
                .all(|pair| pair[0].frequency <= pair[1].frequency)
        );
    }
}
