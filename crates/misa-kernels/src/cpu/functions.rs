//! Functions of a vector of numbers: sigmoid, hyperbolic tangent, the normal distribution.
//!
//! Within 3 units in the last place everywhere; NaN stays NaN.

use pulp::Simd;

/// Bounds of the argument of [`exp`], inside of which the result is a normal number.
const EXP_RANGE: [f32; 2] = [-87.0, 88.0];
/// `ln 2`, the first part short enough for an exact product with any exponent.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// `(e^x - 1 - x) / x^2` within half of `ln 2`: interpolated in the Chebyshev points.
const EXP: [f32; 5] = [
    0.5,
    0.166_665_78,
    0.041_666_556,
    0.008_363_173,
    0.001_392_617_6,
];
/// Below this a difference of exponentials would lose digits.
const TANH_SMALL: f32 = 0.625;
/// `(tanh x / x - 1) / x^2` by powers of `x^2`, up to [`TANH_SMALL`]; likewise interpolated.
const TANH: [f32; 5] = [
    -0.333_333_28,
    0.133_327_7,
    -0.053_850_908,
    0.020_997_18,
    -0.006_096_714,
];

/// Beyond this many deviations nothing is left of the normal distribution.
const NORMAL_RANGE: f32 = 10.0;
/// Where the argument `(x - c) / (x + c)` of [`NORMAL_TAIL`] is 0.
const NORMAL_CENTRE: f32 = 3.0;
/// `e^(x^2 / 2)` times the share above `x >= 0`; likewise interpolated, up to [`NORMAL_RANGE`].
const NORMAL_TAIL: [f32; 10] = [
    0.121_513_95,
    -0.206_402_61,
    0.123_225_06,
    -0.046_213_455,
    0.006_131_639_2,
    0.002_905_489_9,
    -0.000_981_541_8,
    -0.000_340_460_68,
    0.000_111_655_46,
    0.000_051_805_197,
];

/// Density of the standard normal distribution at `x`, and the share of it below `x`.
#[inline(always)]
pub(crate) fn normal<S: Simd>(simd: S, x: S::f32s) -> [S::f32s; 2] {
    let splat = |value| simd.splat_f32s(value);
    let size = simd.abs_f32s(x);
    let bounded = simd.min_f32s(size, splat(NORMAL_RANGE));
    // Of the exponent, what rounding took from it is a factor of its own.
    let half = simd.mul_f32s(bounded, splat(-0.5));
    let exponent = simd.mul_f32s(half, bounded);
    let rest = simd.mul_add_f32s(half, bounded, simd.neg_f32s(exponent));
    let power = exp(simd, exponent);
    let power = simd.mul_add_f32s(power, rest, power);
    let zero = splat(0.0);
    let power = simd.select_f32s(simd.less_than_f32s(size, splat(NORMAL_RANGE)), power, zero);

    let centre = splat(NORMAL_CENTRE);
    let argument = simd.div_f32s(
        simd.sub_f32s(bounded, centre),
        simd.add_f32s(bounded, centre),
    );
    let tail = simd.mul_f32s(power, polynomial(simd, argument, NORMAL_TAIL));
    let rest = simd.sub_f32s(splat(1.0), tail);
    let below = simd.select_f32s(simd.less_than_f32s(x, zero), tail, rest);
    let root = splat(std::f32::consts::FRAC_2_SQRT_PI * std::f32::consts::FRAC_1_SQRT_2 / 2.0);
    [simd.mul_f32s(power, root), below]
}

/// `1 / (1 + e^-x)`
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    let exp = exp(simd, simd.neg_f32s(x));
    simd.div_f32s(one, simd.add_f32s(one, exp))
}

/// `(e^x - e^-x) / (e^x + e^-x)`
#[inline(always)]
pub(crate) fn tanh<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    let two = simd.splat_f32s(2.0);
    let exp = exp(simd, simd.mul_f32s(two, x));
    let large = simd.sub_f32s(one, simd.div_f32s(two, simd.add_f32s(exp, one)));

    let square = simd.mul_f32s(x, x);
    let tail = simd.mul_f32s(square, polynomial(simd, square, TANH));
    let small = simd.mul_add_e_f32s(x, tail, x);

    let is_small = simd.less_than_f32s(simd.abs_f32s(x), simd.splat_f32s(TANH_SMALL));
    simd.select_f32s(is_small, small, large)
}

