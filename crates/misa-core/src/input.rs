//! What enters the model: one padded batch of sequences with their true lengths.

use crate::{
    AbsentSteps, FeatureSizes, Modalities, Modality, PerModality, Presence, TextSize, Videos,
};
use burn::prelude::*;

/// The text sequences of a batch.
#[derive(Clone, Debug)]
#[non_exhaustive]
// A tensor is a few hundred bytes whatever it holds; a batch has one of these.
#[allow(clippy::large_enum_variant)]
pub enum TextInput {
    /// Word ids, `[batch, steps]`.
    Words(Tensor<2, Int>),
    /// Precomputed vectors, `[batch, steps, d_input]`.
    Features(Tensor<3>),
    /// Ids of words, or of BERT's tokens, with the vectors to look them up in, instead of those of the model.
    ///
    /// For callers that train these vectors outside the model, a few rows at a time.
    Lookup {
        /// Rows of `vectors`, `[batch, steps]`.
        ids: Tensor<2, Int>,
        /// `[words, columns]`
        vectors: Tensor<2>,
    },
    /// Token ids of BERT, special tokens included, `[batch, steps]`.
    Tokens(Tensor<2, Int>),
    /// States of the frozen part of BERT, computed earlier, see
    /// [`crate::encoder::bert::BertEncoder::compute_frozen`].
    Frozen(Tensor<2>),
}

impl TextInput {
    /// Utterances and padded steps; `None` for states without padding.
    pub fn batch_and_steps(&self) -> Option<[usize; 2]> {
        match self {
            Self::Words(ids) | Self::Lookup { ids, .. } | Self::Tokens(ids) => Some(ids.dims()),
            Self::Features(features) => {
                let [batch, steps, _] = features.dims();
                Some([batch, steps])
            }
            Self::Frozen(_) => None,
        }
    }

    /// A copy on `device`.
    pub fn to_device(self, device: &Device) -> Self {
        match self {
            Self::Features(features) => Self::Features(features.to_device(device)),
            Self::Words(ids) => Self::Words(ids.to_device(device)),
            Self::Lookup { ids, vectors } => Self::Lookup {
                ids: ids.to_device(device),
                vectors: vectors.to_device(device),
            },
            Self::Tokens(ids) => Self::Tokens(ids.to_device(device)),
            Self::Frozen(states) => Self::Frozen(states.to_device(device)),
        }
    }

    /// Its kind, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Words(_) => "word ids",
            Self::Lookup { .. } => "ids with their vectors",
            Self::Features(_) => "precomputed vectors",
            Self::Tokens(_) | Self::Frozen(_) => "token ids",
        }
    }
}

/// One batch of utterances, padded at the end.
///
/// Steps at and after an utterance's length never influence the model. The modalities may differ
/// in length and in padding: unaligned data does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MisaInput {
    /// What is said.
    pub text: TextInput,
    /// `[batch, steps, d_input]`
    pub visual: Tensor<3>,
    /// `[batch, steps, d_input]`
    pub acoustic: Tensor<3>,
    /// True number of steps of each utterance, `batch` values from 1 to `steps` per modality.
    pub lengths: PerModality<Vec<usize>>,
    /// Which modalities each utterance has; `None`: all of them.
    pub presence: Option<Presence>,
    /// Which steps are absent, of each modality; `None`: none. Only of precomputed vectors, visual and
    /// acoustic features.
    pub absent: PerModality<Option<AbsentSteps>>,
    /// Which utterances come from one video, in their order there; `None`: each from a different
    /// one. Only a model with [`crate::Context`] reads it.
    pub videos: Option<Videos>,
}

impl MisaInput {
    /// A batch whose utterances have every modality and come from different videos.
    ///
    /// # Shapes
    ///
    /// - visual and acoustic: `[batch, steps, d_input]`
    /// - lengths: `batch` values from 1 to `steps` per modality
    pub fn new(
        text: TextInput,
        visual: Tensor<3>,
        acoustic: Tensor<3>,
        lengths: PerModality<Vec<usize>>,
    ) -> Self {
        Self {
            text,
            visual,
            acoustic,
            lengths,
            presence: None,
            absent: PerModality::default(),
            videos: None,
        }
    }

    /// The same batch with the modalities that each utterance has.
    pub fn with_presence(self, presence: impl Into<Option<Presence>>) -> Self {
        Self {
            presence: presence.into(),
            ..self
        }
    }

    /// The same batch with the steps that are absent.
    pub fn with_absent(self, absent: PerModality<Option<AbsentSteps>>) -> Self {
        Self { absent, ..self }
    }

    /// The same batch with the videos that its utterances come from.
    pub fn with_videos(self, videos: impl Into<Option<Videos>>) -> Self {
        Self {
            videos: videos.into(),
            ..self
        }
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.lengths.text.len()
    }

    /// A copy on `device`.
    pub fn to_device(self, device: &Device) -> Self {
        Self {
            text: self.text.to_device(device),
            visual: self.visual.to_device(device),
            acoustic: self.acoustic.to_device(device),
            lengths: self.lengths,
            presence: self.presence,
            absent: self.absent,
            videos: self.videos,
        }
    }

