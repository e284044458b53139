//! Logarithms that a processor computes several at once.

use std::f32::consts::{LOG10_2, LOG10_E, SQRT_2};

/// Bits of the fraction of a number.
const FRACTION: u32 = 23;

/// Logarithm to the base 10 of a number that is at least [`f32::MIN_POSITIVE`], to nearly seven digits.
///
/// It has neither a branch nor a table. With `x = 2^e m` and m near 1, the series of
/// `ln m = 2 artanh((m - 1) / (m + 1))` needs few terms.
#[inline]
pub(super) fn log10(x: f32) -> f32 {
    let bits = x.to_bits();
    let fraction = f32::from_bits(bits & ((1 << FRACTION) - 1) | 1.0_f32.to_bits());
    let exponent = (bits >> FRACTION) as i32 - 127;
    let is_large = fraction > SQRT_2;
    let near_one = if is_large { 0.5 * fraction } else { fraction };
    let exponent = (exponent + i32::from(is_large)) as f32;
    let t = (near_one - 1.0) / (near_one + 1.0);
    let square = t * t;
    let series = 1.0
        + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square * (1.0 / 9.0))));
    exponent * LOG10_2 + 2.0 * LOG10_E * t * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_the_library() {
        assert_eq!(log10(1.0), 0.0);
        let mut x = f32::MIN_POSITIVE;
        while x < 1e38 {
            let expected = f64::from(x).log10();
            let tolerance = 3e-7 * (1.0 + expected.abs());
            assert!((f64::from(log10(x)) - expected).abs() < tolerance, "{x}");
            x *= 1.003;
        }
    }
}
