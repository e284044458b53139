//! One step of a GRU, forward and backward.

use crate::cpu::functions::{sigmoid, tanh};
use crate::cpu::step::{BackwardStep, ForwardStep, lanes, load, store};
use pulp::{Simd, WithSimd};

/// `n = tanh(x_n + r h_n)`, `h' = (1 - z) n + z h`. What is kept of a step as its memory is `h_n`,
/// the recurrent product of the candidate.
pub(crate) struct Forward<'a, const KEEPS_GATES: bool>(pub(crate) ForwardStep<'a>);

/// The gradients of [`Forward`].
pub(crate) struct Backward<'a>(pub(crate) BackwardStep<'a>);

impl<const KEEPS_GATES: bool> WithSimd for Forward<'_, KEEPS_GATES> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let step = self.0;
        let d_hidden = step.d_hidden;
        let gates = step.gates.chunks_exact_mut(3 * d_hidden);
        let recurrent = step.recurrent.chunks_exact(3 * d_hidden);
        let states =
            (step.hidden.chunks_exact_mut(d_hidden)).zip(step.memory.chunks_exact_mut(d_hidden));
        let mut hidden_before = step.hidden_before.chunks_exact(d_hidden);
        for ((gates, recurrent), (hidden, memory)) in gates.zip(recurrent).zip(states) {
            let before = hidden_before.next();
            let (reset, gates) = gates.split_at_mut(d_hidden);
            let (update, candidate) = gates.split_at_mut(d_hidden);
            for lanes in lanes::<S>(d_hidden) {
                let load = |x: &[f32]| load(simd, &x[lanes.clone()]);
                let product = |index: usize| load(&recurrent[index * d_hidden..]);
                let r = sigmoid(simd, simd.add_f32s(load(reset), product(0)));
                let z = sigmoid(simd, simd.add_f32s(load(update), product(1)));
                let h_n = product(2);
                let n = tanh(simd, simd.add_f32s(load(candidate), simd.mul_f32s(r, h_n)));
                let old = match before {
                    Some(before) => load(before),
                    None => simd.splat_f32s(0.0),
                };
                let change = simd.mul_f32s(simd.sub_f32s(old, n), z);
                let state = simd.add_f32s(change, n);
                for (out, value) in [(&mut *memory, h_n), (&mut *hidden, state)] {
                    store(simd, &mut out[lanes.clone()], value);
                }
                if KEEPS_GATES {
                    for (out, value) in [(&mut *reset, r), (&mut *update, z), (&mut *candidate, n)]
                    {
                        store(simd, &mut out[lanes.clone()], value);
                    }
                }
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
        let rows = (step.gates.chunks_exact_mut(3 * d_hidden))
            .zip(step.memory.chunks_exact(d_hidden))
            .zip(step.carried_hidden.chunks_exact_mut(d_hidden))
            .zip(step.d_candidate.chunks_exact_mut(d_hidden));
        for (row, (((gates, memory), carried), d_candidate)) in rows.enumerate() {
            let d_output = step.d_output.map_or(&nothing[..], |rows| rows.row(row));
            let before = (row < step.hidden_before.count()).then(|| step.hidden_before.row(row));
            let (reset, gates) = gates.split_at_mut(d_hidden);
            let (update, candidate) = gates.split_at_mut(d_hidden);
            for lanes in lanes::<S>(d_hidden) {
                let load = |x: &[f32]| load(simd, &x[lanes.clone()]);
                let product = |a, b| simd.mul_f32s(a, b);
                let rest = |x| simd.sub_f32s(one, x);
                let (r, z, n) = (load(reset), load(update), load(candidate));
                let old = match before {
                    Some(before) => load(before),
                    None => simd.splat_f32s(0.0),
                };
                let d_h = simd.add_f32s(load(d_output), load(carried));
                let d_n = product(product(d_h, rest(z)), rest(product(n, n)));
                let d_z = product(product(d_h, simd.sub_f32s(old, n)), product(z, rest(z)));
                let d_r = product(product(d_n, load(memory)), product(r, rest(r)));
                for (out, value) in [
                    (&mut *reset, d_r),
                    (&mut *update, d_z),
                    (&mut *candidate, product(d_n, r)),
                    (&mut *d_candidate, d_n),
                    // The product with the recurrent weights is added to this.
                    (&mut *carried, product(d_h, z)),
                ] {
                    store(simd, &mut out[lanes.clone()], value);
                }
            }
        }
    }
}
