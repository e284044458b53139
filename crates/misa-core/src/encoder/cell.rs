//! One step of an LSTM or a GRU, in PyTorch's form and gate order.

use burn::prelude::*;
use burn::tensor::activation::{sigmoid, tanh};
use misa_kernels::CellKind;

/// What a cell carries from one step to the next, `[rows, d_hidden]` each.
#[derive(Clone, Debug)]
pub(crate) struct CellState {
    pub(crate) hidden: Tensor<2>,
    /// `None` for a GRU.
    pub(crate) memory: Option<Tensor<2>>,
}

/// The state before the first step: zeros.
pub(crate) fn initial_state(
    cell: CellKind,
    rows: usize,
    d_hidden: usize,
    device: &Device,
) -> CellState {
    let zeros = || Tensor::zeros([rows, d_hidden], device);
    CellState {
        hidden: zeros(),
        memory: (cell == CellKind::Lstm).then(zeros),
    }
}

/// The state after one step.
///
/// # Shapes
///
/// - input: `[rows, gates * d_hidden]`, the step times its weight plus its bias
/// - recurrent: `[rows, gates * d_hidden]`, the state times its weight plus its bias
pub(crate) fn next_state(input: Tensor<2>, recurrent: Tensor<2>, state: CellState) -> CellState {
    match state.memory {
        Some(memory) => lstm(input + recurrent, memory),
        None => gru(input, recurrent, state.hidden),
    }
}

impl CellState {
    /// Grows with zeros or shrinks to `rows`; returns the rows cut off, if any.
    pub(crate) fn resize(self, rows: usize) -> (Self, Option<Self>) {
        let [count, d_hidden] = self.hidden.dims();
        if count > rows {
            let ended = self.map(|x| x.narrow(0, rows, count - rows));
            return (self.map(|x| x.narrow(0, 0, rows)), Some(ended));
        }
        if count < rows {
            let zeros = Tensor::zeros([rows - count, d_hidden], &self.hidden.device());
            return (self.map(|x| Tensor::cat(vec![x, zeros.clone()], 0)), None);
        }
        (self, None)
    }

    /// The rows of all states, one state after another.
    pub(crate) fn stack(states: Vec<Self>) -> Self {
        let memories: Option<Vec<_>> = states.iter().map(|state| state.memory.clone()).collect();
        Self {
            hidden: Tensor::cat(states.into_iter().map(|state| state.hidden).collect(), 0),
            memory: memories.map(|memories| Tensor::cat(memories, 0)),
        }
    }

    /// Applies `f` to every part.
    pub(crate) fn map(&self, f: impl Fn(Tensor<2>) -> Tensor<2>) -> Self {
        Self {
            hidden: f(self.hidden.clone()),
            memory: self.memory.clone().map(f),
        }
    }
}

/// `c' = f c + i g`, `h' = o tanh(c')`.
fn lstm(gates: Tensor<2>, memory: Tensor<2>) -> CellState {
    let [input, forget, candidate, output] = split(gates);
    let memory = sigmoid(forget) * memory + sigmoid(input) * tanh(candidate);
    CellState {
        hidden: sigmoid(output) * tanh(memory.clone()),
        memory: Some(memory),
    }
}

/// `n = tanh(x_n + r h_n)`, `h' = (1 - z) n + z h`.
fn gru(input: Tensor<2>, recurrent: Tensor<2>, hidden: Tensor<2>) -> CellState {
    let [input_reset, input_update, input_candidate] = split(input);
    let [hidden_reset, hidden_update, hidden_candidate] = split(recurrent);
    let reset = sigmoid(input_reset + hidden_reset);
    let update = sigmoid(input_update + hidden_update);
    let candidate = tanh(input_candidate + reset * hidden_candidate);
    CellState {
        hidden: (hidden - candidate.clone()) * update + candidate,
        memory: None,
    }
}

/// Splits stacked gates.
fn split<const N: usize>(gates: Tensor<2>) -> [Tensor<2>; N] {
    let gates = gates.chunk(N, 1);
    gates
        .try_into()
        .expect("the gates are stacked in equal parts")
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tolerance;

    fn row<const N: usize>(values: [f32; N]) -> Tensor<2> {
        Tensor::from_data([values], &Device::flex())
    }

    fn assert_row(actual: Tensor<2>, expected: f32) {
        let expected = TensorData::from([[expected]]);
        actual
            .into_data()
            .assert_approx_eq::<f32>(&expected, Tolerance::absolute(1e-6));
    }

    #[test]
    fn lstm_step_matches_hand_computed_value() {
        // i = s(0) = 0.5, f = s(ln 3) = 0.75, g = tanh(0.5), o = s(0) = 0.5; c = 2.
        let state = CellState {
            hidden: row([0.0]),
            memory: Some(row([2.0])),
        };
        let gates = row([0.0, 3.0f32.ln(), 0.5, 0.0]);
        let next = next_state(gates, row([0.0; 4]), state);
        let memory = 0.75 * 2.0 + 0.5 * 0.5f32.tanh();
        assert_row(next.memory.unwrap(), memory);
        assert_row(next.hidden, 0.5 * memory.tanh());
    }

    #[test]
    fn gru_resets_after_the_recurrent_product() {
        // r = s(0) = 0.5, z = s(ln 3) = 0.75, n = tanh(1 + 0.5 * 4); h = 0.25 n + 0.75 * 2.
        let state = CellState {
            hidden: row([2.0]),
            memory: None,
        };
        let next = next_state(row([0.0, 0.0, 1.0]), row([0.0, 3.0f32.ln(), 4.0]), state);
        assert_row(next.hidden, 0.25 * 3.0f32.tanh() + 0.75 * 2.0);
    }
}
