//! One labelled utterance.

use crate::{Modality, PerModality, Sequence, UtteranceError};

/// The text, one entry per step.
#[derive(Clone, Debug, PartialEq)]
pub enum TextSequence {
    /// Word ids of the data set's vocabulary.
    Words(Vec<u32>),
    /// Precomputed vectors.
    Features(Sequence),
}

impl TextSequence {
    /// Number of steps.
    pub fn steps(&self) -> usize {
        match self {
            Self::Words(ids) => ids.len(),
            Self::Features(features) => features.steps(),
        }
    }
}

/// The label by each modality alone, where an utterance has it.
pub type ModalityLabels = PerModality<Option<f32>>;

/// One labelled clip of speech: what is said, seen and heard, and the label.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// Name of the clip in its data set, such as `03bSnISJMiM[4]`.
    pub id: String,
    /// The words as text; empty if the file has none. With word ids: one per step.
    pub words: Vec<String>,
    /// What is said.
    pub text: TextSequence,
    /// What is seen, `[steps, d_input]`.
    pub visual: Sequence,
    /// What is heard, `[steps, d_input]`.
    pub acoustic: Sequence,
    /// The label: for most data sets the sentiment from -3 (negative) to 3 (positive), or a class.
    pub label: f32,
    /// The label of what is said, seen and heard alone, where the data has them.
    pub modality_labels: ModalityLabels,
}

impl Utterance {
    /// An utterance from its parts.
    ///
    /// # Errors
    ///
    /// [`UtteranceError`] when a modality has no steps, the label is NaN or infinite, or words and
    /// word ids differ in number.
    pub fn new(
        id: impl Into<String>,
        words: Vec<String>,
        text: TextSequence,
        visual: Sequence,
        acoustic: Sequence,
        label: f32,
    ) -> Result<Self, UtteranceError> {
        let utterance = Self {
            id: id.into(),
            words,
            text,
            visual,
            acoustic,
            label,
            modality_labels: ModalityLabels::default(),
        };
        utterance.check()?;
        Ok(utterance)
    }

    /// The same utterance with labels by single modalities.
    ///
    /// # Errors
    ///
    /// [`UtteranceError::ModalityLabel`] when one is NaN or infinite.
    pub fn with_modality_labels(mut self, labels: ModalityLabels) -> Result<Self, UtteranceError> {
        self.modality_labels = labels;
        self.check_label()?;
        Ok(self)
    }

    /// Number of steps of each modality.
    pub fn steps(&self) -> PerModality<usize> {
        PerModality {
            text: self.text.steps(),
            visual: self.visual.steps(),
            acoustic: self.acoustic.steps(),
        }
    }

    /// Checks the guarantees of `new` again, because the fields are public.
    ///
    /// # Errors
    ///
    /// As [`Utterance::new`].
    #[doc(hidden)]
    pub fn check(&self) -> Result<(), UtteranceError> {
        self.check_steps()?;
        self.check_label()
    }

    /// Checks the guarantee of `new` for the label, and that those by single modalities are finite.
    #[doc(hidden)]
    pub fn check_label(&self) -> Result<(), UtteranceError> {
        if !self.label.is_finite() {
            return Err(UtteranceError::Label { found: self.label });
        }
        for modality in Modality::ALL {
            match *self.modality_labels.get(modality) {
                Some(found) if !found.is_finite() => {
                    return Err(UtteranceError::ModalityLabel { modality, found });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks the guarantees of `new` for sequences.
    #[doc(hidden)]
    pub fn check_steps(&self) -> Result<(), UtteranceError> {
        let steps = self.steps();
        for modality in Modality::ALL {
            if *steps.get(modality) == 0 {
                return Err(UtteranceError::Empty { modality });
            }
        }
        match &self.text {
            TextSequence::Words(ids) if ![0, ids.len()].contains(&self.words.len()) => {
                Err(UtteranceError::Words {
                    words: self.words.len(),
                    ids: ids.len(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Fails unless all modalities have as many steps as the text, as in word-aligned files.
    #[doc(hidden)]
    pub fn check_aligned(&self) -> Result<(), UtteranceError> {
        let steps = self.steps();
        for modality in [Modality::Visual, Modality::Acoustic] {
            let found = *steps.get(modality);
            if found != steps.text {
                return Err(UtteranceError::Steps {
                    modality,
                    found,
                    expected: steps.text,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(steps: usize) -> Sequence {
        Sequence::new(2, vec![0.0; 2 * steps]).unwrap()
    }

    fn utterance(visual: usize, words: &[&str], label: f32) -> Result<Utterance, UtteranceError> {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        let text = TextSequence::Words(vec![2, 3]);
        Utterance::new("x[4]", words, text, sequence(visual), sequence(2), label)
    }

    #[test]
    fn words_are_optional_but_complete() {
        assert!(utterance(2, &[], 0.0).is_ok());
        assert!(utterance(2, &["a", "b"], 0.0).is_ok());
        let error = utterance(2, &["a"], 0.0).unwrap_err();
        assert_eq!(error.to_string(), "text has 2 word ids, 1 words");
    }

    #[test]
    fn every_modality_needs_a_step() {
        let error = utterance(0, &[], 0.0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "visual has no steps, expected at least 1"
        );
    }

    #[test]
    fn labels_are_finite() {
        let error = utterance(2, &[], f32::NAN).unwrap_err();
        assert_eq!(error.to_string(), "label is NaN, expected a finite number");
        let labels = PerModality {
            visual: Some(f32::INFINITY),
            ..ModalityLabels::default()
        };
        let error = utterance(2, &[], 0.0).unwrap().with_modality_labels(labels);
        assert_eq!(
            error.unwrap_err().to_string(),
            "label of visual is inf, expected a finite number"
        );
    }

    #[test]
    fn aligned_utterances_have_equal_steps() {
        assert_eq!(utterance(2, &[], 0.0).unwrap().check_aligned(), Ok(()));
        let error = utterance(3, &[], 0.0).unwrap().check_aligned().unwrap_err();
        assert_eq!(error.to_string(), "visual has 3 steps, text has 2");
    }
}
