//! A bidirectional recurrent layer over sequences of unequal length.

use crate::encoder::CellKind;
use crate::encoder::cell::{CellState, initial_state, next_state};
use crate::encoder::orthogonal::orthogonal;
use crate::encoder::packed::{PackedSequence, Packing, int_tensor};
use burn::module::Param;
use burn::nn::Initializer;
use burn::prelude::*;
use misa_kernels::{DirectionWeights, Layer, LayerOutput, available};
use std::sync::Arc;

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

/// What a [`Recurrent`] layer computes from each step and each sequence.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecurrentOutput {
    /// State after each step, the forward direction's features before the backward's.
    pub states: PackedSequence,
    /// Final state of the forward and of the backward direction, `[batch, d_hidden]` each: after
    /// the last and after the first step.
    pub hidden: [Tensor<2>; 2],
    /// Final memory of both directions, `[batch, d_hidden]` each, if requested. Only an LSTM has
    /// one.
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
    /// One operation where the device has a kernel for it, otherwise a loop of Burn's operations.
    ///
    /// # Shapes
    ///
    /// - input: rows of `d_input` features
    /// - output: rows of `2 * d_hidden` features, states of `d_hidden`; no memory
    ///
    /// # Panics
    ///
    /// Panics if a row does not have `d_input` features.
    pub fn forward(&self, input: &PackedSequence) -> RecurrentOutput {
        self.read(input, false)
    }

    /// [`Self::forward`] with the final memories of an LSTM, which cost a copy of the states.
    #[doc(hidden)]
    pub fn forward_with_memory(&self, input: &PackedSequence) -> RecurrentOutput {
        self.read(input, self.cell == CellKind::Lstm)
    }

    fn read(&self, input: &PackedSequence, with_memory: bool) -> RecurrentOutput {
        let [_, d_input] = self.forward.weight_ih.val().dims();
        assert_shape!(input.rows, [_, d_input]);
        if available(&input.rows.device(), input.rows.dtype()) {
            self.read_with_kernel(input, with_memory)
        } else {
            self.read_step_by_step(input, with_memory)
        }
    }

    /// Only the final state of the forward and of the backward direction, `[batch, d_hidden]` each.
    pub(crate) fn final_states(&self, input: &PackedSequence) -> [Tensor<2>; 2] {
        let [_, d_input] = self.forward.weight_ih.val().dims();
        assert_shape!(input.rows, [_, d_input]);
        if !available(&input.rows.device(), input.rows.dtype()) {
            return self.read_step_by_step(input, false).hidden;
        }
        let states = self.kernel(input, LayerOutput::FinalStates);
        by_direction(input.packing.restore_order(states))
    }

    /// What the kernel returns.
    fn kernel(&self, input: &PackedSequence, output: LayerOutput) -> Tensor<2> {
        let [_, d_hidden] = self.forward.weight_hh.val().dims();
        let layer = Layer {
            cell: self.cell,
            d_input: input.rows.dims()[1],
            d_hidden,
            steps: input.packing.steps().clone(),
            repeats: input.repeats.clone(),
            output,
        };
        let [forward, backward] = [&self.forward, &self.backward].map(Direction::weights);
        Arc::new(layer).forward(input.rows.clone(), forward, backward)
    }

    fn read_with_kernel(&self, input: &PackedSequence, with_memory: bool) -> RecurrentOutput {
        let packing = &input.packing;
        let [rows, _] = input.rows.dims();
        let output = if with_memory {
            LayerOutput::StatesAndMemories
        } else {
            LayerOutput::States
        };
        let output = self.kernel(input, output);
        let (batch, d_hidden) = (packing.batch(), output.dims()[1] / 2);
        let (states, memory) = if with_memory {
            let memory = output.clone().narrow(0, rows, batch);
            let memory = by_direction(packing.restore_order(memory));
            (output.narrow(0, 0, rows), Some(memory))
        } else {
            (output, None)
        };
        // Both ends at once: the gradient of a selection is as large as its source.
        let ends = packing.ends().concat().into_iter().map(|row| row as i64);
        let ends = int_tensor(ends.collect(), &states.device());
        let ends = states.clone().select(0, ends);
        let hidden = [0, 1].map(|direction| {
            let ends = ends.clone().narrow(0, direction * batch, batch);
            ends.narrow(1, direction * d_hidden, d_hidden)
        });
        RecurrentOutput {
            states: input.with_rows(states),
            hidden,
            memory,
        }
    }

    /// The same from Burn's operations: runs on every device, and is the reference for the kernels.
    fn read_step_by_step(&self, input: &PackedSequence, with_memory: bool) -> RecurrentOutput {
        let packing = &input.packing;
        let [forward, backward] = [
            (&self.forward, Time::Forward),
            (&self.backward, Time::Backward),
        ]
        .map(|(direction, time)| direction.read(input, self.cell, time));
        let memories = (forward.1.memory.zip(backward.1.memory)).filter(|_| with_memory);

        RecurrentOutput {
            states: input.with_rows(Tensor::cat(vec![forward.0, backward.0], 1)),
            hidden: [forward.1.hidden, backward.1.hidden].map(|x| packing.restore_order(x)),
            memory: memories.map(|(f, b)| [f, b].map(|x| packing.restore_order(x))),
        }
    }
}

