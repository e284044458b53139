//! A clip without a label, as a program or a person hands it in.

use crate::{Modalities, Modality, Sequence, TextSequence, Utterance};

/// The text of a clip.
#[derive(Clone, Debug, PartialEq)]
pub enum ClipText {
    /// A sentence as people write it. It is cut into words at white space and, for a model with a
    /// vocabulary, at punctuation, and a word that the vocabulary lacks is looked up in lower case.
    Sentence(String),
    /// Words, looked up exactly as they are.
    Words(Vec<String>),
    /// Word ids of the model's vocabulary.
    Ids(Vec<u32>),
    /// Precomputed vectors, `[steps, d_input]`, with the words they stand for, if known. A model with
    /// BERT reads the words.
    Vectors {
        /// One row per step.
        vectors: Sequence,
        /// The words; may be empty.
        words: Vec<String>,
    },
}

/// What is said, seen and heard in one clip. Any modality may be missing, but not all, and each has as
/// many steps as it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clip {
    /// A name for messages and answers; may be empty. A model with context takes clips named `video[0]`,
    /// `video[1]`, … as parts of one video.
    pub id: String,
    /// What is said.
    pub text: Option<ClipText>,
    /// What is seen, `[steps, d_input]`.
    pub visual: Option<Sequence>,
    /// What is heard, `[steps, d_input]`.
    pub acoustic: Option<Sequence>,
}

impl Clip {
    /// A clip of which only a sentence is known.
    pub fn said(sentence: impl Into<String>) -> Self {
        Self {
            text: Some(ClipText::Sentence(sentence.into())),
            ..Self::default()
        }
    }

    /// Whether the clip has a modality: whether it is there, and some of its steps are not absent.
    pub fn has(&self, modality: Modality) -> bool {
        let sequence = match modality {
            Modality::Text => match &self.text {
                None => return false,
                Some(ClipText::Vectors { vectors, words }) if words.is_empty() => Some(vectors),
                Some(_) => return true,
            },
            Modality::Visual => self.visual.as_ref(),
            Modality::Acoustic => self.acoustic.as_ref(),
        };
        sequence.is_some_and(|sequence| !sequence.is_all_absent())
    }

    /// The same clip without the modalities outside `modalities`.
    #[must_use]
    pub fn only(mut self, modalities: Modalities) -> Self {
        if !modalities.contains(Modality::Text) {
            self.text = None;
        }
        if !modalities.contains(Modality::Visual) {
            self.visual = None;
        }
        if !modalities.contains(Modality::Acoustic) {
            self.acoustic = None;
        }
        self
    }
}

impl From<&Utterance> for Clip {
    /// The same clip with all its modalities, without its label.
    fn from(utterance: &Utterance) -> Self {
        let words = utterance.words.clone();
        let text = match &utterance.text {
            TextSequence::Words(ids) if words.is_empty() => ClipText::Ids(ids.clone()),
            TextSequence::Words(_) => ClipText::Words(words),
            TextSequence::Features(vectors) => ClipText::Vectors {
                vectors: vectors.clone(),
                words,
            },
        };
        Self {
            id: utterance.id.clone(),
            text: Some(text),
            visual: Some(utterance.visual.clone()),
            acoustic: Some(utterance.acoustic.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modalities_outside_the_chosen_ones_are_left_out() {
        let mut clip = Clip::said("what fun");
        clip.acoustic = Sequence::new(1, vec![0.5]);
        let heard = clip.clone().only("acoustic".parse().unwrap());
        let has = Modality::ALL.map(|modality| heard.has(modality));
        assert_eq!(
            has,
            Modality::ALL.map(|modality| modality == Modality::Acoustic)
        );
        assert_eq!(clip.clone().only(Modalities::ALL), clip);
    }

    #[test]
    fn a_modality_of_absent_steps_alone_is_missing() {
        let mut clip = Clip::said("what fun");
        clip.visual = Sequence::with_absent(1, vec![0.0, 0.5], vec![true, false]);
        clip.acoustic = Sequence::with_absent(1, vec![0.0, 0.0], vec![true; 2]);
        let has = Modality::ALL.map(|modality| clip.has(modality));
        assert_eq!(has, [true, true, false]);
    }

    #[test]
    fn an_utterance_becomes_a_clip_with_its_words() {
        let features = Sequence::new(1, vec![0.0]).unwrap();
        let words = vec!["fun".to_string()];
        let text = TextSequence::Words(vec![7]);
        let mut utterance =
            Utterance::new("a[0]", words.clone(), text, features.clone(), features, 3.0).unwrap();
        let text = |utterance: &Utterance| Clip::from(utterance).text.unwrap();
        assert_eq!(text(&utterance), ClipText::Words(words));
        utterance.words.clear();
        assert_eq!(text(&utterance), ClipText::Ids(vec![7]));
    }
}
