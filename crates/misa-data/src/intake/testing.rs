//! Utterances for the tests of the gate.

use crate::{Sequence, TextSequence, Utterance};
use misa_terms::ModalityLabels;

pub(super) fn utterance(id: &str, label: f32, visual: &[f32]) -> Utterance {
    Utterance {
        id: id.to_owned(),
        words: Vec::new(),
        text: TextSequence::Words(vec![2]),
        visual: Sequence::new(1, visual.to_vec()).unwrap(),
        acoustic: Sequence::new(1, vec![0.0]).unwrap(),
        label,
        modality_labels: ModalityLabels::default(),
    }
}

/// An utterance with these labels of what is said and heard.
pub(super) fn labelled(id: &str, text: Option<f32>, acoustic: Option<f32>) -> Utterance {
    Utterance {
        modality_labels: ModalityLabels {
            text,
            visual: None,
            acoustic,
        },
        ..utterance(id, 1.0, &[0.0])
    }
}
