//! Scores when modalities are missing.

use crate::missing::{draw_presence, found_presence};
use crate::scores::named_scores;
use crate::{Checkpoint, InferError, NamedScores};
use burn::prelude::*;
use misa_terms::{LabelScale, Modalities, Modality, Utterance};
use serde::{Deserialize, Serialize};

/// Scores with a share of the modalities missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Degradation {
    /// Probability that a modality of an utterance is missing; at least one that it has always remains.
    pub rate: f64,
    /// Each score by its name, the mean over the draws.
    pub scores: NamedScores,
}

impl Checkpoint {
    /// The degradation curve: scores at each rate of missing modalities, the mean over `draws`
    /// random draws by `seed`.
    ///
    /// - Source: in spirit, DiCMoR's rate of missing modalities MR: 2a + b = 3 MR, where a share a of
    ///   the utterances lacks two of three modalities, and a share b one.
    /// - Differs: each modality is missing with the probability r. As one always remains, MR is then
    ///   r - r^3 / 3 on average.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    pub fn degradation(
        &self,
        utterances: &[Utterance],
        rates: &[f64],
        draws: u64,
        seed: u64,
        device: &Device,
    ) -> Result<Vec<Degradation>, InferError> {
        let modalities = self.config.settings.modalities;
        let found = found_presence(utterances, modalities, self.bert.is_some());
        let curve = rates.iter().map(|&rate| {
            let scores_of_draws = (0..draws).map(|number| {
                let seed = seed.wrapping_add(number);
                let count = utterances.len();
                let presence = draw_presence(modalities, count, rate, seed, found.as_ref());
                let predictions = self.predict_where(utterances, Some(&presence), device)?;
                Ok(self.scores_of(&predictions, utterances))
            });
            let scores = scores_of_draws.collect::<Result<Vec<_>, InferError>>()?;
            Ok(Degradation {
                rate,
                scores: mean(&scores),
            })
        });
        curve.collect()
    }

    /// Scores from each subset of the model's modalities, the largest first.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    pub fn subsets(
        &self,
        utterances: &[Utterance],
        device: &Device,
    ) -> Result<Vec<(Modalities, NamedScores)>, InferError> {
        let used: Vec<Modality> = self.config.settings.modalities.iter().collect();
        let subset = |bits: usize| -> Vec<Modality> {
            used.iter()
                .enumerate()
                .filter(|(index, _)| bits >> index & 1 == 1)
                .map(|(_, &modality)| modality)
                .collect()
        };
        let mut subsets: Vec<Vec<Modality>> = (1..1 << used.len()).map(subset).collect();
        subsets.sort_by_key(|subset| std::cmp::Reverse(subset.len()));
        subsets
            .into_iter()
            .map(|subset| {
                let modalities = Modalities::new(&subset)?;
                let predictions = self.predict_from(utterances, modalities, device)?;
                Ok((modalities, self.scores_of(&predictions, utterances)))
            })
            .collect()
    }

    pub(crate) fn scores_of(&self, predictions: &[f32], utterances: &[Utterance]) -> NamedScores {
        let targets: Vec<f32> = utterances.iter().map(|utterance| utterance.label).collect();
        let scale = self.scale.unwrap_or_else(|| LabelScale::of(&targets));
        named_scores(self.config.task, scale, predictions, &targets)
    }
}

/// The mean of each score over the draws in which it is defined.
pub(crate) fn mean(draws: &[NamedScores]) -> NamedScores {
    let names = draws.first().map_or(&[][..], Vec::as_slice);
    let means = names.iter().enumerate().map(|(index, (name, _))| {
        let values: Vec<f64> = draws.iter().filter_map(|draw| draw[index].1).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (name.clone(), (!values.is_empty()).then_some(mean))
    });
    means.collect()
}