/// `e^x`, clamped to what a normal number can hold.
#[inline(always)]
pub(crate) fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    // Adding it rounds to a whole number and leaves that number plus the bias of an exponent in
    // the lowest bits.
    let round = simd.splat_f32s(12_582_912.0 + 127.0);
    let [low, high] = EXP_RANGE.map(|bound| simd.splat_f32s(bound));
    let clamped = simd.min_f32s(high, simd.max_f32s(low, x));

    let log_2_e = simd.splat_f32s(std::f32::consts::LOG2_E);
    let shifted = simd.add_f32s(simd.mul_f32s(clamped, log_2_e), round);
    let power = simd.sub_f32s(shifted, round);
    let rest = LN_2.iter().fold(clamped, |rest, &part| {
        simd.sub_f32s(rest, simd.mul_f32s(power, simd.splat_f32s(part)))
    });

    let one = simd.splat_f32s(1.0);
    let square = simd.mul_f32s(rest, rest);
    let tail = simd.mul_add_e_f32s(square, polynomial(simd, rest, EXP), rest);
    let mantissa = simd.add_f32s(one, tail);
    let bits = simd.transmute_u32s_f32s(shifted);
    let scale = simd.wrapping_dyn_shl_u32s(bits, simd.splat_u32s(23));
    let result = simd.mul_f32s(mantissa, simd.transmute_f32s_u32s(scale));
    // The bounds would hide it.
    simd.select_f32s(simd.equal_f32s(x, x), result, x)
}

#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, x: S::f32s, factors: [f32; N]) -> S::f32s {
    let highest = simd.splat_f32s(factors[N - 1]);
    factors[..N - 1].iter().rev().fold(highest, |sum, &factor| {
        simd.mul_add_e_f32s(sum, x, simd.splat_f32s(factor))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Arch, WithSimd};

    /// Sigmoid and hyperbolic tangent of every number.
    struct Both<'a>(&'a [f32]);

    impl WithSimd for Both<'_> {
        type Output = Vec<[f32; 2]>;

        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            let first = |x: S::f32s| bytes_of(simd, x);
            let both = |&x: &f32| {
                let x = simd.splat_f32s(x);
                [first(sigmoid(simd, x)), first(tanh(simd, x))]
            };
            self.0.iter().map(both).collect()
        }
    }

    fn bytes_of<S: Simd>(simd: S, x: S::f32s) -> f32 {
        let mut out = [0.0];
        simd.partial_store_f32s(&mut out, x);
        out[0]
    }

    fn units_apart(actual: f32, expected: f64) -> f64 {
        let unit = f64::from(f32::EPSILON) * expected.abs().max(f64::from(f32::MIN_POSITIVE));
        (f64::from(actual) - expected).abs() / unit
    }

    #[test]
    fn functions_are_exact_to_three_units() {
        let inputs: Vec<f32> = (-860_000..860_000).map(|x| x as f32 * 1e-4).collect();
        for (&x, [sigmoid, tanh]) in inputs.iter().zip(Arch::new().dispatch(Both(&inputs))) {
            let x = f64::from(x);
            assert!(units_apart(sigmoid, 1.0 / (1.0 + (-x).exp())) < 3.0, "{x}");
            assert!(units_apart(tanh, x.tanh()) < 3.0, "tanh {x}");
        }
    }

    #[test]
    fn extreme_arguments_saturate_and_nan_stays() {
        let inputs = [f32::INFINITY, f32::NEG_INFINITY, 1e-30, f32::NAN, f32::MAX];
        let [high, low, tiny, nan, max] = Arch::new().dispatch(Both(&inputs))[..] else {
            panic!("one result for each");
        };
        assert_eq!(high, [1.0, 1.0]);
        assert!(low[0] < 1e-37 && low[1] == -1.0);
        assert_eq!(tiny, [0.5, 1e-30]);
        assert!(nan.iter().all(|x| x.is_nan()));
        assert_eq!(max, [1.0, 1.0]);
    }
}
