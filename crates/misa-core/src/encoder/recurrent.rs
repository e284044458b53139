//! A bidirectional recurrent layer over sequences of unequal length.

use crate::encoder::{
    cell::{CellKind, CellState},
    orthogonal::orthogonal,
    packed::{PackedSequence, Packing},
};
use burn::{module::Param, nn::Initializer, prelude::*};

/// Configuration of [`Recurrent`].
#[derive(Config, Debug)]
pub struct RecurrentConfig {
    /// Features of a step.
    pub d_input: usize,
    /// Features of the state in each direction.
    pub d_hidden: usize,
    /// Recurrent unit.
    #[config(default = "CellKind::Lstm")]
    pub cell: CellKind,
}

/// One bidirectional layer, equal to PyTorch's on packed sequences.
///
/// The backward direction starts at the last real step of each sequence. Padding is never read.
///
/// - Source: MISA, utterance-level representations; PyTorch's `nn.LSTM` and `nn.GRU`.
#[derive(Module, Debug)]
pub struct Recurrent {
    forward: Direction,
    backward: Direction,
    #[module(skip)]
    cell: CellKind,
}

/// Weights of one direction, in PyTorch's layout.
#[derive(Module, Debug)]
struct Direction {
    /// `[gates * d_hidden, d_input]`
    weight_ih: Param<Tensor<2>>,
    /// `[gates * d_hidden, d_hidden]`
    weight_hh: Param<Tensor<2>>,
    /// `[gates * d_hidden]`
    bias_ih: Param<Tensor<1>>,
    /// `[gates * d_hidden]`
    bias_hh: Param<Tensor<1>>,
}

/// What a [`Recurrent`] layer says of each step and of each sequence.
#[derive(Clone, Debug)]
pub struct RecurrentOutput {
    /// State after each step, the forward direction's features before the backward's.
    pub steps: PackedSequence,
    /// Final state of the forward and of the backward direction, `[batch, d_hidden]` each: after
    /// the last and after the first step.
    pub hidden: [Tensor<2>; 2],
    /// Final memory of both directions, `[batch, d_hidden]` each. Only an LSTM has one.
    pub memory: Option<[Tensor<2>; 2]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    Forward,
    Backward,
}

impl RecurrentConfig {
    /// Creates the layer on `device`.
    ///
    /// Every weight is uniform in `±1/sqrt(d_hidden)` except the recurrent ones: each is one
    /// orthogonal matrix over all its gates.
    ///
    /// - Source: PyTorch's defaults; the official solver for the recurrent weights.
    pub fn init(&self, device: &Device) -> Recurrent {
        Recurrent {
            forward: self.direction(device),
            backward: self.direction(device),
            cell: self.cell,
        }
    }

    fn direction(&self, device: &Device) -> Direction {
        let rows = self.cell.gates() * self.d_hidden;
        let bound = 1.0 / (self.d_hidden as f64).sqrt();
        let uniform = Initializer::Uniform {
            min: -bound,
            max: bound,
        };
        Direction {
            weight_ih: uniform.init([rows, self.d_input], device),
            weight_hh: Param::from_tensor(orthogonal([rows, self.d_hidden], device)),
            bias_ih: uniform.init([rows], device),
            bias_hh: uniform.init([rows], device),
        }
    }
}

impl Recurrent {
    /// Reads every sequence in both directions.
    ///
    /// # Shapes
    ///
    /// - input: rows of `d_input` features
    /// - output: rows of `2 * d_hidden` features, states of `d_hidden`
    ///
    /// # Panics
    ///
    /// Panics if a row does not have `d_input` features.
    pub fn forward(&self, input: &PackedSequence) -> RecurrentOutput {
        let [_, d_input] = self.forward.weight_ih.val().dims();
        assert_shape!(input.rows, [_, d_input]);
        let packing = &input.packing;
        let [forward, backward] = [
            (&self.forward, Time::Forward),
            (&self.backward, Time::Backward),
        ]
        .map(|(direction, time)| direction.read(input, self.cell, time));
        let memories = forward.1.memory.zip(backward.1.memory);

        RecurrentOutput {
            steps: input.with_rows(Tensor::cat(vec![forward.0, backward.0], 1)),
            hidden: [forward.1.hidden, backward.1.hidden].map(|x| packing.restore_order(x)),
            memory: memories.map(|(f, b)| [f, b].map(|x| packing.restore_order(x))),
        }
    }
}

