//! One utterance as a reader finds it.

use crate::{DataError, Sequence, TextSequence, Utterance, UtteranceError};
use misa_terms::{Clip, ClipText, Modality, ModalityLabels};

/// What a file holds of one utterance. A part that is missing is missing here too, so that no value
/// has to stand for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub id: String,
    /// As [`Utterance::words`].
    pub words: Vec<String>,
    pub text: Option<TextSequence>,
    pub visual: Option<Sequence>,
    pub acoustic: Option<Sequence>,
    /// The label, which may be NaN or infinite.
    pub label: Option<f32>,
    /// As [`Utterance::modality_labels`], which may be NaN or infinite.
    pub modality_labels: ModalityLabels,
}

impl From<Utterance> for Entry {
    fn from(utterance: Utterance) -> Self {
        Self {
            id: utterance.id,
            words: utterance.words,
            text: Some(utterance.text),
            visual: Some(utterance.visual),
            acoustic: Some(utterance.acoustic),
            label: Some(utterance.label),
            modality_labels: utterance.modality_labels,
        }
    }
}

impl Entry {
    /// Whether every part is there.
    pub fn is_whole(&self) -> bool {
        self.label.is_some() && Modality::ALL.iter().all(|&m| self.steps(m).is_some())
    }

    /// The utterance, if every part is there; `place` names the source in messages.
    pub fn into_utterance(self, place: &str) -> Result<Utterance, DataError> {
        let (place, missing) = (format!("{place}: utterance {:?}", self.id), self.missing());
        let (Some(text), Some(visual), Some(acoustic), Some(label)) =
            (self.text, self.visual, self.acoustic, self.label)
        else {
            let expected = "a label, text, visual and acoustic features";
            return Err(DataError::layout(place, expected, missing));
        };
        Ok(Utterance {
            id: self.id,
            words: self.words,
            text,
            visual,
            acoustic,
            label,
            modality_labels: self.modality_labels,
        })
    }

    /// The clip, without its label.
    pub fn into_clip(self) -> Clip {
        let words = self.words;
        let text = self.text.map(|text| match text {
            TextSequence::Words(ids) if words.is_empty() => ClipText::Ids(ids),
            TextSequence::Words(_) => ClipText::Words(words),
            TextSequence::Features(vectors) => ClipText::Vectors { vectors, words },
        });
        Clip {
            id: self.id,
            text,
            visual: self.visual,
            acoustic: self.acoustic,
        }
    }

    /// The parts that are missing, for messages.
    fn missing(&self) -> String {
        let modalities = Modality::ALL.into_iter();
        let names = modalities.filter(|&modality| self.steps(modality).is_none());
        let mut names: Vec<String> = names.map(|modality| format!("no {modality}")).collect();
        names.extend(self.label.is_none().then(|| "no label".to_string()));
        names.join(", ")
    }

    /// Steps of a modality; `None` if it is missing.
    pub fn steps(&self, modality: Modality) -> Option<usize> {
        match modality {
            Modality::Text => self.text.as_ref().map(TextSequence::steps),
            Modality::Visual => self.visual.as_ref().map(Sequence::steps),
            Modality::Acoustic => self.acoustic.as_ref().map(Sequence::steps),
        }
    }

    /// The feature rows of a modality; `None` if it is missing, or word ids.
    pub fn features_mut(&mut self, modality: Modality) -> Option<&mut Sequence> {
        match modality {
            Modality::Text => match &mut self.text {
                Some(TextSequence::Features(text)) => Some(text),
                _ => None,
            },
            Modality::Visual => self.visual.as_mut(),
            Modality::Acoustic => self.acoustic.as_mut(),
        }
    }

    /// Fails if a modality that is there has no steps, or words and word ids differ in number.
    pub fn check_steps(&self) -> Result<(), UtteranceError> {
        for modality in Modality::ALL {
            if self.steps(modality) == Some(0) {
                return Err(UtteranceError::Empty { modality });
            }
        }
        match &self.text {
            Some(TextSequence::Words(ids)) if ![0, ids.len()].contains(&self.words.len()) => {
                Err(UtteranceError::Words {
                    words: self.words.len(),
                    ids: ids.len(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Fails unless the modalities that are there have as many steps as the text, if that is there.
    pub fn check_aligned(&self) -> Result<(), UtteranceError> {
        let Some(expected) = self.steps(Modality::Text) else {
            return Ok(());
        };
        for modality in [Modality::Visual, Modality::Acoustic] {
            if let Some(found) = self.steps(modality).filter(|&found| found != expected) {
                return Err(UtteranceError::Steps {
                    modality,
                    found,
                    expected,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_terms::PerModality;

    fn whole() -> Entry {
        let features = Sequence::new(1, vec![0.5]);
        Entry {
            id: "a".to_string(),
            words: vec!["fun".to_string()],
            text: Some(TextSequence::Words(vec![7])),
            visual: features.clone(),
            acoustic: features,
            label: Some(1.0),
            modality_labels: PerModality {
                visual: Some(-0.5),
                ..ModalityLabels::default()
            },
        }
    }

    #[test]
    fn an_utterance_has_every_part_and_a_clip_what_there_is() {
        let utterance = whole().into_utterance("x").unwrap();
        assert_eq!(whole().into_clip(), Clip::from(&utterance));
        assert_eq!(Entry::from(utterance), whole());

        let mut part = whole();
        (part.visual, part.label) = (None, None);
        let error = part.clone().into_utterance("x").unwrap_err().to_string();
        let expected = "x: utterance \"a\": expected a label, text, visual and acoustic features, \
                        found no visual, no label";
        assert_eq!(error, expected);
        let clip = part.into_clip();
        assert_eq!(Modality::ALL.map(|m| clip.has(m)), [true, false, true]);
    }

    /// The rules for a whole utterance are those of [`Utterance`].
    #[test]
    fn steps_are_checked_as_those_of_utterances() {
        let mut entry = whole();
        for (words, steps) in [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)] {
            entry.words = vec!["fun".to_string(); words];
            entry.acoustic = Sequence::new(1, vec![0.0; steps]);
            let utterance = entry.clone().into_utterance("x").unwrap();
            assert_eq!(entry.check_steps(), utterance.check_steps());
            assert_eq!(entry.check_aligned(), utterance.check_aligned());
        }
    }
}
