//! How far a sound is from concert pitch.

use crate::librosa::{Frames, SettingsError, Spectrum};
use std::ops::Range;

/// The lowest and the highest frequency of a peak, in Hz.
const PEAKS: Range<f64> = 150.0..4000.0;

/// A peak has more than this share of the highest bin of its frame.
const SHARE: f64 = 0.1;

/// Steps in which a deviation is estimated, per bin.
const STEPS: usize = 100;

/// The lowest A of a piano, in Hz. Any A is as good.
const REFERENCE: f64 = 27.5;

/// Bins in an octave of the pitch classes of a power spectrum.
pub(super) const BINS_OF_POWER: u32 = 12;

/// Bins in an octave of the constant-Q transform.
pub(super) const BINS_OF_CONSTANT_Q: u32 = 36;

/// How far a sound is from concert pitch (A is 440 Hz).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Tuning {
    /// Estimated for each sound.
    #[default]
    Estimated,
    /// A fraction of a bin from -0.5 to 0.5.
    Given(f64),
}

impl Tuning {
    /// The given tuning, or that of `estimate`.
    pub(super) fn or_else(self, estimate: impl FnOnce() -> f64) -> f64 {
        match self {
            Self::Estimated => estimate(),
            Self::Given(tuning) => tuning,
        }
    }

    /// Itself, if it can be used.
    pub(super) fn checked(self) -> Result<Self, SettingsError> {
        match self {
            Self::Given(tuning) if !(-0.5..=0.5).contains(&tuning) => {
                Err(SettingsError::Tuning { tuning })
            }
            tuning => Ok(tuning),
        }
    }
}

/// The tuning that the pitch classes of a power spectrum take, in twelfths of an octave, -0.5 to 0.49. Silence has 0.
///
/// - Source: librosa 0.11, `chroma_stft`, which estimates it from the power.
pub fn tuning_of_power(samples: &[f32], frames: Frames) -> f64 {
    let mut spectrum = Spectrum::new(frames);
    let mut peaks = Peaks::new(frames, BINS_OF_POWER);
    for frame in 0..frames.count(samples.len()) {
        peaks.add(spectrum.power(samples, frame));
    }
    peaks.tuning()
}

/// The tuning that the constant-Q transform takes, in 36ths of an octave, -0.5 to 0.49. Silence has 0.
///
/// It is estimated from magnitudes of frames of 2048 samples, 512 apart, whatever the hop of the transform.
///
/// - Source: librosa 0.11, `estimate_tuning`.
///
/// # Errors
///
/// If the rate is 0 or too high, see [`Frames::new`].
pub fn tuning_of_constant_q(samples: &[f32], rate: u32) -> Result<f64, SettingsError> {
    let frames = Frames::new(rate, 2048, 512)?;
    let mut spectrum = Spectrum::new(frames);
    let mut peaks = Peaks::new(frames, BINS_OF_CONSTANT_Q);
    let mut magnitudes = vec![0.0; frames.bins()];
    for frame in 0..frames.count(samples.len()) {
        for (magnitude, power) in magnitudes.iter_mut().zip(spectrum.power(samples, frame)) {
            *magnitude = power.sqrt();
        }
        peaks.add(&magnitudes);
    }
    Ok(peaks.tuning())
}

/// The peaks of the spectra of a sound: five bytes each.
#[derive(Clone, Debug)]
pub(super) struct Peaks {
    frames: Frames,
    bins_per_octave: f64,
    /// Bins between the lowest and the highest frequency.
    bins: Range<usize>,
    strengths: Vec<f32>,
    /// How far a peak is from a bin, in steps from -0.5.
    deviations: Vec<u8>,
}

impl Peaks {
    /// No peak yet.
    pub fn new(frames: Frames, bins_per_octave: u32) -> Self {
        let most = PEAKS.end.min(f64::from(frames.rate()) / 2.0);
        let inner = 1..frames.bins() - 1;
        let mut bins = inner.filter(|bin| (PEAKS.start..most).contains(&frames.frequency(*bin)));
        let first = bins.next();
        let last = bins.next_back().or(first);
        let bins = first
            .zip(last)
            .map_or(0..0, |(first, last)| first..last + 1);
        let bins_per_octave = f64::from(bins_per_octave);
        Self {
            frames,
            bins_per_octave,
            bins,
            strengths: Vec::new(),
            deviations: Vec::new(),
        }
    }

