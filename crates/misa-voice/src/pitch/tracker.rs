//! From samples to a contour.

use super::autocorrelation::Autocorrelation;
use super::candidates::Candidates;
use super::interpolation::Interpolation;
use super::path::Path;
use super::{Contour, FLOOR, Frames, RateError};
use std::collections::VecDeque;

/// Length of a frame, in periods of [`FLOOR`].
const PERIODS: f64 = 3.0;
/// Strength from which on a frame has a voice.
const VOICING_THRESHOLD: f32 = 0.45;
/// Share of the loudest sample around below which a frame is silent.
const SILENCE_THRESHOLD: f32 = 0.03;
/// How far the loudest sample may be from a frame, in seconds.
const NEIGHBOURHOOD: f64 = 5.0;

/// Finds the pitch of voices.
///
/// A frame of 0.04 seconds is compared with itself: its autocorrelation is divided by that of its window,
/// and the peaks of the result are pitches that it may have. A path through all frames takes strong
/// candidates, and pays for jumps and for each beginning and end of a voice.
///
/// - Source: Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise
///   ratio of a sampled sound", 1993, with the usual settings of Praat: voicing threshold 0.45, silence threshold
///   0.03, octave cost 0.01, octave jump cost 0.35, cost of a voice's beginning or end 0.14.
/// - Differs: silence is relative to the loudest sample of all frames within 5 seconds, not of the whole sound, so
///   that long sounds can be analysed in blocks. Frames may reach over the ends of the sound; they are divided by
///   the autocorrelation of that part of the window which lies inside.
#[derive(Debug)]
pub struct PitchTracker {
    rate: f64,
    length: usize,
    autocorrelation: Autocorrelation,
    interpolation: Interpolation,
}

impl PitchTracker {
    /// Prepares the analysis of sounds with `rate` samples a second.
    ///
    /// # Errors
    ///
    /// [`RateError`] for a rate that no voice can be analysed at.
    pub fn new(rate: u32) -> Result<Self, RateError> {
        let rate = RateError::check(rate)?;
        let length = 2 * (PERIODS / FLOOR * rate / 2.0).round() as usize;
        let lags = (rate / FLOOR).ceil() as usize + 2 + Interpolation::<24>::MARGIN;
        Ok(Self {
            rate,
            length,
            autocorrelation: Autocorrelation::new(length, lags),
            interpolation: Interpolation::new(),
        })
    }

    /// Pitch and its strength in each frame of `samples`.
    pub fn track(&mut self, samples: &[f32], frames: Frames) -> Contour {
        let mut candidates = Vec::with_capacity(frames.count);
        let mut peaks = Vec::with_capacity(frames.count);
        for index in 0..frames.count {
            let start = frames.start(index, self.length, self.rate);
            let loudness = self.autocorrelation.look(samples, start);
            let lags = &self.autocorrelation.lags;
            candidates.push(Candidates::find(lags, self.rate, &self.interpolation));
            peaks.push(loudness.peak);
        }
        let reach = (NEIGHBOURHOOD / frames.step).max(0.0) as usize;
        let loudest = loudest_around(&peaks, reach);
        let mut path = Path::new(frames.step, frames.count);
        for (candidates, (peak, loudest)) in candidates.iter().zip(peaks.iter().zip(loudest)) {
            path.add(candidates, unvoiced_strength(*peak, loudest));
        }
        let chosen = path.choose();
        Contour {
            frames,
            frequency: candidates
                .iter()
                .zip(chosen)
                .map(|(candidates, chosen)| {
                    chosen.map_or(f32::NAN, |number| candidates.as_slice()[number].frequency())
                })
                .collect(),
            strength: candidates.iter().map(Candidates::strength).collect(),
        }
    }
}

/// How well a frame goes without a voice.
fn unvoiced_strength(peak: f32, loudest: f32) -> f32 {
    let share = if loudest > 0.0 { peak / loudest } else { 0.0 };
    let silence = 2.0 - share * (1.0 + VOICING_THRESHOLD) / SILENCE_THRESHOLD;
    VOICING_THRESHOLD + silence.max(0.0)
}

/// Per frame, the largest of the values up to `reach` frames away.
fn loudest_around(peaks: &[f32], reach: usize) -> Vec<f32> {
    // Frames that may still be the largest, from large to small.
    let mut waiting: VecDeque<usize> = VecDeque::new();
    let mut next = 0;
    (0..peaks.len())
        .map(|index| {
            while next < peaks.len() && next - index.min(next) <= reach {
                while waiting
                    .back()
                    .is_some_and(|last| peaks[*last] <= peaks[next])
                {
                    waiting.pop_back();
                }
                waiting.push_back(next);
                next += 1;
            }
            while waiting
                .front()
                .is_some_and(|first| first.saturating_add(reach) < index)
            {
                waiting.pop_front();
            }
            waiting.front().map_or(0.0, |first| peaks[*first])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_around_moves_along() {
        let peaks = [1.0, 0.0, 5.0, 2.0, 0.0, 0.0];
        assert_eq!(loudest_around(&peaks, 1), [1.0, 5.0, 5.0, 5.0, 2.0, 0.0]);
        assert_eq!(loudest_around(&peaks, 0), peaks);
        assert_eq!(loudest_around(&peaks, usize::MAX), [5.0; 6]);
        assert!(loudest_around(&[], 3).is_empty());
    }

    #[test]
    fn silence_goes_without_a_voice() {
        assert_eq!(unvoiced_strength(0.0, 0.0), 2.45);
        assert_eq!(unvoiced_strength(1.0, 1.0), 0.45);
    }

    #[test]
    fn short_and_odd_sounds_have_no_voice() {
        let mut tracker = PitchTracker::new(16_000).unwrap();
        for samples in [
            vec![],
            vec![0.5],
            vec![0.0; 5000],
            vec![f32::NAN; 5000],
            vec![f32::INFINITY; 5000],
        ] {
            let frames = Frames {
                first: 0.005,
                step: 0.01,
                count: 20,
            };
            let contour = tracker.track(&samples, frames);
            assert!(contour.frequency.iter().all(|pitch| pitch.is_nan()));
            assert!(contour.strength.iter().all(|strength| *strength == 0.0));
        }
    }
}