    /// The absent steps of a modality; of none that is read as words.
    pub(crate) fn absent_of(&self, modality: Modality) -> Option<&AbsentSteps> {
        let is_words = modality == Modality::Text && !matches!(self.text, TextInput::Features(_));
        self.absent.get(modality).as_ref().filter(|_| !is_words)
    }

    /// Which of the modalities in use each utterance has: those that it is said to have and of which a
    /// step is not absent. An utterance of which nothing would remain keeps what it is said to have, as
    /// zeros. `None`: all of them.
    pub fn found_presence(&self, used: Modalities) -> Option<Presence> {
        let absent = PerModality::from_fn(|modality| self.absent_of(modality));
        Presence::found(self.batch(), used, self.presence.as_ref(), &absent)
    }

    /// The same batch with zeros for the values of missing modalities and of absent steps, which may be
    /// NaN.
    pub(crate) fn without_missing(&self) -> Self {
        if self.presence.is_none() && Modality::ALL.iter().all(|&m| self.absent_of(m).is_none()) {
            return self.clone();
        }
        let blank = |modality, x: &Tensor<3>| {
            let x = match &self.presence {
                Some(presence) => presence.blank(modality, x.clone()),
                None => x.clone(),
            };
            match self.absent_of(modality) {
                Some(absent) => absent.blank(x),
                None => x,
            }
        };
        Self {
            text: match &self.text {
                TextInput::Features(x) => TextInput::Features(blank(Modality::Text, x)),
                other => other.clone(),
            },
            visual: blank(Modality::Visual, &self.visual),
            acoustic: blank(Modality::Acoustic, &self.acoustic),
            ..self.clone()
        }
    }

    /// Checks that text, visual, acoustic, lengths, presence, absent steps and videos describe one batch.
    ///
    /// # Panics
    ///
    /// Panics if the modalities, presence, absent steps or videos differ in `batch`, if a length is 0 or
    /// beyond the padding, or if an utterance has another number of flags of absent steps than steps.
    #[doc(hidden)]
    pub fn assert_consistent(&self) {
        let [_, visual_steps, _] = self.visual.dims();
        let [_, acoustic_steps, _] = self.acoustic.dims();
        let longest = self.lengths.text.iter().copied().max().unwrap_or(0);
        let text = self.text.batch_and_steps();
        let [text_batch, text_steps] = text.unwrap_or([self.batch(), longest]);
        assert_eq!(text_batch, self.batch(), "utterances in text");
        assert_shape!(self.visual, [self.batch(), _, _]);
        assert_shape!(self.acoustic, [self.batch(), _, _]);
        if let Some(presence) = &self.presence {
            assert_eq!(presence.batch(), self.batch(), "flags of presence");
        }
        if let Some(videos) = &self.videos {
            assert_eq!(videos.batch(), self.batch(), "utterances in videos");
        }
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
            if let Some(absent) = self.absent_of(modality) {
                absent.assert_lengths(lengths);
            }
        }
    }

    /// Checks that the feature sizes are `sizes`.
    ///
    /// # Panics
    ///
    /// Panics with the name of the first modality whose feature size differs.
    #[doc(hidden)]
    pub fn assert_sizes(&self, sizes: FeatureSizes) {
        let [_, _, visual] = self.visual.dims();
        let [_, _, acoustic] = self.acoustic.dims();
        assert_eq!(visual, sizes.visual, "features of visual");
        assert_eq!(acoustic, sizes.acoustic, "features of acoustic");
        if let (TextInput::Features(text), TextSize::Features { d_input }) =
            (&self.text, sizes.text)
        {
            let [_, _, d_text] = text.dims();
            assert_eq!(d_text, d_input, "features of text");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(d_visual: usize, lengths: Vec<usize>) -> MisaInput {
        let device = Device::flex();
        MisaInput::new(
            TextInput::Features(Tensor::zeros([2, 3, 6], &device)),
            Tensor::zeros([2, 3, d_visual], &device),
            Tensor::zeros([2, 3, 5], &device),
            PerModality::from_fn(|_| lengths.clone()),
        )
    }

    const SIZES: FeatureSizes = FeatureSizes {
        text: TextSize::Features { d_input: 6 },
        visual: 4,
        acoustic: 5,
    };

    #[test]
    fn a_consistent_batch_is_accepted() {
        input(4, vec![3, 1]).assert_consistent();
        input(4, vec![3, 1]).assert_sizes(SIZES);
    }

    #[test]
    #[should_panic(expected = "features of visual")]
    fn another_feature_size_is_named() {
        input(7, vec![3, 1]).assert_sizes(SIZES);
    }

    #[test]
    #[should_panic(expected = "lengths of text must lie in 1..=3, got [3, 0]")]
    fn a_length_of_zero_is_named() {
        input(4, vec![3, 0]).assert_consistent();
    }

    #[test]
    #[should_panic(expected = "lengths of text must lie in 1..=3, got [4, 1]")]
    fn a_length_beyond_the_padding_is_named() {
        input(4, vec![4, 1]).assert_consistent();
    }
}
