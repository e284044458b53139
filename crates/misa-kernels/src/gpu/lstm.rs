//! One step of an LSTM in both directions, forward and backward.

use crate::gpu::place::{Place, Sizes, element, here, of_sequence, sigmoid};
use cubecl::prelude::*;

/// `c' = f c + i g`, `h' = o tanh(c')`.
#[cube(launch)]
#[allow(clippy::too_many_arguments, reason = "one for each buffer")]
pub(crate) fn lstm_forward(
    // `[rows, 2 * gates]`
    projected: &Tensor<f32>,
    // `[2, sequences, gates]`: of what has begun.
    recurrent: &Tensor<f32>,
    // `[2 * 2 * gates]`: of the input, then of the state.
    bias: &[f32],
    // `[2, sequences, d_hidden]`: in, the state before; out, the state.
    state: &mut [f32],
    // `[rows, 2 * d_hidden]` each: the state before, zero at the beginning, and the memory.
    earlier: &mut [f32],
    memory: &mut [f32],
    // `[rows, 2 * gates]`: values of the gates.
    gates: &mut [f32],
    // `[rows, 2 * d_hidden]`, the final memories after it.
    states: &mut [f32],
    forward: &Place,
    backward: &Place,
    sizes: &Sizes,
) {
    let unit = here(forward, backward, sizes);
    if !unit.alive {
        terminate!();
    }
    let d_gates = 4 * sizes.d_hidden;
    let column = unit.direction * d_gates + unit.feature;
    let mut sums = Array::<f32>::new(4usize);
    #[unroll]
    for gate in 0..4usize {
        let feature = gate * sizes.d_hidden;
        sums[gate] = element(projected, unit.row, column + feature)
            + bias[column + feature]
            + bias[2 * d_gates + column + feature]
            + of_sequence(recurrent, &unit, unit.feature + feature, unit.begun);
    }
    let i = sigmoid(sums[0]);
    let f = sigmoid(sums[1]);
    let g = sums[2].tanh();
    let o = sigmoid(sums[3]);
    let mut c = i * g;
    let mut before = 0.0f32;
    if unit.begun {
        c += f * memory[unit.state_before];
        before = state[unit.carried];
    }
    let h = o * c.tanh();
    let at = unit.row * 2 * d_gates + column;
    gates[at] = i;
    gates[at + sizes.d_hidden] = f;
    gates[at + 2 * sizes.d_hidden] = g;
    gates[at + 3 * sizes.d_hidden] = o;
    memory[unit.state] = c;
    earlier[unit.state] = before;
    state[unit.carried] = h;
    states[unit.state] = h;
    // The last step to write is the last one read.
    if unit.with_memory {
        states[unit.memory_row * 2 * sizes.d_hidden + unit.column] = c;
    }
}

/// The gradients of [`lstm_forward`].
#[cube(launch)]
#[allow(clippy::too_many_arguments, reason = "one for each buffer")]
pub(crate) fn lstm_backward(
    // `[rows, 2 * gates]`
    gates: &[f32],
    // `[rows, 2 * d_hidden]`
    memory: &[f32],
    // Gradient of the states and, after them, of the final memories.
    d_states: &Tensor<f32>,
    // `[2, sequences, d_hidden]`: gradient of the state from the step after.
    through: &Tensor<f32>,
    // `[2, sequences, d_hidden]`: the same for the memory; out, for the step before.
    carried: &mut [f32],
    // `[2, sequences, gates]`: gradient of the recurrent product,
    d_recurrent: &mut [f32],
    // and in `[rows, 2 * gates]`.
    d_gates: &mut [f32],
    forward: &Place,
    backward: &Place,
    sizes: &Sizes,
) {
    let unit = here(forward, backward, sizes);
    if !unit.alive {
        terminate!();
    }
    let d_hidden = sizes.d_hidden;
    let at = unit.row * 8 * d_hidden + unit.direction * 4 * d_hidden + unit.feature;
    let i = gates[at];
    let f = gates[at + d_hidden];
    let g = gates[at + 2 * d_hidden];
    let o = gates[at + 3 * d_hidden];
    let tanh_c = memory[unit.state].tanh();

    let d_h = element(d_states, unit.row, unit.column)
        + of_sequence(through, &unit, unit.feature, unit.going_on);
    let mut d_c = d_h * o * (1.0 - tanh_c * tanh_c);
    if unit.going_on {
        d_c += carried[unit.carried];
    } else if unit.with_memory {
        d_c += element(d_states, unit.memory_row, unit.column);
    }
    let mut before = 0.0f32;
    if unit.begun {
        before = memory[unit.state_before];
    }
    let d_i = d_c * g * i * (1.0 - i);
    let d_f = d_c * before * f * (1.0 - f);
    let d_g = d_c * i * (1.0 - g * g);
    let d_o = d_h * tanh_c * o * (1.0 - o);

    carried[unit.carried] = d_c * f;
    d_gates[at] = d_i;
    d_gates[at + d_hidden] = d_f;
    d_gates[at + 2 * d_hidden] = d_g;
    d_gates[at + 3 * d_hidden] = d_o;
    let to = (unit.carried - unit.feature) * 4 + unit.feature;
    d_recurrent[to] = d_i;
    d_recurrent[to + d_hidden] = d_f;
    d_recurrent[to + 2 * d_hidden] = d_g;
    d_recurrent[to + 3 * d_hidden] = d_o;
}