impl Direction {
    /// The state after every step, as rows in packed order, and the final states, longest first.
    fn read(&self, input: &PackedSequence, cell: CellKind, time: Time) -> (Tensor<2>, CellState) {
        let packing: &Packing = &input.packing;
        let weight_hh = self.weight_hh.val().transpose();
        let bias_hh = self.bias_hh.val().unsqueeze();
        let [d_hidden, _] = weight_hh.dims();
        let projected = input.rows.clone().matmul(self.weight_ih.val().transpose())
            + self.bias_ih.val().unsqueeze();

        let mut steps = split_rows(projected, packing.active());
        time.order(&mut steps);
        let first = steps.first().map_or(0, |step| step.dims()[0]);
        let mut state = cell.initial_state(first, d_hidden, &input.rows.device());
        let mut states = Vec::with_capacity(steps.len());
        let mut ended = Vec::new();
        for step in steps {
            let (alive, cut) = state.resize(step.dims()[0]);
            ended.extend(cut);
            let recurrent = alive.hidden.clone().matmul(weight_hh.clone()) + bias_hh.clone();
            state = cell.step(step, recurrent, alive);
            states.push(state.hidden.clone());
        }
        time.order(&mut states);
        // The shortest sequences end first and are the last rows.
        ended.push(state);
        ended.reverse();
        (Tensor::cat(states, 0), CellState::stack(ended))
    }
}

impl Time {
    fn order<T>(self, steps: &mut [T]) {
        if self == Self::Backward {
            steps.reverse();
        }
    }
}

/// Cuts `rows` into consecutive pieces of the given sizes.
///
/// By halves, because the gradient of a slice is as large as what it was cut from: cutting `n`
/// pieces one by one would cost `n` times the whole, cutting by halves costs `log n` times.
fn split_rows(rows: Tensor<2>, sizes: &[usize]) -> Vec<Tensor<2>> {
    if sizes.len() <= 1 {
        return vec![rows];
    }
    let (first, second) = sizes.split_at(sizes.len() / 2);
    let [end, _] = rows.dims();
    let cut = first.iter().sum::<usize>();
    let mut pieces = split_rows(rows.clone().narrow(0, 0, cut), first);
    pieces.extend(split_rows(rows.narrow(0, cut, end - cut), second));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tolerance;

    #[test]
    fn rows_are_split_in_order() {
        let rows = Tensor::<2>::from_data([[1.0], [2.0], [3.0], [4.0], [5.0]], &Device::flex());
        let pieces = split_rows(rows, &[2, 2, 1]);
        let pieces: Vec<Vec<f32>> = pieces
            .into_iter()
            .map(|x| x.into_data().try_to_vec().unwrap())
            .collect();
        assert_eq!(pieces, [vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0]]);
    }

    #[test]
    #[should_panic(expected = "axis 1 expected 3, got 2")]
    fn rows_must_have_the_features_of_the_layer() {
        let device = Device::flex();
        let layer = RecurrentConfig::new(3, 4).init(&device);
        let _ = layer.forward(&PackedSequence::new(
            Tensor::zeros([1, 2, 2], &device),
            &[2],
        ));
    }

    #[test]
    fn recurrent_weights_are_orthogonal_over_all_gates() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = RecurrentConfig::new(5, 6)
                .with_cell(cell)
                .init(&Device::flex());
            for direction in [layer.forward, layer.backward] {
                let weight = direction.weight_hh.val();
                let product = weight.clone().transpose().matmul(weight);
                let identity = Tensor::<2>::eye(6, &Device::flex());
                product
                    .into_data()
                    .assert_approx_eq::<f32>(&identity.into_data(), Tolerance::absolute(1e-5));
            }
        }
    }
}
