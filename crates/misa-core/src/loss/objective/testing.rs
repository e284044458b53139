//! A batch whose losses are known.

use crate::loss::{MisaLossConfig, MisaLossTerms, vectors};
use crate::{FusionOutput, MisaOutput, Modalities, PerModality, SubspacesOutput};
use burn::prelude::*;
use burn::tensor::Gradients;

/// Three utterances whose representations are the fixed batches, on a device that
/// differentiates by x.
pub(super) struct Fixed {
    pub(super) x: Tensor<2>,
    pub(super) output: MisaOutput,
}

impl Fixed {
    pub(super) fn new() -> Self {
        let x = vectors::x().autodiff().require_grad();
        let [y, z] = [vectors::y(), vectors::z()].map(Tensor::autodiff);
        let triple = |text: &Tensor<2>, visual: &Tensor<2>, acoustic: &Tensor<2>| PerModality {
            text: text.clone(),
            visual: visual.clone(),
            acoustic: acoustic.clone(),
        };
        let column = |x: &Tensor<2>| x.clone().narrow(1, 0, 1);
        let constant = vectors::x().autodiff();
        let output = MisaOutput {
            prediction: column(&constant),
            projected: triple(&x, &y, &z),
            subspaces: SubspacesOutput {
                shared: triple(&x, &y, &z),
                private: triple(&z, &constant.clone().flip([0]), &y.clone().flip([0])),
            },
            reconstructed: triple(&constant, &z, &constant),
            fusion: FusionOutput {
                fused: Tensor::zeros([3, 6, 4], &x.device()),
                attention: None,
                hidden: constant.clone(),
                prediction: column(&constant),
            },
            domain_logits: None,
            subspace_logits: None,
            cycled: None,
            unimodal: Some(triple(&column(&x), &column(&y), &column(&z))),
            unimodal_features: Some(triple(&x, &y, &z)),
            modalities: Modalities::ALL,
            presence: None,
        };
        Self { x, output }
    }

    pub(super) fn terms(&self, config: &MisaLossConfig) -> MisaLossTerms {
        let targets = Tensor::<2>::from_data([[1.0], [-2.0], [1.4]], &self.x.device());
        config.init(&self.x.device()).forward(&self.output, targets)
    }

    pub(super) fn gradient(&self, loss: Tensor<1>) -> TensorData {
        let gradients: Gradients = loss.backward();
        self.x.grad(&gradients).unwrap().into_data()
    }
}
