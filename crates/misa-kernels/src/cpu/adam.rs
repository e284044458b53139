//! Adam in one pass over memory.

use crate::adam::Factors;
use crate::cpu::step::{load, store};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Elements of a task: enough to be worth one, few enough to stay in the nearest caches.
const CHUNK: usize = 1 << 14;

/// One update of every element.
pub(crate) fn update(
    parameter: &mut [f32],
    gradient: &[f32],
    [first, second]: [&mut [f32]; 2],
    factors: &Factors,
) {
    let tasks = (parameter
        .par_chunks_mut(CHUNK)
        .zip(gradient.par_chunks(CHUNK)))
    .zip(
        first
            .par_chunks_mut(CHUNK)
            .zip(second.par_chunks_mut(CHUNK)),
    );
    tasks.for_each(|((parameter, gradient), (first, second))| {
        Arch::new().dispatch(Update {
            parameter,
            gradient,
            first,
            second,
            factors,
        });
    });
}

/// [`update`] of one row, on this thread.
pub(crate) fn update_row(row: Row<'_>, gradient: &[f32], factors: &Factors) {
    Arch::new().dispatch(Update {
        parameter: row.parameter,
        gradient,
        first: row.first,
        second: row.second,
        factors,
    });
}

/// The updates that a row missed while it had no gradient, one for each of `factors`, from the
/// oldest. `steady` of the last ones have steps that only shrink.
pub(crate) fn catch_up(row: Row<'_>, factors: &[Factors], steady: usize) {
    Arch::new().dispatch(CatchUp {
        row,
        factors,
        steady,
    });
}

/// A row of a table with its moments.
pub(crate) struct Row<'a> {
    pub(crate) parameter: &'a mut [f32],
    pub(crate) first: &'a mut [f32],
    pub(crate) second: &'a mut [f32],
}

struct Update<'a> {
    parameter: &'a mut [f32],
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    factors: &'a Factors,
}

struct CatchUp<'a> {
    row: Row<'a>,
    factors: &'a [Factors],
    steady: usize,
}

/// A parameter with its moments, in registers.
#[derive(Clone, Copy)]
struct Element<V> {
    parameter: V,
    first: V,
    second: V,
}

impl WithSimd for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = S::F32_LANES;
        let elements = (self
            .parameter
            .chunks_mut(lanes)
            .zip(self.gradient.chunks(lanes)))
        .zip(
            self.first
                .chunks_mut(lanes)
                .zip(self.second.chunks_mut(lanes)),
        );
        for ((parameter, gradient), (first, second)) in elements {
            let element = Element {
                parameter: load(simd, parameter),
                first: load(simd, first),
                second: load(simd, second),
            };
            let gradient = clip(simd, load(simd, gradient), self.factors.clip);
            let element = next(simd, element, gradient, self.factors);
            store(simd, parameter, element.parameter);
            store(simd, first, element.first);
            store(simd, second, element.second);
        }
    }
}

impl WithSimd for CatchUp<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = S::F32_LANES;
        let zero = simd.splat_f32s(0.0);
        let Row {
            parameter,
            first,
            second,
        } = self.row;
        let from_steady = self.factors.len().saturating_sub(self.steady);
        let elements = (parameter.chunks_mut(lanes))
            .zip(first.chunks_mut(lanes).zip(second.chunks_mut(lanes)));
        for (parameter, (first, second)) in elements {
            let mut element = Element {
                parameter: load(simd, parameter),
                first: load(simd, first),
                second: load(simd, second),
            };
            let mut missed = self.factors.iter().enumerate();
            for (index, factors) in missed.by_ref() {
                let before = element.parameter;
                element = next(simd, element, zero, factors);
                // A step too small to change a number is followed by smaller ones.
                if index >= from_steady && same(simd, before, element.parameter) {
                    break;
                }
            }
            for (_, factors) in missed {
                element = fade(simd, element, factors);
            }
            store(simd, parameter, element.parameter);
            store(simd, first, element.first);
            store(simd, second, element.second);
        }
    }
}

#[inline(always)]
fn next<S: Simd>(
    simd: S,
    element: Element<S::f32s>,
    gradient: S::f32s,
    factors: &Factors,
) -> Element<S::f32s> {
    let product = |a, factor: f32| simd.mul_f32s(a, simd.splat_f32s(factor));
    let change = simd.sub_f32s(gradient, element.first);
    let first = simd.add_f32s(element.first, product(change, factors.first));
    let square = product(simd.mul_f32s(gradient, gradient), factors.second);
    let second = simd.add_f32s(product(element.second, factors.second_kept), square);
    let root = product(simd.sqrt_f32s(second), factors.root);
    let denominator = simd.add_f32s(root, simd.splat_f32s(factors.epsilon));
    let step = product(simd.div_f32s(first, denominator), factors.step);
    Element {
        parameter: simd.sub_f32s(element.parameter, step),
        first,
        second,
    }
}

/// [`next`] without a gradient and where the parameter cannot change.
#[inline(always)]
fn fade<S: Simd>(simd: S, element: Element<S::f32s>, factors: &Factors) -> Element<S::f32s> {
    let change = simd.sub_f32s(simd.splat_f32s(0.0), element.first);
    let change = simd.mul_f32s(change, simd.splat_f32s(factors.first));
    let kept = simd.splat_f32s(factors.second_kept);
    Element {
        first: simd.add_f32s(element.first, change),
        second: simd.mul_f32s(element.second, kept),
        ..element
    }
}

#[inline(always)]
fn same<S: Simd>(simd: S, a: S::f32s, b: S::f32s) -> bool {
    let difference = simd.abs_f32s(simd.sub_f32s(a, b));
    simd.reduce_max_f32s(difference) == 0.0
}

/// Not-a-number passes: a run has to notice it.
#[inline(always)]
fn clip<S: Simd>(simd: S, x: S::f32s, bound: Option<f32>) -> S::f32s {
    let Some(bound) = bound else {
        return x;
    };
    let high = simd.splat_f32s(bound);
    let low = simd.splat_f32s(-bound);
    let x = simd.select_f32s(simd.less_than_f32s(high, x), high, x);
    simd.select_f32s(simd.less_than_f32s(x, low), low, x)
}
