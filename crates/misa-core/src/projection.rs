//! One modality to the common size.

use crate::Activation;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::prelude::*;

/// Configuration of [`Projection`].
#[derive(Config, Debug)]
pub struct ProjectionConfig {
    /// Size of the encoded vector.
    pub d_encoded: usize,
    /// Size of both subspaces.
    pub d_hidden: usize,
}

/// Linear layer, activation and layer norm, in this order.
///
/// - Source: MISA, utterance-level representations; order as in the official code.
#[derive(Module, Debug)]
pub struct Projection {
    linear: Linear,
    norm: LayerNorm,
}

impl ProjectionConfig {
    /// Creates the projection on `device`.
    pub fn init(&self, device: &Device) -> Projection {
        Projection {
            linear: LinearConfig::new(self.d_encoded, self.d_hidden).init(device),
            norm: LayerNormConfig::new(self.d_hidden).init(device),
        }
    }
}

impl Projection {
    /// Brings an encoded vector to the size of the subspaces.
    ///
    /// # Shapes
    ///
    /// - encoded: `[batch, d_encoded]`
    /// - output: `[batch, d_hidden]`
    pub fn forward(&self, encoded: Tensor<2>, activation: &Activation) -> Tensor<2> {
        let projected = activation.forward(self.linear.forward(encoded));
        self.norm.forward(projected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;

    #[test]
    fn counts_match_the_specification() {
        // Text through BERT, visual and acoustic of the MOSI features.
        for (d_encoded, parameters) in [(768, 98_688), (4 * 47, 24_448), (4 * 74, 38_272)] {
            let projection = ProjectionConfig::new(d_encoded, 128).init(&device());
            assert_eq!(projection.num_params(), parameters);
        }
    }
}
