//! The entry to the recurrent kernels.

#[cfg(any(feature = "flex", feature = "cube"))]
use crate::ops::{RecurrentOps, Weights};
use crate::{CellKind, PackedSteps, Repeats};
#[cfg(any(feature = "flex", feature = "cube"))]
use burn::backend::{Dispatch, DispatchDevice};
use burn::prelude::*;
use burn::tensor::DType;
use std::sync::Arc;

/// A bidirectional recurrent layer, apart from its weights.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Recurrent unit.
    pub cell: CellKind,
    /// Features of a step.
    pub d_input: usize,
    /// Features of the state in each direction.
    pub d_hidden: usize,
    /// Layout of the steps of all sequences.
    pub steps: Arc<PackedSteps>,
    /// Which rows of the input are the same, if that is known. The kernel for the CPU multiplies them by the input
    /// weight once; results are the same.
    pub repeats: Option<Arc<Repeats>>,
    /// What to return.
    pub output: LayerOutput,
}

/// What a [`Layer`] returns, `2 * d_hidden` features a row, the forward direction's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerOutput {
    /// The state after each step, one row each, in the layout of [`PackedSteps`].
    States,
    /// The same, and after it the final memory of each sequence, longest first. Only an LSTM has memories.
    StatesAndMemories,
    /// Only the final states of each sequence, longest first: of the forward direction after the last step, of the
    /// backward direction after the first.
    FinalStates,
}

/// Weights of one direction, in PyTorch's layout and order of gates.
#[derive(Clone, Debug)]
pub struct DirectionWeights {
    /// `[gates * d_hidden, d_input]`
    pub input: Tensor<2>,
    /// `[gates * d_hidden, d_hidden]`
    pub hidden: Tensor<2>,
    /// `[gates * d_hidden]`
    pub input_bias: Tensor<1>,
    /// `[gates * d_hidden]`
    pub hidden_bias: Tensor<1>,
}

/// Whether [`Layer`] has a kernel for tensors of type `dtype` on `device`.
///
/// Without one, a layer has to be computed from Burn's operations.
pub fn available(device: &Device, dtype: DType) -> bool {
    #[cfg(feature = "cube")]
    if dtype == DType::F32 && can_differentiate(device) {
        let plain = device.clone().inner();
        if matches!(plain.as_dispatch(), DispatchDevice::Cube(_)) {
            return true;
        }
    }
    on_cpu(device, dtype)
}

/// Whether the other operations of this crate have a kernel for tensors of type `dtype` on `device`:
/// only the CPU has.
pub fn on_cpu(device: &Device, dtype: DType) -> bool {
    #[cfg(feature = "flex")]
    if dtype == DType::F32 && can_differentiate(device) {
        return matches!(
            device.clone().inner().as_dispatch(),
            DispatchDevice::Flex(_)
        );
    }
    let _ = (device, dtype);
    false
}

/// Whether the kernels of this build can differentiate on `device`, if it does: without the feature
/// `autodiff` they cannot.
#[cfg(any(feature = "flex", feature = "cube"))]
fn can_differentiate(device: &Device) -> bool {
    cfg!(feature = "autodiff") || !device.is_autodiff()
}

impl Layer {
    /// Rows of final memory after the states.
    pub(crate) fn memories(&self) -> usize {
        match self.output {
            LayerOutput::StatesAndMemories => self.steps.sequences(),
            LayerOutput::States | LayerOutput::FinalStates => 0,
        }
    }

