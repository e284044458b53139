//! The filters of an octave.

use crate::librosa::chroma_stft::CLASSES;
use crate::librosa::transform::{Transform, hann};
use crate::librosa::tuning::BINS_OF_CONSTANT_Q;
use realfft::num_complex::Complex;
use std::f64::consts::TAU;

/// Octaves of the transform.
pub(super) const OCTAVES: usize = 7;

/// Filters of an octave.
const FILTERS: usize = BINS_OF_CONSTANT_Q as usize;

/// The frequency of C1 at concert pitch, in Hz: 45 half tones below A4.
const LOWEST: f64 = 32.703_195_662_574_83;

/// The noise bandwidth of a Hann window of 1000 samples, in bins, as librosa has it. It is 1.5 for long windows.
const BANDWIDTH: f64 = 1.500_183_105_468_75;

/// The share of a filter's spectrum that is left out, where it is smallest.
const LEFT_OUT: f64 = 0.01;

/// The frequency of a filter, in Hz. The tuning is in 36ths of an octave.
fn frequency(filter: usize, tuning: f64) -> f64 {
    LOWEST * ((filter as f64 + tuning) / f64::from(BINS_OF_CONSTANT_Q)).exp2()
}

/// Periods in a filter: its frequency divided by its bandwidth.
fn periods() -> f64 {
    let ratio = (2.0 / f64::from(BINS_OF_CONSTANT_Q)).exp2();
    (ratio + 1.0) / (ratio - 1.0)
}

/// The highest frequency that a filter lets through, in Hz.
pub(super) fn highest(tuning: f64) -> f64 {
    frequency(OCTAVES * FILTERS - 1, tuning) * (1.0 + 0.5 * BANDWIDTH / periods())
}

/// The filters of an octave, as spectra.
#[derive(Debug)]
pub(super) struct Octave {
    transform: Transform,
    filters: Vec<Filter>,
}

/// The part of a filter's spectrum that is not left out.
#[derive(Clone, Debug)]
struct Filter {
    /// The pitch class that the filter belongs to.
    class: usize,
    first: usize,
    weights: Vec<Complex<f64>>,
}

impl Octave {
    /// The filters of an octave, counted from the lowest, for sounds with `rate` samples a second.
    pub fn new(octave: usize, tuning: f64, rate: f64) -> Self {
        let lowest = octave * FILTERS;
        let length = periods() * rate / frequency(lowest, tuning);
        let mut transform = Transform::new((length.ceil() as usize).next_power_of_two());
        let filter = |filter: usize| {
            let frequency = frequency(lowest + filter, tuning);
            Filter::new(filter, frequency / rate, &mut transform)
        };
        let filters = (0..FILTERS).map(filter).collect();
        Self { transform, filters }
    }

    /// Samples that the filters take.
    pub fn length(&self) -> usize {
        self.transform.length()
    }

    /// Adds the magnitudes of a frame's filtered samples to the pitch classes.
    pub fn add(&mut self, samples: &[f64], classes: &mut [f64]) {
        self.transform.input.copy_from_slice(samples);
        let bins = self.transform.run();
        for filter in &self.filters {
            let products = filter.weights.iter().zip(&bins[filter.first..]);
            let response: Complex<f64> = products.map(|(weight, bin)| weight * bin).sum();
            classes[filter.class] += response.norm();
        }
    }
}

impl Filter {
    /// The filter number `filter` of an octave, of a frequency in periods per sample.
    fn new(filter: usize, frequency: f64, transform: &mut Transform) -> Self {
        let length = periods() / frequency;
        let mut spectrum = wave(length, |phase| (frequency * phase).cos(), transform);
        let imaginary = wave(length, |phase| (frequency * phase).sin(), transform);
        // Noise is equally strong behind every filter. Halving keeps the power per second, so this holds at every
        // rate.
        let gain = length.sqrt() / transform.length() as f64;
        for (bin, imaginary) in spectrum.iter_mut().zip(imaginary) {
            *bin = (*bin + imaginary * Complex::I) * gain;
        }
        let kept = kept(&spectrum);
        Self {
            // Each class has the filter of its frequency and both neighbours.
            class: (filter + 1) % FILTERS * CLASSES / FILTERS,
            first: kept.0,
            weights: kept.1,
        }
    }
}

/// The spectrum of a wave under a Hann window, whose samples are taken at whole numbers around 0.
fn wave(
    length: f64,
    of_phase: impl Fn(f64) -> f64,
    transform: &mut Transform,
) -> Vec<Complex<f64>> {
    let before = (length / 2.0).ceil() as usize;
    let count = before + (length / 2.0).floor() as usize;
    let sum: f64 = hann(count).sum();
    let start = (transform.length() - count) / 2;
    transform.input.fill(0.0);
    for (index, (sample, weight)) in transform.input[start..]
        .iter_mut()
        .zip(hann(count))
        .enumerate()
    {
        let distance = index as f64 - before as f64;
        *sample = of_phase(TAU * distance) * weight / sum;
    }
    transform.run().to_vec()
}

/// The first bin that is kept, and the bins from there to the last. Those between that are left out are 0.
fn kept(spectrum: &[Complex<f64>]) -> (usize, Vec<Complex<f64>>) {
    let mut magnitudes: Vec<f64> = spectrum.iter().map(|bin| bin.norm()).collect();
    magnitudes.sort_by(f64::total_cmp);
    let most = LEFT_OUT * magnitudes.iter().sum::<f64>();
    let mut sum = 0.0;
    let is_beyond = |magnitude: &&f64| {
        sum += **magnitude;
        sum >= most
    };
    let least = magnitudes.iter().find(is_beyond).copied().unwrap_or(0.0);
    let is_kept = |bin: &Complex<f64>| bin.norm() >= least;
    let first = spectrum.iter().position(is_kept).unwrap_or(0);
    let last = spectrum.iter().rposition(is_kept).unwrap_or(0);
    let bins = spectrum[first..=last].iter();
    let zero_or_bin = |bin: &Complex<f64>| if is_kept(bin) { *bin } else { Complex::ZERO };
    (first, bins.map(zero_or_bin).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_strongest_at_its_frequency() {
        // The middle of E in the fourth octave.
        let tone = frequency(3 * FILTERS + 12, 0.2) / 4000.0;
        let mut octave = Octave::new(3, 0.2, 4000.0);
        let angles = (0..octave.length()).map(|index| TAU * tone * index as f64);
        let samples: Vec<f64> = angles.map(f64::cos).collect();
        let mut classes = [0.0; CLASSES];
        octave.add(&samples, &mut classes);
        let most = classes.iter().copied().fold(0.0, f64::max);
        assert_eq!(classes.iter().position(|class| *class == most), Some(4));
    }

    #[test]
    fn the_smallest_hundredth_of_a_spectrum_is_left_out() {
        let spectrum = [0.3, 0.1, 50.0, 0.2, 40.0, 0.4].map(|bin| Complex::new(0.0, bin));
        // 0.1, 0.2 and 0.3 are 0.6 of 91; with 0.4 it would be 1.0, more than 0.91.
        let (first, bins) = kept(&spectrum);
        let bins: Vec<f64> = bins.iter().map(|bin| bin.im).collect();
        assert_eq!((first, bins), (2, vec![50.0, 0.0, 40.0, 0.4]));
    }
}
