//! Both passes of one recurrent layer.

use crate::{BenchError, LayerCase};
use burn::optim::GradientsParams;
use burn::prelude::*;
use misa_core::encoder::{PackedSequence, Recurrent, RecurrentConfig};

/// A recurrent layer that is run forward and backward and never changed.
pub struct LayerStep {
    layer: Recurrent,
}

impl LayerStep {
    /// Creates the layer on `device`, from the device's random state.
    pub fn new(case: LayerCase, device: &Device) -> Self {
        let layer = RecurrentConfig::new(case.input_dim, case.hidden).with_cell(case.cell);
        Self {
            layer: layer.init(&device.clone().autodiff()),
        }
    }

    /// Reads the sequences, then computes the gradients of the sum of all outputs with respect to
    /// the input and to every weight.
    ///
    /// # Shapes
    ///
    /// - sequences: `[steps, batch, d_input]`, the order of memory that the layer needs
    ///
    /// # Errors
    ///
    /// [`BenchError::NoGradient`] if a gradient is missing, because less work would have been timed.
    pub fn run(&self, sequences: Tensor<3>, lengths: &[usize]) -> Result<(), BenchError> {
        let sequences = sequences.require_grad();
        let output = forward(&self.layer, sequences.clone(), lengths);
        let gradients = output.sum().backward();
        let of_input = sequences.grad(&gradients);
        let of_weights = GradientsParams::from_grads(gradients, &self.layer);
        // Two directions of four weights.
        if of_input.is_some() && of_weights.len() == 8 {
            Ok(())
        } else {
            Err(BenchError::NoGradient)
        }
    }

    /// The layer without gradients.
    pub fn layer(&self) -> Recurrent {
        self.layer.valid()
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        self.layer.num_params()
    }
}

/// The state after every step, padded.
///
/// # Shapes
///
/// - sequences: `[steps, batch, d_input]`
/// - output: `[steps, batch, 2 * d_hidden]`
pub(crate) fn forward(layer: &Recurrent, sequences: Tensor<3>, lengths: &[usize]) -> Tensor<3> {
    let [steps, _, _] = sequences.dims();
    let packed = PackedSequence::new(sequences.swap_dims(0, 1), lengths);
    layer.forward(&packed).states.padded(steps).swap_dims(0, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cpu;
    use misa_core::CellKind;

    #[test]
    fn every_gradient_is_computed() {
        let case = LayerCase {
            cell: CellKind::Lstm,
            bidirectional: true,
            input_dim: 74,
            hidden: 74,
        };
        let device = cpu();
        let step = LayerStep::new(case, &device);
        assert_eq!(step.parameters(), 88_800);
        let sequences = Tensor::ones([3, 2, 74], &device.clone().autodiff());
        step.run(sequences, &[3, 3]).unwrap();
        let output = forward(&step.layer(), Tensor::ones([3, 2, 74], &device), &[3, 3]);
        assert_eq!(output.dims(), [3, 2, 148]);
    }
}