/// The features of the forward and of the backward direction.
fn by_direction(x: Tensor<2>) -> [Tensor<2>; 2] {
    let d_hidden = x.dims()[1] / 2;
    [0, d_hidden].map(|start| x.clone().narrow(1, start, d_hidden))
}

impl Direction {
    fn weights(&self) -> DirectionWeights {
        DirectionWeights {
            input: self.weight_ih.val(),
            hidden: self.weight_hh.val(),
            input_bias: self.bias_ih.val(),
            hidden_bias: self.bias_hh.val(),
        }
    }

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
        let mut state = initial_state(cell, first, d_hidden, &input.rows.device());
        let mut states = Vec::with_capacity(steps.len());
        let mut ended = Vec::new();
        for step in steps {
            let (alive, cut) = state.resize(step.dims()[0]);
            ended.extend(cut);
            let recurrent = alive.hidden.clone().matmul(weight_hh.clone()) + bias_hh.clone();
            state = next_state(step, recurrent, alive);
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
/// By halves, because the gradient of a slice is as large as its source: cutting `n` pieces one by
/// one would cost `n` times the whole, cutting by halves costs `log n` times.
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
    use crate::testing::device;
    use burn::tensor::Tolerance;

    #[test]
    fn rows_are_split_in_order() {
        let rows = Tensor::<2>::from_data([[1.0], [2.0], [3.0], [4.0], [5.0]], &device());
        let pieces = split_rows(rows, &[2, 2, 1]);
        let pieces: Vec<Vec<f32>> = pieces
            .into_iter()
            .map(|x| x.into_data().try_to_vec().unwrap())
            .collect();
        assert_eq!(pieces, [vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0]]);
    }

    /// Values and gradients of a pass, by name.
    fn pass(
        layer: &Recurrent,
        lengths: &[usize],
        read: impl Fn(&Recurrent, &PackedSequence) -> RecurrentOutput,
    ) -> Vec<(&'static str, TensorData)> {
        let weight_ih = layer.forward.weight_ih.val();
        let device = weight_ih.device();
        let steps = lengths.iter().copied().max().unwrap_or(0);
        let [_, d_input] = weight_ih.dims();
        let ramp = |count: usize, scale: f32| {
            Tensor::<1, Int>::arange(0..count as i64, &device).float() * scale
        };
        let input = (ramp(lengths.len() * steps * d_input, 0.7).sin())
            .reshape([lengths.len(), steps, d_input])
            .require_grad();
        let output = read(layer, &PackedSequence::new(input.clone(), lengths));

        let weigh = |x: Tensor<2>| {
            let [rows, columns] = x.dims();
            (x * ramp(rows * columns, 0.3).cos().reshape([rows, columns])).sum()
        };
        let [last, first] = output.hidden.clone();
        let mut total =
            weigh(output.states.rows.clone()) + weigh(last.clone()) + weigh(first.clone());
        let mut found = vec![
            ("states", output.states.rows.into_data()),
            ("last state", last.into_data()),
            ("first state", first.into_data()),
        ];
        for memory in output.memory.into_iter().flatten() {
            total = total + weigh(memory.clone());
            found.push(("memory", memory.into_data()));
        }
        let gradients = total.backward();
        let gradient = |x: Tensor<2>| x.grad(&gradients).expect("trained").into_data();
        found.push((
            "input",
            input.grad(&gradients).expect("required").into_data(),
        ));
        for direction in [&layer.forward, &layer.backward] {
            found.push(("weight_ih", gradient(direction.weight_ih.val())));
            found.push(("weight_hh", gradient(direction.weight_hh.val())));
            for (name, bias) in [
                ("bias_ih", &direction.bias_ih),
                ("bias_hh", &direction.bias_hh),
            ] {
                let bias = bias.val().grad(&gradients).expect("trained");
                found.push((name, bias.into_data()));
            }
        }
        found
    }

