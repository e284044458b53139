//! All products of features of different modalities.

use crate::Activation;
use crate::fusion::{FusionConfig, FusionInput, FusionOutput, Head};
use crate::modality_modules::ModalityModules;
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;

/// Features of a modality that enter the product: its size is a power of this plus one.
const D_FACTOR: usize = 16;

/// Tensor fusion network (TFN): the outer product of `[1; h]` over the modalities, then a head.
///
/// The ones keep the products of fewer modalities. A missing modality has features 0, so that only
/// products without it remain.
///
/// - Source: Zadeh et al. 2017.
/// - Differs: 16 features per modality, where the paper takes 32 of each of the others and 128 of
///   text.
#[derive(Module, Debug)]
pub struct TensorFusion {
    factors: ModalityModules<Option<Linear>>,
    head: Head,
}

impl TensorFusion {
    pub(crate) fn new(config: &FusionConfig, device: &Device) -> Self {
        let d_modality = config.representations.per_modality() * config.d_hidden;
        let count = u32::try_from(config.modalities.count()).unwrap_or(u32::MAX);
        let sizes = [(D_FACTOR + 1).pow(count), config.d_hidden, config.d_output];
        Self {
            factors: ModalityModules::init(config.modalities, |_| {
                LinearConfig::new(d_modality, D_FACTOR).init(device)
            }),
            head: Head::new(sizes, config.dropout, device),
        }
    }

    pub(crate) fn forward(&self, input: &FusionInput, activation: &Activation) -> FusionOutput {
        let factors = input.by_modality().into_iter().map(|(modality, vector)| {
            let factor = self.factors.get(modality).as_ref();
            let linear = factor.expect("a factor for each modality in use");
            let features = activation.forward(linear.forward(vector));
            with_one(match &input.presence {
                None => features,
                Some(presence) => presence.blank(modality, features),
            })
        });
        let outer = factors.reduce(|product, factor| {
            let [batch, d_product] = product.dims();
            let [_, d_factor] = factor.dims();
            let outer = product.unsqueeze_dim::<3>(2) * factor.unsqueeze_dim::<3>(1);
            outer.reshape([batch, d_product * d_factor])
        });
        let product = outer.expect("at least one modality is in use");
        let head = self.head.forward(product, activation);
        FusionOutput {
            fused: input.stacked(),
            attention: None,
            hidden: head.hidden,
            prediction: head.prediction,
        }
    }
}

/// `[1; features]`
pub(super) fn with_one(features: Tensor<2>) -> Tensor<2> {
    let [batch, _] = features.dims();
    let one = Tensor::ones([batch, 1], &features.device());
    Tensor::cat(vec![one, features], 1)
}
