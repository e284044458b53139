//! How the predictions from one modality alone agree with its labels.

use crate::score;
use misa_core::Modality;
use misa_data::{Split, Utterance};
use misa_infer::Evaluation;
use serde::{Deserialize, Serialize};

/// How the predictions from one modality alone agree with the labels of that modality.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModalityScore {
    /// The split.
    pub split: Split,
    /// The modality.
    pub modality: Modality,
    /// Utterances that have it.
    pub utterances: usize,
    /// Mean absolute error.
    pub mae: f64,
    /// Pearson's correlation; `None` if predictions or labels are all equal.
    pub corr: Option<f64>,
}

impl ModalityScore {
    /// Those of every modality from which `evaluation` has predictions, and of which any of its `utterances`, in their
    /// order, has a label.
    pub(crate) fn all(
        evaluation: &Evaluation,
        utterances: &[Utterance],
        split: Split,
    ) -> Vec<Self> {
        let score = |modality: Modality| {
            let predictions = evaluation.unimodal.get(modality).iter();
            let labels = utterances.iter();
            let labels = labels.map(|utterance| *utterance.modality_labels.get(modality));
            let pairs = predictions.zip(labels);
            let (predictions, labels): (Vec<f32>, Vec<f32>) = pairs
                .filter_map(|(prediction, label)| Some(((*prediction)?, label?)))
                .unzip();
            let corr = score::pearson_correlation(&predictions, &labels);
            (!labels.is_empty()).then(|| Self {
                split,
                modality,
                utterances: labels.len(),
                mae: score::mean_absolute_error(&predictions, &labels),
                corr: Some(corr).filter(|corr| corr.is_finite()),
            })
        };
        Modality::ALL.into_iter().filter_map(score).collect()
    }
}