    /// Reads every sequence in both directions.
    ///
    /// Differentiable once, by the input and by all weights.
    ///
    /// # Shapes
    ///
    /// - input: `[rows, d_input]`, the real steps of all sequences in the layout of [`PackedSteps`]
    /// - output: `2 * d_hidden` columns, and as many rows as there are steps, steps and sequences, or sequences: see
    ///   [`LayerOutput`]
    ///
    /// # Panics
    ///
    /// Panics if there is no kernel, see [`available`], if a shape is not as above, if repeats are of another number of
    /// rows, or if memories are requested from a GRU.
    pub fn forward(
        self: Arc<Self>,
        input: Tensor<2>,
        forward: DirectionWeights,
        backward: DirectionWeights,
    ) -> Tensor<2> {
        let gates = self.cell.gates() * self.d_hidden;
        assert_eq!(input.dims(), [self.steps.rows(), self.d_input]);
        for weights in [&forward, &backward] {
            assert_eq!(weights.input.dims(), [gates, self.d_input]);
            assert_eq!(weights.hidden.dims(), [gates, self.d_hidden]);
            assert_eq!(weights.input_bias.dims(), [gates]);
            assert_eq!(weights.hidden_bias.dims(), [gates]);
        }
        let repeats = self.repeats.as_ref();
        assert!(repeats.is_none_or(|repeats| repeats.rows() == self.steps.rows()));
        let has_memories = self.cell == CellKind::Lstm;
        assert!(self.output != LayerOutput::StatesAndMemories || has_memories);
        assert!(
            available(&input.device(), input.dtype()),
            "no kernel for {:?}",
            input.device()
        );
        if self.output == LayerOutput::FinalStates && !on_cpu(&input.device(), input.dtype()) {
            return self.chosen_from_all(input, forward, backward);
        }
        self.dispatch(input, forward, backward)
    }

    /// The final states, where the kernel returns all of them.
    fn chosen_from_all(
        &self,
        input: Tensor<2>,
        forward: DirectionWeights,
        backward: DirectionWeights,
    ) -> Tensor<2> {
        let all = Self {
            output: LayerOutput::States,
            ..self.clone()
        };
        let states = Arc::new(all).dispatch(input, forward, backward);
        let last: Vec<i64> = (self.steps.last_rows().iter())
            .map(|&row| row as i64)
            .collect();
        let last = Tensor::from_data(last.as_slice(), &states.device());
        let first = states.clone().narrow(0, 0, self.steps.sequences());
        let halves = vec![
            states.select(0, last).narrow(1, 0, self.d_hidden),
            first.narrow(1, self.d_hidden, self.d_hidden),
        ];
        Tensor::cat(halves, 1)
    }

    #[cfg(any(feature = "flex", feature = "cube"))]
    fn dispatch(
        self: Arc<Self>,
        input: Tensor<2>,
        forward: DirectionWeights,
        backward: DirectionWeights,
    ) -> Tensor<2> {
        let [forward, backward] = [forward, backward].map(|weights| Weights::<Dispatch> {
            input: weights.input.into_dispatch(),
            hidden: weights.hidden.into_dispatch(),
            input_bias: weights.input_bias.into_dispatch(),
            hidden_bias: weights.hidden_bias.into_dispatch(),
        });
        let input = input.into_dispatch();
        Tensor::from_dispatch(Dispatch::bidirectional(input, forward, backward, self))
    }

    #[cfg(not(any(feature = "flex", feature = "cube")))]
    fn dispatch(
        self: Arc<Self>,
        _: Tensor<2>,
        _: DirectionWeights,
        _: DirectionWeights,
    ) -> Tensor<2> {
        unreachable!("there is no kernel for any device")
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;

    /// What devices do whose kernels return all states.
    #[test]
    fn final_states_can_be_chosen_from_all() {
        let device = Device::flex();
        let numbers = |rows: usize, columns: usize| {
            let values = (0..rows * columns).map(|x| (0.7 * x as f32).sin());
            let values: Vec<f32> = values.collect();
            Tensor::<2>::from_data(TensorData::new(values, [rows, columns]), &device)
        };
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = Layer {
                cell,
                d_input: 4,
                d_hidden: 3,
                steps: Arc::new(PackedSteps::new(&[3, 2, 2, 1])),
                repeats: None,
                output: LayerOutput::FinalStates,
            };
            let gates = cell.gates() * layer.d_hidden;
            let weights = || DirectionWeights {
                input: numbers(gates, 4),
                hidden: numbers(gates, 3),
                input_bias: Tensor::ones([gates], &device) * 0.1,
                hidden_bias: Tensor::zeros([gates], &device),
            };
            let chosen = layer.chosen_from_all(numbers(8, 4), weights(), weights());
            let alone = Arc::new(layer).forward(numbers(8, 4), weights(), weights());
            assert_eq!(chosen.into_data(), alone.into_data(), "{cell:?}");
        }
    }
}
