//! Values that are neither NaN nor infinite.

/// Whether no value is NaN or infinite. The loop has no early exit, so that the compiler can
/// vectorise it.
pub(crate) fn is_finite(values: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    let is_bad = |value: &f32| u32::from(value.to_bits() & EXPONENT == EXPONENT);
    values.iter().map(is_bad).fold(0, |any, bad| any | bad) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_means_neither_nan_nor_infinite() {
        assert!(is_finite(&[
            0.0,
            -f32::MAX,
            f32::MIN_POSITIVE / 2.0,
            f32::MAX
        ]));
        for odd in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(!is_finite(&[1.0, odd, 2.0]));
        }
    }
}
