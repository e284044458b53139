//! The activation GELU in one pass over memory.

use crate::cpu::functions::normal;
use crate::cpu::step::{lanes, load, store};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Elements of a task: enough to be worth one, few enough to stay in the nearest caches.
const CHUNK: usize = 1 << 13;

/// `x P(X < x)` for a standard normal `X`, written over `x`: `x / 2 (1 + erf(x / sqrt 2))`.
///
/// Minus infinity gives not-a-number, as the formula does.
pub(crate) fn gelu_in_place(x: &mut [f32]) {
    let tasks = x.par_chunks_mut(CHUNK);
    tasks.for_each(|x| Arch::new().dispatch(Forward { x }));
}

/// [`gelu_in_place`], written to `y`.
pub(crate) fn gelu(x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len());
    let tasks = x.par_chunks(CHUNK).zip(y.par_chunks_mut(CHUNK));
    tasks.for_each(|(x, y)| {
        y.copy_from_slice(x);
        Arch::new().dispatch(Forward { x: y });
    });
}

/// `d_x` from the `x` of [`gelu`] and the gradient of its result.
pub(crate) fn gelu_gradient(x: &[f32], d_y: &[f32], d_x: &mut [f32]) {
    assert_eq!([x.len(), d_y.len()], [d_x.len(); 2]);
    let inputs = x.par_chunks(CHUNK).zip(d_y.par_chunks(CHUNK));
    let tasks = inputs.zip(d_x.par_chunks_mut(CHUNK));
    tasks.for_each(|((x, d_y), d_x)| Arch::new().dispatch(Backward { x, d_y, d_x }));
}

struct Forward<'a> {
    x: &'a mut [f32],
}

struct Backward<'a> {
    x: &'a [f32],
    d_y: &'a [f32],
    d_x: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for piece in lanes::<S>(self.x.len()) {
            let x = load(simd, &self.x[piece.clone()]);
            store(simd, &mut self.x[piece], activate(simd, x));
        }
    }
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for piece in lanes::<S>(self.x.len()) {
            let x = load(simd, &self.x[piece.clone()]);
            let [density, below] = normal(simd, x);
            let slope = simd.mul_add_e_f32s(x, density, below);
            let d_y = load(simd, &self.d_y[piece.clone()]);
            store(simd, &mut self.d_x[piece], simd.mul_f32s(d_y, slope));
        }
    }
}

#[inline(always)]
fn activate<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let [_, below] = normal(simd, x);
    simd.mul_f32s(x, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::testing::{assert_close, numbers, on_one_and_two_threads, wide};

    /// Share of the standard normal distribution below `x`, to 15 digits: the series of the share
    /// between 0 and `x`, or the continued fraction of that above `x`.
    fn share_below(x: f64) -> f64 {
        let density = density(x);
        if x.abs() < 3.0 {
            let mut term = x;
            let mut sum = 0.0;
            for k in 1..100 {
                sum += term;
                term *= x * x / f64::from(2 * k + 1);
            }
            return 0.5 + density * sum;
        }
        let fraction = (1..400)
            .rev()
            .fold(x.abs(), |below, k| x.abs() + f64::from(k) / below);
        let tail = density / fraction;
        if x < 0.0 { tail } else { 1.0 - tail }
    }

    fn density(x: f64) -> f64 {
        (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
    }

    fn activated(x: &[f32]) -> Vec<f32> {
        let mut y = vec![0.0; x.len()];
        gelu(x, &mut y);
        y
    }

    fn gradient(x: &[f32], d_y: &[f32]) -> Vec<f32> {
        let mut d_x = vec![0.0; x.len()];
        gelu_gradient(x, d_y, &mut d_x);
        d_x
    }

    #[test]
    fn values_are_exact_to_three_units() {
        let x: Vec<f32> = (-120_000..120_001).map(|x| x as f32 * 1e-4).collect();
        for (&x, y) in x.iter().zip(activated(&x)) {
            let expected = f64::from(x) * share_below(f64::from(x));
            let error = (f64::from(y) - expected).abs();
            let unit = f64::from(f32::EPSILON) * expected.abs();
            assert!(
                error <= (3.0 * unit).max(1e-22),
                "{x}: {expected}, found {y}"
            );
        }
    }

    #[test]
    fn gradients_match_their_definition() {
        let x: Vec<f32> = (-120_000..120_001).map(|x| x as f32 * 1e-4).collect();
        let slope = |&x: &f64| share_below(x) + x * density(x);
        let expected: Vec<f64> = wide(&x).iter().map(slope).collect();
        assert_close(&gradient(&x, &vec![1.0; x.len()]), &expected, 2.5e-7);
        assert_eq!(
            gradient(&[0.0, 0.0, 20.0], &[1.0, 3.0, 2.0]),
            [0.5, 1.5, 2.0]
        );
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(activated(&[]).is_empty());
    }

    #[test]
    fn written_over_its_argument_it_has_the_same_bits() {
        let mut x = numbers(CHUNK + 5, 2);
        let expected = activated(&x);
        gelu_in_place(&mut x);
        assert_eq!(x, expected);
    }

    #[test]
    fn extreme_arguments_saturate_and_nan_stays() {
        let x = [-1e30, -1e-30, 1e-30, 1e30, f32::INFINITY, f32::NAN];
        let y = activated(&x);
        assert_eq!(y[..5], [0.0, -5e-31, 5e-31, 1e30, f32::INFINITY]);
        assert!(y[5].is_nan());
        let d_x = gradient(&x, &[1.0; 6]);
        assert_eq!(d_x[..4], [0.0, 0.5, 0.5, 1.0]);
        assert!(d_x[5].is_nan());
    }

    #[test]
    fn threads_change_no_bit() {
        let x = numbers(5 * CHUNK + 3, 1);
        let [one, two] = on_one_and_two_threads(|| [activated(&x), gradient(&x, &x)]);
        assert_eq!(one, two);
    }
}
