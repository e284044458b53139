//! Energy and zero crossings of samples.

use crate::pitch::sum_of_products;

/// Energies below are given as this, in decibels.
pub(crate) const QUIETEST: f32 = -100.0;

/// From this level down, in decibels, a row is silent: it has no spectrum and no voice. The noise of 16 bits
/// is as loud.
pub(super) const SILENT: f32 = -90.0;

/// Samples as close to zero as this share of the row's level have no sign.
const NO_SIGN: f32 = 0.01;
/// Nor have samples as close to zero as this: converting the rate of silence adds less.
const LEAST_SIGN: f32 = 1e-6;

/// Mean power of samples in decibels, where 0 is a wave at full scale without pause, at least
/// [`QUIETEST`].
pub(super) fn decibels(samples: &[f32]) -> f32 {
    let power: f32 = sum_of_products(samples, samples) / samples.len() as f32;
    (10.0 * power.log10()).max(QUIETEST)
}

/// Share of neighbours of different sign, from 0 to 1. `level` is that of the samples, in decibels.
pub(super) fn zero_crossings(samples: &[f32], level: f32) -> f32 {
    let least = (NO_SIGN * 10_f32.powf(level / 20.0)).max(LEAST_SIGN);
    let is_negative = |x: f32| x < -least;
    // Sums of small numbers, and no branches, are computed several at once.
    let pairs = samples.iter().zip(&samples[1..]);
    let crossings: u32 = pairs
        .map(|(a, b)| u32::from(is_negative(*a) != is_negative(*b)))
        .sum();
    crossings as f32 / (samples.len() - 1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_measured_from_full_scale() {
        assert_eq!(decibels(&[1.0, -1.0, 1.0, -1.0]), 0.0);
        assert!((decibels(&[0.1; 320]) + 20.0).abs() < 1e-4);
        assert_eq!(decibels(&[0.0; 320]), QUIETEST);
    }

    #[test]
    fn crossings_are_changes_of_sign() {
        let crossings = |samples: &[f32]| zero_crossings(samples, decibels(samples));
        assert_eq!(crossings(&[1.0, -1.0, 1.0]), 1.0);
        assert_eq!(crossings(&[0.01, 0.01, -0.01, -0.01, -0.01]), 0.25);
        assert_eq!(crossings(&[0.0, -1e-7, 0.0]), 0.0);
        assert_eq!(crossings(&[1.0, -1e-3, 1.0]), 0.0);
    }
}
