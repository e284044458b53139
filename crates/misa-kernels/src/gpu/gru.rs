//! One step of a GRU in both directions, forward and backward.

use crate::gpu::place::{Place, Sizes, element, here, of_sequence, sigmoid};
use cubecl::prelude::*;

/// `n = tanh(x_n + r h_n)`, `h' = (1 - z) n + z h`. What is kept of a step as its memory is `h_n`,
/// the recurrent product of the candidate.
#[cube(launch)]
#[allow(clippy::too_many_arguments, reason = "one for each buffer")]
pub(crate) fn gru_forward(
    // `[rows, 2 * gates]`
    projected: &Tensor<f32>,
    // `[2, sequences, gates]`: of what has begun.
    recurrent: &Tensor<f32>,
    // `[2 * 2 * gates]`: of the input, then of the state.
    bias: &[f32],
    // `[2, sequences, d_hidden]`: in, the state before; out, the state.
    state: &mut [f32],
    // `[rows, 2 * d_hidden]`: the state before, zero at the beginning.
    earlier: &mut [f32],
    // `[rows, 2 * d_hidden]`
    memory: &mut [f32],
    // `[rows, 2 * gates]`: values of the gates.
    gates: &mut [f32],
    // `[rows, 2 * d_hidden]`
    states: &mut [f32],
    forward: &Place,
    backward: &Place,
    sizes: &Sizes,
) {
    let unit = here(forward, backward, sizes);
    if !unit.alive {
        terminate!();
    }
    let d_gates = 3 * sizes.d_hidden;
    let column = unit.direction * d_gates + unit.feature;
    let mut inputs = Array::<f32>::new(3usize);
    let mut products = Array::<f32>::new(3usize);
    #[unroll]
    for gate in 0..3usize {
        let feature = gate * sizes.d_hidden;
        inputs[gate] = element(projected, unit.row, column + feature) + bias[column + feature];
        products[gate] = bias[2 * d_gates + column + feature]
            + of_sequence(recurrent, &unit, unit.feature + feature, unit.begun);
    }
    let r = sigmoid(inputs[0] + products[0]);
    let z = sigmoid(inputs[1] + products[1]);
    let h_n = products[2];
    let n = (inputs[2] + r * h_n).tanh();

    let mut before = 0.0f32;
    if unit.begun {
        before = state[unit.carried];
    }
    let h = n + z * (before - n);

    let at = unit.row * 2 * d_gates + column;
    gates[at] = r;
    gates[at + sizes.d_hidden] = z;
    gates[at + 2 * sizes.d_hidden] = n;
    memory[unit.state] = h_n;
    earlier[unit.state] = before;
    state[unit.carried] = h;
    states[unit.state] = h;
}

/// The gradients of [`gru_forward`].
#[cube(launch)]
#[allow(clippy::too_many_arguments, reason = "one for each buffer")]
pub(crate) fn gru_backward(
    // `[rows, 2 * gates]`
    gates: &[f32],
    // `[rows, 2 * d_hidden]`
    memory: &[f32],
    // `[rows, 2 * d_hidden]`
    earlier: &[f32],
    // `[rows, 2 * d_hidden]`
    d_states: &Tensor<f32>,
    // `[2, sequences, d_hidden]`: gradient of the state through the product of the step after,
    through: &Tensor<f32>,
    // and past it; out, for the step before.
    carried: &mut [f32],
    // `[2, sequences, gates]`: gradient of the recurrent product,
    d_recurrent: &mut [f32],
    // and in `[rows, 2 * gates]`.
    d_gates: &mut [f32],
    // `[rows, 2 * gates]`: gradient of the input product.
    d_projected: &mut [f32],
    forward: &Place,
    backward: &Place,
    sizes: &Sizes,
) {
    let unit = here(forward, backward, sizes);
    if !unit.alive {
        terminate!();
    }
    let d_hidden = sizes.d_hidden;
    let at = unit.row * 6 * d_hidden + unit.direction * 3 * d_hidden + unit.feature;
    let r = gates[at];
    let z = gates[at + d_hidden];
    let n = gates[at + 2 * d_hidden];

    let mut d_h = element(d_states, unit.row, unit.column)
        + of_sequence(through, &unit, unit.feature, unit.going_on);
    if unit.going_on {
        d_h += carried[unit.carried];
    }
    let d_n = d_h * (1.0 - z) * (1.0 - n * n);
    let d_z = d_h * (earlier[unit.state] - n) * z * (1.0 - z);
    let d_r = d_n * memory[unit.state] * r * (1.0 - r);

    carried[unit.carried] = d_h * z;
    d_projected[at] = d_r;
    d_projected[at + d_hidden] = d_z;
    d_projected[at + 2 * d_hidden] = d_n;
    d_gates[at] = d_r;
    d_gates[at + d_hidden] = d_z;
    d_gates[at + 2 * d_hidden] = d_n * r;
    let to = (unit.carried - unit.feature) * 3 + unit.feature;
    d_recurrent[to] = d_r;
    d_recurrent[to + d_hidden] = d_z;
    d_recurrent[to + 2 * d_hidden] = d_n * r;
}
