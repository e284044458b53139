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

#[cfg(test)]
mod tests {
    use crate::PerModality;
    use crate::loss::objective::testing::Fixed;
    use crate::loss::vectors::assert_close;
    use crate::loss::{
        ContrastLossConfig, MisaLossConfig, Regression, Targets, Term, UnimodalLabels,
        UnimodalLossConfig,
    };
    use burn::prelude::*;

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn cycle_matches_reference_vector() {
        let mut fixed = Fixed::new();
        let PerModality {
            text,
            visual,
            acoustic,
        } = fixed.output.projected.clone();
        fixed.output.subspaces.private = fixed.output.projected.clone();
        fixed.output.cycled = Some(PerModality {
            text: visual,
            visual: acoustic,
            acoustic: text,
        });
        let config = MisaLossConfig::new().with_cycle_weight(1.0);
        let loss = fixed.terms(&config)[Term::Cycle].clone();
        assert_close(loss.clone().into_data(), [0.244_996_22]);
        assert_close(
            fixed.gradient(loss),
            [
                [-0.030_236_61, 0.023_284_76, 0.068_444_28, 0.058_416_52],
                [0.007_235_42, -0.034_773_41, -0.045_092_53, -0.041_776_62],
                [-0.037_108_02, -0.012_644_05, 0.041_891_4, 0.088_418_97],
            ],
        );
        fixed.output.cycled = Some(fixed.output.subspaces.private.clone());
        let loss = fixed.terms(&config)[Term::Cycle].clone();
        assert_close(loss.into_data(), [0.0]);
    }

    /// By hand: targets that differ from those of the utterances count by tanh of the difference, the
    /// others not at all.
    #[test]
    fn generated_labels_weigh_as_far_as_they_differ() {
        let fixed = Fixed::new();
        let config = UnimodalLossConfig::new().with_labels(UnimodalLabels::Generated);
        let config = MisaLossConfig::new()
            .with_regression(Regression::Absolute)
            .with_unimodal(Some(config));
        let objective = config.init(&fixed.x.device());
        let of = |rows| Tensor::<2>::from_data(rows, &fixed.x.device());
        let utterance = of([[1.0], [-2.0], [1.4]]);
        let term = |alone| {
            let utterance = utterance.clone();
            let targets = Targets { utterance, alone };
            objective.forward(&fixed.output, targets)[Term::Unimodal].clone()
        };
        assert_close(term(PerModality::default()).into_data(), [0.0]);
        let alone = PerModality {
            text: Some(of([[1.5], [-2.0], [1.4]])),
            visual: Some(utterance.clone()),
            acoustic: None,
        };
        let prediction = 0.5 + 0.45 * 0.3_f64.sin();
        let expected = 3.0 * 0.5_f64.tanh() * (1.5 - prediction) / 3.0;
        assert_close(term(alone).into_data(), [expected as f32]);
    }

    #[test]
    fn labels_of_a_modality_count_only_if_the_setting_says_so() {
        let fixed = Fixed::new();
        let of = |rows| Tensor::<2>::from_data(rows, &fixed.x.device());
        let targets = Targets {
            utterance: of([[1.0], [-2.0], [1.4]]),
            alone: PerModality::from_fn(|modality| {
                let predictions = fixed.output.unimodal.as_ref().unwrap();
                Some(predictions.get(modality).clone())
            }),
        };
        let term = |labels| {
            let config = UnimodalLossConfig::new().with_labels(labels);
            let config = MisaLossConfig::new().with_unimodal(Some(config));
            let loss = config.init(&fixed.x.device());
            let terms = loss.forward(&fixed.output, targets.clone());
            terms[Term::Unimodal].clone().into_scalar::<f32>()
        };
        assert_eq!(term(UnimodalLabels::Modality), 0.0);
        assert!(term(UnimodalLabels::Utterance) > 1.0);
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn unimodal_matches_reference_vector() {
        let fixed = Fixed::new();
        let config = MisaLossConfig::new().with_unimodal(Some(UnimodalLossConfig::new()));
        let loss = fixed.terms(&config)[Term::Unimodal].clone();
        assert_close(loss.clone().into_data(), [12.145_668]);
        let column = [[-0.734_031_8], [5.037_422_6], [-2.136_489]];
        let expected = column.map(|[value]| [value, 0.0, 0.0, 0.0]);
        assert_close(fixed.gradient(loss), expected);
    }

    /// Value and gradient by `scripts/loss-reference`.
    #[test]
    fn contrast_of_all_pairs_matches_reference_vector() {
        let fixed = Fixed::new();
        let config = MisaLossConfig::new().with_contrast(Some(ContrastLossConfig::new()));
        let loss = fixed.terms(&config)[Term::Contrast].clone();
        assert_close(loss.clone().into_data(), [1.834_689_5]);
        assert_close(
            fixed.gradient(loss),
            [
                [-0.065_580_13, -0.008_706_17, 0.034_661_14, 0.020_352_9],
                [0.071_732_22, -0.023_120_17, -0.144_395_75, -0.227_772_11],
                [-0.061_112_99, -0.049_132_1, -0.000_697_59, 0.055_378_51],
            ],
        );
    }
}
