//! Scores when frames are missing.

use crate::degradation::mean;
use crate::{
    BertText, Checkpoint, FrameDraws, InferError, MissingFrames, NamedScores, ReadyBatch,
    UtteranceBatch,
};
use burn::prelude::*;
use misa_terms::{PerModality, Utterance};
use serde::{Deserialize, Serialize};

/// Scores with a share of the steps missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FrameDegradation {
    /// Probability that a step is missing.
    pub rate: f64,
    /// The share of steps that are missing, the mean over the seeds. In texts it is below the rate, as
    /// their first and last steps stay.
    pub missing: PerModality<f64>,
    /// Each score by its name, the mean over the seeds in which it is defined.
    pub scores: NamedScores,
}

/// How frames go missing in an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameProtocol {
    /// Seeds of the draws, of which scores are the mean.
    pub seeds: Vec<u32>,
    /// By which random numbers.
    pub draws: FrameDraws,
    /// Padded steps of each modality, see [`MissingFrames::padded`].
    pub padded: Option<PerModality<usize>>,
}

impl Default for FrameProtocol {
    /// The published draws of the published seeds.
    ///
    /// - Source: LNLN, whose seeds are 1111, 1112 and 1113.
    /// - Differs: there, they choose the model, and its masks are always those of 1111.
    fn default() -> Self {
        Self {
            seeds: vec![1111, 1112, 1113],
            draws: FrameDraws::Published,
            padded: None,
        }
    }
}

impl Checkpoint {
    /// Scores at each rate of missing frames, see [`MissingFrames`] for what is missing and
    /// [`UtteranceBatch::without_frames`] for what the model gets
    /// instead. `utterances` are a whole split in its order, on which the published draws depend.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`], and [`InferError::Frames`].
    pub fn frame_degradation(
        &self,
        utterances: &[Utterance],
        rates: &[f64],
        protocol: &FrameProtocol,
        device: &Device,
    ) -> Result<Vec<FrameDegradation>, InferError> {
        let (prepared, bert) = self.prepare_all(utterances)?;
        let lengths = lengths(&prepared, bert.as_deref());
        let unknown = bert.as_ref().map(|bert| bert.tokeniser().unknown());
        let at = |&rate: &f64| {
            let mut scores = Vec::with_capacity(protocol.seeds.len());
            let mut missing = PerModality::<f64>::default();
            for &seed in &protocol.seeds {
                let frames = MissingFrames {
                    rate,
                    seed,
                    draws: protocol.draws,
                    padded: protocol.padded.clone(),
                };
                let masks = frames.masks(&lengths)?;
                let ready = |batch: UtteranceBatch| {
                    let masks = masks.as_ref().map(|mask| mask.select(&batch.places));
                    ReadyBatch::from(batch.without_frames(&masks, unknown))
                };
                let bert = bert.clone();
                let predictions = self.predict_prepared(&prepared, bert, device, ready)?;
                scores.push(self.scores_of(&predictions, utterances));
                let shares = masks.map(|mask| mask.missing_share());
                missing = missing.zip(shares).map(|(sum, share)| sum + share);
            }
            let count = protocol.seeds.len().max(1) as f64;
            Ok(FrameDegradation {
                rate,
                missing: missing.map(|sum| sum / count),
                scores: mean(&scores),
            })
        };
        rates.iter().map(at).collect()
    }
}

/// The mean of each score over the rates; of a score that is not defined at one of them, none.
///
/// - Source: LNLN, whose tables are means over the rates 0.0, 0.1, to 0.9: the area under the curve.
pub fn mean_over_rates(curve: &[FrameDegradation]) -> NamedScores {
    let scores: Vec<NamedScores> = curve.iter().map(|point| point.scores.clone()).collect();
    let is_defined = |index: usize| scores.iter().all(|scores| scores[index].1.is_some());
    let means = mean(&scores).into_iter().enumerate();
    means
        .map(|(index, (name, value))| (name, value.filter(|_| is_defined(index))))
        .collect()
}

/// Steps of each utterance as the model reads them: of BERT, tokens.
fn lengths(prepared: &[Utterance], bert: Option<&BertText>) -> PerModality<Vec<usize>> {
    let steps = |utterance: &Utterance| {
        let mut steps = utterance.steps();
        if let Some(bert) = bert {
            steps.text = bert.sentences(&[utterance])[0].len();
        }
        steps
    };
    let steps: Vec<PerModality<usize>> = prepared.iter().map(steps).collect();
    PerModality::from_fn(|modality| steps.iter().map(|steps| *steps.get(modality)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_that_a_rate_lacks_has_no_mean() {
        let point = |rate, mae, corr| FrameDegradation {
            rate,
            missing: PerModality::default(),
            scores: vec![("MAE".to_string(), Some(mae)), ("Corr".to_string(), corr)],
        };
        let means = mean_over_rates(&[point(0.0, 1.0, Some(0.5)), point(0.9, 2.0, None)]);
        let expected = [("MAE".to_string(), Some(1.5)), ("Corr".to_string(), None)];
        assert_eq!(means, expected);
        assert_eq!(mean_over_rates(&[]), []);
    }
}
