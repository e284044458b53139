//! What enters the model: one padded batch of sequences with their true lengths.

use crate::{Modality, PerModality};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

/// Feature sizes of a data set, all the model needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSizes {
    /// How text arrives.
    pub text: TextSize,
    /// Features of a visual step.
    pub visual: usize,
    /// Features of an acoustic step.
    pub acoustic: usize,
}

/// How text arrives, and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// Word ids in `0..vocabulary`.
    Words {
        /// Number of distinct ids, unknown and padding included.
        vocabulary: usize,
    },
    /// Precomputed vectors, one per step.
    Features {
        /// Features of a step.
        d_input: usize,
    },
}

/// The text sequences of a batch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TextInput {
    /// Word ids, `[batch, steps]`.
    Words(Tensor<2, Int>),
    /// Precomputed vectors, `[batch, steps, d_input]`.
    Features(Tensor<3>),
}

impl TextInput {
    /// Utterances and padded steps.
    pub fn batch_and_steps(&self) -> [usize; 2] {
        match self {
            Self::Words(ids) => ids.dims(),
            Self::Features(features) => {
                let [batch, steps, _] = features.dims();
                [batch, steps]
            }
        }
    }
}

/// One batch of utterances, padded at the end.
///
/// Steps at and after an utterance's length never influence the model. The modalities may differ
/// in length and in padding: unaligned data does.
#[derive(Clone, Debug)]
pub struct MisaInput {
    /// What is said.
    pub text: TextInput,
    /// `[batch, steps, d_input]`
    pub visual: Tensor<3>,
    /// `[batch, steps, d_input]`
    pub acoustic: Tensor<3>,
    /// True number of steps of each utterance, `batch` values from 1 to `steps` per modality.
    pub lengths: PerModality<Vec<usize>>,
}

impl MisaInput {
    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.lengths.text.len()
    }

    /// Checks that the parts belong together.
    ///
    /// # Panics
    ///
    /// Panics if the modalities differ in `batch`, or if a length is 0 or beyond the padding.
    pub fn assert_consistent(&self) {
        let [_, visual_steps, _] = self.visual.dims();
        let [_, acoustic_steps, _] = self.acoustic.dims();
        let [text_batch, text_steps] = self.text.batch_and_steps();
        assert_eq!(text_batch, self.batch(), "utterances in text");
        assert_shape!(self.visual, [self.batch(), _, _]);
        assert_shape!(self.acoustic, [self.batch(), _, _]);
        let steps = PerModality {
            text: text_steps,
            visual: visual_steps,
            acoustic: acoustic_steps,
        };
        for modality in Modality::ALL {
            let lengths = self.lengths.get(modality);
            assert_eq!(lengths.len(), self.batch(), "lengths of {modality}");
            let steps = *steps.get(modality);
            assert!(
                lengths.iter().all(|length| (1..=steps).contains(length)),
                "lengths of {modality} must lie in 1..={steps}, got {lengths:?}"
            );
        }
    }
}
