//! How predictions suffer when modalities go missing.

use crate::{Checkpoint, InferError, NamedScores, missing::draw_presence, scores::named_scores};
use burn::prelude::*;
use misa_terms::{Modalities, Modality, Utterance};
use serde::{Deserialize, Serialize};

/// Scores with a share of the modalities missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Degradation {
    /// Probability that a modality of an utterance is missing; one always stays.
    pub rate: f64,
    /// Each score under its name, the mean over the draws.
    pub scores: NamedScores,
}

impl Checkpoint {
    /// Scores at each rate of missing modalities, the mean over `draws` draws, a function of
    /// `seed`: the degradation curve.
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
        let curve = rates.iter().map(|&rate| {
            let draws = (0..draws).map(|number| {
                let seed = seed.wrapping_add(number);
                let presence = draw_presence(
                    self.config.settings.modalities,
                    utterances.len(),
                    rate,
                    seed,
                );
                let found = self.predict_where(utterances, Some(&presence), device)?;
                Ok(self.scores_of(&found, utterances))
            });
            let scores = draws.collect::<Result<Vec<_>, InferError>>()?;
            Ok(Degradation {
                rate,
                scores: mean(&scores),
            })
        });
        curve.collect()
    }

    /// Scores from every set of the model's modalities, the largest first.
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
        let sets = (1_usize..1 << used.len()).map(|bits| {
            let chosen = used.iter().enumerate();
            let chosen = chosen.filter(|(place, _)| bits >> place & 1 == 1);
            chosen.map(|(_, &modality)| modality).collect::<Vec<_>>()
        });
        let mut sets: Vec<Vec<Modality>> = sets.collect();
        sets.sort_by_key(|set| std::cmp::Reverse(set.len()));
        let scored = sets.into_iter().map(|set| {
            let set = Modalities::new(&set)?;
            let found = self.predict_from(utterances, set, device)?;
            Ok((set, self.scores_of(&found, utterances)))
        });
        scored.collect()
    }

    fn scores_of(&self, predictions: &[f32], utterances: &[Utterance]) -> NamedScores {
        let targets: Vec<f32> = utterances.iter().map(|utterance| utterance.label).collect();
        named_scores(self.config.task, predictions, &targets)
    }
}

/// The mean of each score over the draws where it is defined.
fn mean(draws: &[NamedScores]) -> NamedScores {
    let names = draws.first().map_or(&[][..], Vec::as_slice);
    let means = names.iter().enumerate().map(|(place, (name, _))| {
        let values: Vec<f64> = draws.iter().filter_map(|draw| draw[place].1).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (name.clone(), (!values.is_empty()).then_some(mean))
    });
    means.collect()
}
