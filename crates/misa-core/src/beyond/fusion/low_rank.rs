//! The product of all modalities through factors of low rank.

use super::tensor::with_one;
use crate::Modality;
use crate::fusion::{FusionConfig, FusionInput, FusionOutput};
use crate::modality_modules::ModalityModules;
use burn::module::Param;
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::prelude::*;

/// Rank of the factors, within the 1 to 16 of the paper.
const RANK: usize = 4;

/// Low-rank multimodal fusion (LMF): `sum_r prod_m W_m^r [1; z_m]`, then a linear layer.
///
/// A head on the outer product of all modalities, whose weights are a tensor of rank 4: the product
/// itself is never computed.
///
/// - Source: Liu et al. 2018.
/// - Differs: `d_hidden` features come out, and a linear layer makes the prediction of them.
#[derive(Module, Debug)]
pub struct LowRankFusion {
    /// `[1 + d_factor, RANK * d_hidden]` each.
    factors: ModalityModules<Option<Param<Tensor<2>>>>,
    /// Weight of each rank, `[1, RANK, 1]`.
    ranks: Param<Tensor<3>>,
    output: Linear,
    d_hidden: usize,
}

impl LowRankFusion {
    pub(crate) fn new(config: &FusionConfig, device: &Device) -> Self {
        let d_factor = 1 + config.representations.per_modality() * config.d_hidden;
        let d_hidden = config.d_hidden;
        let xavier = Initializer::XavierNormal { gain: 1.0 };
        // Each rank is initialised as a separate matrix.
        let factor = || {
            let sizes = (Some(d_factor), Some(d_hidden));
            xavier.init_with([d_factor, RANK * d_hidden], sizes.0, sizes.1, device)
        };
        Self {
            factors: ModalityModules::init(config.modalities, |_| factor()),
            ranks: xavier.init_with([1, RANK, 1], Some(RANK), Some(1), device),
            output: LinearConfig::new(d_hidden, config.d_output).init(device),
            d_hidden,
        }
    }

    pub(crate) fn forward(&self, input: &FusionInput) -> FusionOutput {
        let vectors = input.by_modality().into_iter();
        let factors = vectors.map(|(modality, vector)| self.factor(modality, vector));
        let product = (factors.reduce(|product, factor| product * factor))
            .expect("at least one modality is in use");
        let hidden = (product * self.ranks.val()).sum_dim(1).squeeze_dim::<2>(1);
        FusionOutput {
            fused: input.stacked(),
            attention: None,
            hidden: hidden.clone(),
            prediction: self.output.forward(hidden),
        }
    }

    /// `[batch, RANK, d_hidden]`
    fn factor(&self, modality: Modality, vector: Tensor<2>) -> Tensor<3> {
        let [batch, _] = vector.dims();
        let factor = self.factors.get(modality).as_ref();
        let weight = factor.expect("a factor for each modality in use").val();
        let product = with_one(vector).matmul(weight);
        product.reshape([batch, RANK, self.d_hidden])
    }
}
