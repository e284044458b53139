//! What labels are generated from: the hidden vectors of a batch.

use burn::prelude::*;
use misa_core::loss::{FeatureRows, HiddenBatch};
use misa_core::{MisaOutput, PerModality, Presence};

/// The hidden vectors of a batch, on their device.
#[derive(Clone, Debug)]
pub(crate) struct Hidden {
    /// Of the fusion, `[batch, d_fused]`.
    fused: Tensor<2>,
    /// Of each modality in use, `[batch, d_hidden]`.
    alone: PerModality<Option<Tensor<2>>>,
    presence: Option<Presence>,
}

impl Hidden {
    /// Those of `output`, which must be of a model with unimodal heads.
    pub(crate) fn of(output: &MisaOutput) -> Self {
        let features = output.unimodal_features.as_ref();
        let features = features.expect("generated labels need unimodal heads");
        Self {
            fused: output.fusion.hidden.clone(),
            alone: PerModality::from_fn(|modality| {
                let is_used = output.modalities.contains(modality);
                is_used.then(|| features.get(modality).clone())
            }),
            presence: output.presence.clone(),
        }
    }

    /// Applies `f` to each tensor.
    pub(crate) fn map(self, f: impl Fn(Tensor<2>) -> Tensor<2>) -> Self {
        Self {
            fused: f(self.fused),
            alone: self.alone.map(|features| features.map(&f)),
            presence: self.presence,
        }
    }

    /// On the host, with the index of each row's utterance in the train split.
    pub(crate) fn to_host(&self, places: Vec<usize>) -> HiddenBatch {
        let features = self.alone.as_ref();
        HiddenBatch {
            places,
            fused: rows(&self.fused),
            alone: features.map(|features| features.as_ref().map(rows)),
            presence: self.presence.clone(),
        }
    }
}

fn rows(tensor: &Tensor<2>) -> FeatureRows {
    let [_, width] = tensor.dims();
    FeatureRows::new(width, tensor.to_data().iter::<f32>().collect())
}