    #[test]
    fn the_kernel_agrees_with_burns_own_operations() {
        let device = device().autodiff();
        let batches: [&[usize]; 5] = [&[1], &[7, 4, 2, 2], &[1, 9, 3], &[5; 14], &[40, 1, 17]];
        for cell in [CellKind::Lstm, CellKind::Gru] {
            for (d_input, d_hidden) in [(1, 1), (5, 17), (33, 16), (20, 37)] {
                let layer = RecurrentConfig::new(d_input, d_hidden)
                    .with_cell(cell)
                    .init(&device);
                for lengths in batches {
                    for memory in [false, cell == CellKind::Lstm] {
                        let kernel = pass(&layer, lengths, |layer, input| {
                            layer.read_with_kernel(input, memory)
                        });
                        let steps = pass(&layer, lengths, |layer, input| {
                            layer.read_step_by_step(input, memory)
                        });
                        assert_agree(&kernel, &steps);
                    }
                }
            }
        }
    }

    #[test]
    fn final_states_alone_are_those_of_the_whole_layer() {
        let device = device().autodiff();
        let values: Vec<f32> = (0..4 * 7 * 5).map(|i| (0.7 * i as f32).sin()).collect();
        let values = TensorData::new(values, [4, 7, 5]);
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = RecurrentConfig::new(5, 3).with_cell(cell).init(&device);
            let read = |states: &dyn Fn(&PackedSequence) -> [Tensor<2>; 2]| {
                let input = Tensor::<3>::from_data(values.clone(), &device).require_grad();
                let [last, first] = states(&PackedSequence::new(input.clone(), &[2, 7, 1, 4]));
                let sum = (last.clone() * first.clone() + last.clone()).sum();
                let gradients = sum.backward();
                let of_input = input.grad(&gradients).expect("required");
                let weight = layer.backward.weight_hh.val();
                let of_weight = weight.grad(&gradients).expect("trained");
                [last, first, of_weight]
                    .map(|x| x.into_data())
                    .into_iter()
                    .chain([of_input.into_data()])
                    .collect::<Vec<_>>()
            };
            let alone = read(&|input| layer.final_states(input));
            let whole = read(&|input| layer.forward(input).hidden);
            assert_eq!(alone, whole, "{cell:?}");
        }
    }

    fn assert_agree(found: &[(&str, TensorData)], expected: &[(&str, TensorData)]) {
        assert_eq!(found.len(), expected.len());
        for ((name, found), (_, expected)) in found.iter().zip(expected) {
            assert_eq!(found.shape(), expected.shape(), "{name}");
            let tolerance = Tolerance::rel_abs(1e-4, 1e-5);
            found.assert_approx_eq::<f32>(expected, tolerance);
        }
    }

    /// One small shape: to compile the shaders of each takes far longer than to run them.
    ///
    /// `scripts/check-backends` runs it.
    #[cfg(feature = "wgpu")]
    #[test]
    fn the_kernel_of_a_graphics_adapter_agrees_with_burns_own_operations() {
        use burn::tensor::{DeviceKind, DeviceType};

        if Device::enumerate(DeviceType::Wgpu).into_vec().is_empty() {
            println!("skipped: no graphics adapter found");
            return;
        }
        let (flex, wgpu) = (device(), Device::wgpu(DeviceKind::DefaultDevice));
        let lengths = [2, 3, 1];
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = RecurrentConfig::new(3, 5)
                .with_cell(cell)
                .init(&flex.clone().autodiff());
            let there = layer.clone().fork(&wgpu.clone().autodiff());
            for memory in [false, cell == CellKind::Lstm] {
                let kernel = pass(&there, &lengths, |layer, input| {
                    assert!(available(&input.rows.device(), input.rows.dtype()));
                    layer.read_with_kernel(input, memory)
                });
                let steps = pass(&layer, &lengths, |layer, input| {
                    layer.read_step_by_step(input, memory)
                });
                assert_agree(&kernel, &steps);
            }
        }
    }

    #[test]
    #[should_panic(expected = "axis 1 expected 3, got 2")]
    fn rows_must_have_the_features_of_the_layer() {
        let device = device();
        let layer = RecurrentConfig::new(3, 4).init(&device);
        let _ = layer.forward(&PackedSequence::new(
            Tensor::zeros([1, 2, 2], &device),
            &[2],
        ));
    }

    #[test]
    fn recurrent_weights_are_orthogonal_over_all_gates() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = RecurrentConfig::new(5, 6).with_cell(cell).init(&device());
            for direction in [layer.forward, layer.backward] {
                let weight = direction.weight_hh.val();
                let product = weight.clone().transpose().matmul(weight);
                let identity = Tensor::<2>::eye(6, &device());
                product
                    .into_data()
                    .assert_approx_eq::<f32>(&identity.into_data(), Tolerance::absolute(1e-5));
            }
        }
    }
}
