//! The terms of the objective beyond MISA's.

use super::views::Views;
use super::{MisaLoss, Targets, mean, sum, zero};
use crate::loss::{DivergenceLoss, UnimodalLabels};
use crate::{MisaOutput, Modality, PerModality, SubspaceLogits};
use burn::prelude::*;

impl MisaLoss {
    /// Classes 0 to 2 for the private representations, 3 for the mean of the shared.
    pub(super) fn discrimination(&self, output: &MisaOutput) -> Tensor<1> {
        match &output.subspace_logits {
            Some(SubspaceLogits { private, shared }) => {
                let views = Views(output).each(private).into_iter();
                let of_private = views.map(|(modality, logits)| (logits, modality as i64));
                // The mean of the shared ones is that of all modalities in use.
                let used: Vec<_> = output.modalities.iter().collect();
                let view = Views(output).of(&used, shared);
                let of_shared = view.map(|logits| (logits, Modality::ALL.len() as i64));
                self.classify(of_private.chain(of_shared).collect())
            }
            None => {
                assert_eq!(
                    self.config.discrimination_weight, 0.0,
                    "a discrimination loss needs a discriminator"
                );
                zero(&output.prediction)
            }
        }
    }

    /// Mean over the modalities of the error of the private representation of the reconstruction.
    ///
    /// - Source: decoupled multimodal distilling (Li et al. 2023), cycle loss.
    pub(super) fn cycle(&self, output: &MisaOutput) -> Tensor<1> {
        let Some(cycled) = &output.cycled else {
            assert_eq!(
                self.config.cycle_weight, 0.0,
                "a cycle loss needs representations of reconstructions"
            );
            return zero(&output.prediction);
        };
        let pairs = Views(output).both(&output.subspaces.private, cycled);
        let losses = pairs
            .into_iter()
            .map(|(private, cycled)| self.mse(cycled, private));
        mean(losses, &output.prediction)
    }

    /// Over the shared representations of all modalities.
    pub(super) fn triplet(&self, output: &MisaOutput, targets: &Tensor<2>) -> Tensor<1> {
        let Some(triplet) = &self.triplet else {
            return zero(&output.prediction);
        };
        let (shared, targets) = self.shared(output, targets).into_iter().unzip();
        triplet.forward(Tensor::cat(shared, 0), Tensor::cat(targets, 0))
    }

    pub(super) fn prototype(&self, output: &MisaOutput, targets: &Tensor<2>) -> Tensor<1> {
        match &self.prototype {
            None => zero(&output.prediction),
            Some(prototype) => prototype.forward(self.shared(output, targets)),
        }
    }

    /// The shared representations with their targets.
    fn shared(&self, output: &MisaOutput, targets: &Tensor<2>) -> Vec<(Tensor<2>, Tensor<2>)> {
        let all = PerModality::from_fn(|_| targets.clone());
        Views(output).both(&output.subspaces.shared, &all)
    }

    /// Mean over the ordered pairs of modalities; the private representations of both are
    /// negatives.
    pub(super) fn contrast(&self, output: &MisaOutput) -> Tensor<1> {
        let Some(contrast) = &self.contrast else {
            return zero(&output.prediction);
        };
        let views = Views(output);
        let pairs = views.modality_pairs().into_iter();
        let ordered = pairs.flat_map(|(first, second)| [[first, second], [second, first]]);
        let losses = ordered.filter_map(|pair| {
            let shared = pair.map(|modality| output.subspaces.shared.get(modality));
            let private = pair.map(|modality| output.subspaces.private.get(modality));
            let [x, y] = shared.map(|x| views.of(&pair, x));
            let negatives = private.into_iter().filter_map(|x| views.of(&pair, x));
            Some(contrast.forward(x?, y?, negatives.collect()))
        });
        mean(losses, &output.prediction)
    }

    /// Weighted sum of the errors of the predictions from one modality each.
    pub(super) fn unimodal(&self, output: &MisaOutput, targets: &Targets) -> Tensor<1> {
        let Some(config) = &self.config.unimodal else {
            return zero(&output.prediction);
        };
        let of_heads = output.unimodal.as_ref();
        let predictions = of_heads.expect("a unimodal loss needs unimodal heads");
        let views = Views(output).each(predictions).into_iter();
        let losses = views.filter_map(|(modality, prediction)| {
            let rows = |targets| Views(output).of(&[modality], targets);
            let loss = match config.labels {
                UnimodalLabels::Utterance => self.task(prediction, rows(&targets.utterance)?),
                UnimodalLabels::Modality => self.task(prediction, rows(targets.of(modality))?),
                UnimodalLabels::Generated => {
                    let regression = self.config.regression;
                    let [own, all] = [targets.of(modality), &targets.utterance].map(rows);
                    DivergenceLoss { regression }.forward(prediction, own?, all?)
                }
            };
            Some(loss * config.weight_of(modality))
        });
        sum(losses, &output.prediction)
    }
}
