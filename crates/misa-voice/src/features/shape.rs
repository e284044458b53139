//! How power is spread over frequencies.

use super::logarithm::log10;
use super::spectrum::{BIN_HERTZ, BINS};
use crate::pitch::{sum, sum_of_products};

/// Share of the sum of power below the rolloff, as in librosa.
const ROLLOFF: f32 = 0.85;
/// How far below the loudest frequency a frequency may be for slopes, as a share of power: 80 dB.
const FLOOR: f32 = 1e-8;

/// How the power of a moment is spread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Slope of the spectrum from 0 to 500 Hz, in decibels per kilohertz.
    pub(super) slope_low: f32,
    /// Slope of the spectrum from 500 to 1,500 Hz, in decibels per kilohertz.
    pub(super) slope_middle: f32,
    /// Power from 1 to 5 kHz over that below 1 kHz, in decibels.
    pub(super) alpha_ratio: f32,
    /// Loudest frequency up to 2 kHz over the loudest from 2 to 5 kHz, in decibels.
    pub(super) hammarberg_index: f32,
    /// Mean frequency, weighted by magnitude, in hertz.
    pub(super) centroid: f32,
    /// Frequency below which 85 % of the power is, in hertz.
    pub(super) rolloff: f32,
}

impl Shape {
    /// Of a power spectrum and its square roots; not all may be zero.
    pub(super) fn new(power: &[f32; BINS], magnitude: &[f32; BINS]) -> Self {
        let floor = (FLOOR * loudest(power)).max(f32::MIN_POSITIVE);
        let mut decibels = [0.0; SLOPED];
        for (slot, power) in decibels.iter_mut().zip(power) {
            *slot = 10.0 * log10(if *power > floor { *power } else { floor });
        }
        let ratio = |above: f32, below: f32| 10.0 * (above.max(floor) / below.max(floor)).log10();
        // The lowest frequency is left out: it holds an offset of the microphone.
        let low = sum(&power[1..bin(1000)]);
        let high = sum(&power[bin(1000)..=bin(5000)]);
        Self {
            slope_low: slope(&decibels[..=bin(500)]),
            slope_middle: slope(&decibels[bin(500)..=bin(1500)]),
            alpha_ratio: ratio(high, low),
            hammarberg_index: ratio(
                loudest(&power[..=bin(2000)]),
                loudest(&power[bin(2000)..=bin(5000)]),
            ),
            centroid: centroid(magnitude),
            rolloff: rolloff(power),
        }
    }
}

/// The place of each frequency.
const PLACES: [f32; BINS] = {
    let mut places = [0.0; BINS];
    let mut place = 0;
    while place < BINS {
        places[place] = place as f32;
        place += 1;
    }
    places
};

/// Frequencies of which slopes are taken.
const SLOPED: usize = bin(1500) + 1;

/// The place of the last frequency that is not above `hertz`.
const fn bin(hertz: usize) -> usize {
    hertz * 2 * (BINS - 1) / super::VOICE_RATE as usize
}

fn loudest(power: &[f32]) -> f32 {
    // Not `max`, which asks whether either is a number.
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [0.0; 16];
    let chunks = power.chunks_exact(16);
    let rest = chunks.remainder().iter().copied().fold(0.0, larger);
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, *value);
        }
    }
    lanes.into_iter().fold(rest, larger)
}

/// Slope of the straight line that fits `decibels` best, per kilohertz.
fn slope(decibels: &[f32]) -> f32 {
    let count = decibels.len() as f32;
    let middle = (count - 1.0) / 2.0;
    let product = sum_of_products(decibels, &PLACES[..decibels.len()]) - middle * sum(decibels);
    // Of the distances from the middle.
    let square = count * (count * count - 1.0) / 12.0;
    product / square * 1000.0 / BIN_HERTZ
}

fn centroid(magnitude: &[f32; BINS]) -> f32 {
    sum_of_products(magnitude, &PLACES) / sum(magnitude) * BIN_HERTZ
}

fn rolloff(power: &[f32; BINS]) -> f32 {
    let wanted = ROLLOFF * sum(power);
    let mut below = 0.0;
    let place = power.iter().position(|power| {
        below += power;
        below >= wanted
    });
    place.unwrap_or(BINS - 1) as f32 * BIN_HERTZ
}

/// How much the outline of the spectrum changes between two moments: distance of their magnitudes, each
/// divided by its length. From 0 (equal) to the square root of 2 (nothing in common).
pub(super) fn flux(before: &[f32; BINS], now: &[f32; BINS]) -> f32 {
    let length = |magnitude| sum_of_products(magnitude, magnitude).sqrt();
    let cosine = sum_of_products(before, now) / (length(before) * length(now));
    (2.0 - 2.0 * cosine).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(power: &[f32; BINS]) -> Shape {
        Shape::new(power, &power.map(f32::sqrt))
    }

    #[test]
    fn a_falling_spectrum_has_its_slope() {
        // 20 dB less per kilohertz.
        let power = std::array::from_fn(|bin| 10_f32.powf(-2.0 * bin as f32 * BIN_HERTZ / 1000.0));
        let shape = shape(&power);
        assert!((shape.slope_low + 20.0).abs() < 1e-3, "{shape:?}");
        assert!((shape.slope_middle + 20.0).abs() < 1e-3, "{shape:?}");
        assert!((shape.hammarberg_index - 40.0).abs() < 1e-3, "{shape:?}");
    }

    #[test]
    fn one_frequency_is_centroid_and_rolloff() {
        let mut power = [0.0; BINS];
        power[bin(3000)] = 1.0;
        let shape = shape(&power);
        assert_eq!((shape.centroid, shape.rolloff), (3000.0, 3000.0));
        // Nothing below 1 kHz: as far apart as is told.
        assert!((shape.alpha_ratio - 80.0).abs() < 1e-3, "{shape:?}");
    }

    #[test]
    fn flux_is_of_the_outline_alone() {
        let falling: [f32; BINS] = std::array::from_fn(|bin| 1.0 / (1 + bin) as f32);
        assert!(flux(&falling, &falling.map(|x| 3.0 * x)) < 1e-3);
        let [mut a, mut b] = [[0.0; BINS]; 2];
        (a[3], b[9]) = (2.0, 1.0);
        assert!((flux(&a, &b) - 2_f32.sqrt()).abs() < 1e-6);
    }
}
