//! The entry to the recurrent kernels.

#[cfg(any(feature = "flex", feature = "cube"))]
use crate::ops::{RecurrentOps, Weights};
use crate::{CellKind, PackedSteps};
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
    /// Whether to return the final memories, too. Only an LSTM has them.
    pub with_memory: bool,
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
    #[cfg(feature = "cube")]
    pub(crate) fn memories(&self) -> usize {
        if self.with_memory {
            self.steps.sequences()
        } else {
            0
        }
    }

    /// Reads every sequence in both directions.
    ///
    /// Differentiable once, by the input and by all weights.
    ///
    /// # Shapes
    ///
    /// - input: `[rows, d_input]`, the real steps of all sequences in the layout of [`PackedSteps`]
    /// - output: `[rows, 2 * d_hidden]`, the state after each step, the forward direction's
    ///   features first; with memory, `[rows + sequences, 2 * d_hidden]`, the final memories after
    ///   the states, longest sequence first
    ///
    /// # Panics
    ///
    /// Panics if there is no kernel, see [`available`], if a shape is not as above, or if memory is
    /// requested from a GRU.
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
        assert!(!self.with_memory || self.cell == CellKind::Lstm);
        assert!(
            available(&input.device(), input.dtype()),
            "no kernel for {:?}",
            input.device()
        );
        self.dispatch(input, forward, backward)
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
