//! One step of an LSTM, forward and backward.

use crate::cpu::functions::{sigmoid, tanh};
use crate::cpu::step::{BackwardStep, ForwardStep, lanes, load, store};
use pulp::{Simd, WithSimd};

/// `c' = f c + i g`, `h' = o tanh(c')`.
pub(crate) struct Forward<'a, const KEEPS_GATES: bool>(pub(crate) ForwardStep<'a>);

/// The gradients of [`Forward`].
pub(crate) struct Backward<'a>(pub(crate) BackwardStep<'a>);

impl<const KEEPS_GATES: bool> WithSimd for Forward<'_, KEEPS_GATES> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let step = self.0;
        let d_hidden = step.d_hidden;
        let gates = step.gates.chunks_exact_mut(4 * d_hidden);
        let recurrent = step.recurrent.chunks_exact(4 * d_hidden);
        let states =
            (step.hidden.chunks_exact_mut(d_hidden)).zip(step.memory.chunks_exact_mut(d_hidden));
        let mut memory_before = step.memory_before.chunks_exact(d_hidden);
        for ((gates, recurrent), (hidden, memory)) in gates.zip(recurrent).zip(states) {
            let before = memory_before.next();
            let (input, gates) = gates.split_at_mut(d_hidden);
            let (forget, gates) = gates.split_at_mut(d_hidden);
            let (candidate, output) = gates.split_at_mut(d_hidden);
            for lanes in lanes::<S>(d_hidden) {
                let load = |x: &[f32]| load(simd, &x[lanes.clone()]);
                let gate = |x: &[f32], index: usize| {
                    simd.add_f32s(load(x), load(&recurrent[index * d_hidden..]))
                };
                let i = sigmoid(simd, gate(input, 0));
                let f = sigmoid(simd, gate(forget, 1));
                let g = tanh(simd, gate(candidate, 2));
                let o = sigmoid(simd, gate(output, 3));
                let kept = match before {
                    Some(before) => simd.mul_f32s(f, load(before)),
                    None => simd.splat_f32s(0.0),
                };
                let c = simd.add_f32s(kept, simd.mul_f32s(i, g));
                for (out, value) in [(&mut *memory, c), (&mut *output, o)] {
                    store(simd, &mut out[lanes.clone()], value);
                }
                if KEEPS_GATES {
                    for (out, value) in [(&mut *input, i), (&mut *forget, f), (&mut *candidate, g)]
                    {
                        store(simd, &mut out[lanes.clone()], value);
                    }
                }
            }
            // In a loop of its own, whose turns do not wait for each other.
            for lanes in lanes::<S>(d_hidden) {
                let load = |x: &[f32]| load(simd, &x[lanes.clone()]);
                let h = simd.mul_f32s(load(output), tanh(simd, load(memory)));
                store(simd, &mut hidden[lanes], h);
            }
        }
    }
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let step = self.0;
        let d_hidden = step.d_hidden;
        let one = simd.splat_f32s(1.0);
        let nothing = step.nothing();
        let mut memory_before = step.memory_before.chunks_exact(d_hidden);
        let carried = (step.carried_hidden.chunks_exact(d_hidden))
            .zip(step.carried_memory.chunks_exact_mut(d_hidden));
        let rows = (step.gates.chunks_exact_mut(4 * d_hidden))
            .zip(step.memory.chunks_exact(d_hidden))
            .zip(carried);
        for (row, ((gates, memory), (carried_hidden, carried_memory))) in rows.enumerate() {
            let d_output = step.d_output.map_or(&nothing[..], |rows| rows.row(row));
            let before = memory_before.next();
            let (input, rest) = gates.split_at_mut(d_hidden);
            let (forget, rest) = rest.split_at_mut(d_hidden);
            let (candidate, output) = rest.split_at_mut(d_hidden);
            for lanes in lanes::<S>(d_hidden) {
                let load = |x: &[f32]| load(simd, &x[lanes.clone()]);
                let product = |a, b| simd.mul_f32s(a, b);
                // The derivative of a sigmoid by its value.
                let slope = |x| product(x, simd.sub_f32s(one, x));
                let (i, f) = (load(input), load(forget));
                let (g, o) = (load(candidate), load(output));
                let tanh_c = tanh(simd, load(memory));
                let d_h = simd.add_f32s(load(d_output), load(carried_hidden));
                let through = product(product(d_h, o), curve(simd, tanh_c));
                let d_c = simd.add_f32s(load(carried_memory), through);
                let d_f = match before {
                    Some(before) => product(product(d_c, load(before)), slope(f)),
                    None => simd.splat_f32s(0.0),
                };
                for (out, value) in [
                    (&mut *input, product(product(d_c, g), slope(i))),
                    (&mut *forget, d_f),
                    (&mut *candidate, product(product(d_c, i), curve(simd, g))),
                    (&mut *output, product(product(d_h, tanh_c), slope(o))),
                    (&mut *carried_memory, product(d_c, f)),
                ] {
                    store(simd, &mut out[lanes.clone()], value);
                }
            }
        }
    }
}

/// The derivative of a hyperbolic tangent by its value.
#[inline(always)]
fn curve<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    simd.sub_f32s(simd.splat_f32s(1.0), simd.mul_f32s(x, x))
}
