//! What carries on from frame to frame: the recurrent cell and the probability.

use crate::weights::Weights;

/// Size of the cell.
pub(super) const D_CELL: usize = 128;
/// Sizes of its gates together: input, forget, candidate, output.
pub(super) const D_GATES: usize = 4 * D_CELL;
/// Rows that are added in one pass over the gates, which are then loaded and stored less often.
const ROWS: usize = 4;

/// A long short-term memory and the last layer, on the host.
///
/// Each frame needs the frame before, so that there is no product of many frames. A step on the host takes
/// less time than starting the dozen operations of a step on a device.
///
/// - `c' = sigmoid(f) * c + sigmoid(i) * tanh(g)`
/// - `h' = sigmoid(o) * tanh(c')`
/// - `probability = sigmoid(w * max(h', 0) + b)`
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// `[128, 512]`: what each hidden value adds to the gates.
    from_hidden: Vec<f32>,
    output_weight: Vec<f32>,
    output_bias: f32,
}

/// What the cell remembers; zeros at first.
#[derive(Clone, Debug)]
pub(crate) struct State {
    hidden: [f32; D_CELL],
    cell: [f32; D_CELL],
}

impl Default for State {
    fn default() -> Self {
        Self {
            hidden: [0.0; D_CELL],
            cell: [0.0; D_CELL],
        }
    }
}

impl Cell {
    /// The cell of these weights.
    pub fn new(weights: &Weights) -> Self {
        let rows = weights.get("lstm_cell.weight_hh");
        let columns = (0..D_CELL).flat_map(|column| rows.iter().skip(column).step_by(D_CELL));
        Self {
            from_hidden: columns.copied().collect(),
            output_weight: weights.get("final_conv.weight").to_vec(),
            output_bias: weights.get("final_conv.bias")[0],
        }
    }

    /// The probability of speech in a frame, in [0, 1]; the state becomes that after the frame.
    ///
    /// `gates` holds what the frame adds to the gates, and is used up.
    pub fn step(&self, state: &mut State, gates: &mut [f32; D_GATES]) -> f32 {
        let rows = self.from_hidden.as_chunks::<D_GATES>().0;
        for (rows, hidden) in rows.chunks_exact(ROWS).zip(state.hidden.chunks_exact(ROWS)) {
            for (index, gate) in gates.iter_mut().enumerate() {
                *gate += rows[0][index] * hidden[0]
                    + rows[1][index] * hidden[1]
                    + rows[2][index] * hidden[2]
                    + rows[3][index] * hidden[3];
            }
        }
        let mut output = self.output_bias;
        for index in 0..D_CELL {
            let [input, forget, candidate, out] =
                [0, 1, 2, 3].map(|gate| gates[gate * D_CELL + index]);
            let cell = sigmoid(forget) * state.cell[index] + sigmoid(input) * candidate.tanh();
            let hidden = sigmoid(out) * cell.tanh();
            state.cell[index] = cell;
            state.hidden[index] = hidden;
            output += self.output_weight[index] * hidden.max(0.0);
        }
        sigmoid(output)
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
