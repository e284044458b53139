//! Two layers from fused representations to a prediction.

use crate::Activation;
use crate::dropout::drop_out;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::prelude::*;

/// Linear layer, dropout, activation and linear layer.
///
/// - Source: MISA, modality fusion; dropout precedes the activation, as in the official code.
#[derive(Module, Debug)]
pub(crate) struct Head {
    hidden: Linear,
    dropout: Dropout,
    output: Linear,
}

/// What a head computes.
pub(crate) struct HeadOutput {
    /// Before dropout and activation, `[batch, d_middle]`.
    pub(crate) hidden: Tensor<2>,
    /// `[batch, d_output]`
    pub(crate) prediction: Tensor<2>,
}

impl Head {
    pub(crate) fn new(
        [d_input, d_middle, d_output]: [usize; 3],
        dropout: f64,
        device: &Device,
    ) -> Self {
        Self {
            hidden: LinearConfig::new(d_input, d_middle).init(device),
            dropout: DropoutConfig::new(dropout).init(),
            output: LinearConfig::new(d_middle, d_output).init(device),
        }
    }

    pub(crate) fn forward(&self, input: Tensor<2>, activation: &Activation) -> HeadOutput {
        let hidden = self.hidden.forward(input);
        let activated = activation.forward(drop_out(&self.dropout, hidden.clone()));
        HeadOutput {
            hidden,
            prediction: self.output.forward(activated),
        }
    }
}
