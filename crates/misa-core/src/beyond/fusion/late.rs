//! One head per modality, whose predictions are averaged.

use crate::Activation;
use crate::fusion::{FusionConfig, FusionInput, FusionOutput, Head};
use crate::modality_modules::ModalityModules;
use burn::prelude::*;

/// Each modality predicts alone; the prediction is the mean over the modalities that are present. The hidden layer of
/// the others is 0.
///
/// - Source: late (decision-level) fusion, the usual baseline.
#[derive(Module, Debug)]
pub struct LateFusion {
    heads: ModalityModules<Option<Head>>,
}

impl LateFusion {
    pub(crate) fn new(config: &FusionConfig, device: &Device) -> Self {
        let d_modality = config.representations.per_modality() * config.d_hidden;
        let sizes = [d_modality, config.d_hidden, config.d_output];
        Self {
            heads: ModalityModules::init(config.modalities, |_| {
                Head::new(sizes, config.dropout, device)
            }),
        }
    }

    pub(crate) fn forward(&self, input: &FusionInput, activation: &Activation) -> FusionOutput {
        let (mut hidden, mut predictions, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for (modality, vector) in input.by_modality() {
            let [batch, _] = vector.dims();
            let device = vector.device();
            let head =
                (self.heads.get(modality).as_ref()).expect("a head for each modality in use");
            let output = head.forward(vector, activation);
            let present = match &input.presence {
                None => Tensor::ones([batch, 1], &device),
                Some(presence) => presence.mask(modality, &device),
            };
            // Otherwise the head's bias, which would say something of each utterance that lacks the modality.
            hidden.push(match &input.presence {
                None => output.hidden,
                Some(presence) => presence.blank(modality, output.hidden),
            });
            predictions.push(output.prediction * present.clone());
            counts.push(present);
        }
        let sum = |values: Vec<Tensor<2>>| values.into_iter().reduce(|sum, value| sum + value);
        let prediction = sum(predictions).zip(sum(counts));
        let (prediction, count) = prediction.expect("at least one modality is in use");
        FusionOutput {
            fused: input.stacked(),
            attention: None,
            hidden: Tensor::cat(hidden, 1),
            prediction: prediction / count.clamp_min(1.0),
        }
    }
}