    /// Forgets the sound before.
    pub fn start(&mut self) {
        self.strengths.clear();
        self.deviations.clear();
    }

    /// Adds the peaks of a frame's spectrum.
    pub fn add(&mut self, spectrum: &[f64]) {
        let least = SHARE * spectrum.iter().copied().fold(0.0, f64::max);
        for bin in self.bins.clone() {
            let [below, value, above] = [spectrum[bin - 1], spectrum[bin], spectrum[bin + 1]];
            if value > least && value > below && value >= above {
                self.push(bin, [below, value, above]);
            }
        }
    }

    /// Adds the top of the parabola through a bin and its neighbours.
    fn push(&mut self, bin: usize, [below, value, above]: [f64; 3]) {
        let curve = above + below - 2.0 * value;
        let slope = (above - below) / 2.0;
        let shift = if slope.abs() < curve.abs() {
            -slope / curve
        } else {
            0.0
        };
        let frequency = (bin as f64 + shift) * self.frames.frequency(1);
        let bins = self.bins_per_octave * (frequency / REFERENCE).log2();
        // Half a bin more, so that 0 is the middle of the steps.
        let step = (bins + 0.5).rem_euclid(1.0) * STEPS as f64;
        self.strengths.push((value + 0.5 * slope * shift) as f32);
        self.deviations.push(step.min((STEPS - 1) as f64) as u8);
    }

    /// The commonest deviation of the stronger half of the peaks.
    pub fn tuning(&self) -> f64 {
        let least = median(&self.strengths);
        let mut counts = [0_usize; STEPS];
        for (strength, deviation) in self.strengths.iter().zip(&self.deviations) {
            counts[usize::from(*deviation)] += usize::from(f64::from(*strength) >= least);
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return 0.0;
        }
        let step = counts.iter().position(|count| *count == most).unwrap_or(0);
        step as f64 / STEPS as f64 - 0.5
    }
}

/// The middle value, or the mean of the middle two. 0 if there is none.
fn median(values: &[f32]) -> f64 {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    let is_odd = values.len() % 2 == 1;
    let (lower, &mut upper, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    let below = lower
        .iter()
        .copied()
        .max_by(f32::total_cmp)
        .filter(|_| !is_odd);
    f64::midpoint(f64::from(below.unwrap_or(upper)), f64::from(upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_by_hand() {
        assert_eq!(
            [
                median(&[]),
                median(&[3.0]),
                median(&[4.0, 1.0]),
                median(&[5.0, 1.0, 2.0])
            ],
            [0.0, 3.0, 2.5, 2.0]
        );
    }

    #[test]
    fn a_tone_between_two_bins_is_found() {
        // A quarter of a 36th of an octave above A.
        let frequency = 440.0 * 2.0_f64.powf(0.25 / 36.0);
        let angle = |index: i32| std::f64::consts::TAU * frequency * f64::from(index) / 16_000.0;
        let samples: Vec<f32> = (0..16_000).map(|index| angle(index).sin() as f32).collect();
        assert!((tuning_of_constant_q(&samples, 16_000).unwrap() - 0.25).abs() < 0.05);
    }

    #[test]
    fn silence_has_no_deviation() {
        assert_eq!(tuning_of_constant_q(&[0.0; 9000], 16_000), Ok(0.0));
        assert_eq!(
            tuning_of_power(&[], Frames::new(16_000, 2, 1).unwrap()),
            0.0
        );
    }

    #[test]
    fn a_tuning_beyond_half_a_bin_is_refused() {
        for tuning in [0.51, f64::NAN] {
            let message = Tuning::Given(tuning).checked().unwrap_err().to_string();
            assert_eq!(
                message,
                format!("tuning: expected -0.5 to 0.5 bins, found {tuning}; let it be estimated")
            );
        }
        assert_eq!(Tuning::Given(-0.5).checked(), Ok(Tuning::Given(-0.5)));
    }
}
