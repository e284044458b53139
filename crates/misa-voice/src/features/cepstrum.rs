//! The outline of the spectrum in few numbers.

use super::logarithm::log10;
use super::spectrum::{BIN_HERTZ, BINS};
use crate::pitch::sum_of_products;
use std::f64::consts::PI;

/// Bands of the spectrum, as wide as the ear's.
const BANDS: usize = 26;
/// Lowest and highest frequency of the bands, in hertz.
const RANGE: [f64; 2] = [20.0, 8000.0];
/// Coefficients that are kept, without the first one, which is the loudness.
pub(super) const COEFFICIENTS: usize = 13;
/// How far below the loudest band the quietest may be, as a share of power: 60 dB.
const FLOOR: f32 = 1e-6;

/// Computes mel frequency cepstral coefficients 1 to 13.
///
/// Each band is the sum of power under a triangle over the mel scale, in decibels, and at most 60 dB below
/// the loudest band of the same moment. The coefficients are the cosine transform of the bands, divided by
/// the square root of half their number.
///
/// Source: Davis and Mermelstein 1980; the bands of HTK.
///
/// Differs: the floor is relative to the moment, so that neither the loudness of a recording nor
/// its other parts change a value.
pub(super) struct Cepstrum {
    /// First frequency of each band, and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
    /// `[COEFFICIENTS, BANDS]`.
    cosines: Vec<f32>,
}

impl Cepstrum {
    pub(super) fn new() -> Self {
        let scale = (2.0 / BANDS as f64).sqrt();
        let cosine = |q: usize, band: usize| {
            (scale * (PI * q as f64 * (band as f64 + 0.5) / BANDS as f64).cos()) as f32
        };
        Self {
            bands: (0..BANDS).map(band).collect(),
            cosines: (1..=COEFFICIENTS)
                .flat_map(|q| (0..BANDS).map(move |band| cosine(q, band)))
                .collect(),
        }
    }

    /// The coefficients of a power spectrum that is not all zero.
    pub(super) fn coefficients(&self, power: &[f32; BINS], coefficients: &mut [f32]) {
        let mut bands = [0.0_f32; BANDS];
        for (slot, (first, weights)) in bands.iter_mut().zip(&self.bands) {
            *slot = sum_of_products(weights, &power[*first..][..weights.len()]);
        }
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        let floor = FLOOR * bands.iter().copied().fold(0.0, larger);
        let floor = floor.max(f32::MIN_POSITIVE);
        for band in &mut bands {
            *band = 10.0 * log10(larger(floor, *band));
        }
        for (slot, cosines) in coefficients.iter_mut().zip(self.cosines.chunks(BANDS)) {
            *slot = sum_of_products(cosines, &bands);
        }
    }
}

/// First frequency of a band, and its weights from there on.
fn band(number: usize) -> (usize, Vec<f32>) {
    let mel = |hertz: f64| 2595.0 * (1.0 + hertz / 700.0).log10();
    let [low, high] = RANGE.map(mel);
    let width = (high - low) / (BANDS + 1) as f64;
    let middle = low + width * (number + 1) as f64;
    let weight = |bin: usize| {
        let distance = (mel(bin as f64 * f64::from(BIN_HERTZ)) - middle).abs();
        (1.0 - distance / width).max(0.0) as f32
    };
    let first = (0..BINS).find(|&bin| weight(bin) > 0.0).unwrap_or(0);
    let weights = (first..BINS).map(weight).take_while(|&weight| weight > 0.0);
    (first, weights.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_has_a_frequency_and_the_middle_ones_add_up_to_all() {
        let bands: Vec<_> = (0..BANDS).map(band).collect();
        assert!(bands.iter().all(|(_, weights)| !weights.is_empty()));
        let mut sums = [0.0; BINS];
        for (first, weights) in &bands {
            for (sum, weight) in sums[*first..].iter_mut().zip(weights) {
                *sum += weight;
            }
        }
        // Between the middles of the first and the last band.
        assert!(sums[4..230].iter().all(|sum| (sum - 1.0).abs() < 1e-5));
    }

    #[test]
    fn loudness_changes_no_coefficient() {
        let cepstrum = Cepstrum::new();
        let power: [f32; BINS] = std::array::from_fn(|bin| 1.0 / (1 + bin * bin) as f32);
        let [mut loud, mut quiet] = [[0.0; COEFFICIENTS]; 2];
        cepstrum.coefficients(&power, &mut loud);
        cepstrum.coefficients(&power.map(|power| 1e-6 * power), &mut quiet);
        for (loud, quiet) in loud.iter().zip(quiet) {
            assert!((loud - quiet).abs() < 1e-3, "{loud} {quiet}");
        }
    }
}
