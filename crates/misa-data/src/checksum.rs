//! The checksum of the content of a data set.

use crate::{Sequence, TextSequence, Utterance, Vocabulary};
use misa_terms::{PerModality, hex};
use sha2::{Digest, Sha256};

/// SHA-256 in hexadecimal over every utterance of every split, in order.
pub(crate) fn of(splits: &[Vec<Utterance>; 3]) -> String {
    let mut checksum = Checksum::default();
    for utterances in splits {
        checksum.split(utterances.len());
        for utterance in utterances {
            checksum.add(utterance);
        }
    }
    checksum.finish()
}

/// The same, utterance by utterance.
///
/// Every part is preceded by its length, so that different data never yields the same bytes.
#[derive(Debug, Default)]
pub(crate) struct Checksum(Sha256);

impl Checksum {
    /// Starts the next split, which has this many utterances.
    pub fn split(&mut self, utterances: usize) {
        length(&mut self.0, utterances);
    }

    pub fn add(&mut self, utterance: &Utterance) {
        add(&mut self.0, utterance);
    }

    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// SHA-256 in hexadecimal over the words and their ids; of the empty text without a vocabulary.
pub(crate) fn of_vocabulary(vocabulary: Option<&Vocabulary>) -> String {
    let mut hasher = Sha256::new();
    for (id, word) in vocabulary.into_iter().flat_map(Vocabulary::iter) {
        hasher.update(id.to_le_bytes());
        text(&mut hasher, word);
    }
    hex(&hasher.finalize())
}

/// SHA-256 in hexadecimal over the labels by single modalities, which [`of`] leaves out, so that data has
/// the checksum that it had when they were not read; `None` if there are none.
#[derive(Debug, Default)]
pub(crate) struct LabelChecksum {
    hasher: Sha256,
    has_some: bool,
}

impl LabelChecksum {
    /// Adds the next split: the labels of all its utterances by each modality, or none.
    pub fn split(&mut self, labels: &PerModality<Vec<f32>>) {
        for labels in labels.as_ref().into_array() {
            self.has_some |= !labels.is_empty();
            length(&mut self.hasher, labels.len());
            for label in labels {
                self.hasher.update(label.to_le_bytes());
            }
        }
    }

    pub fn finish(self) -> Option<String> {
        self.has_some.then(|| hex(&self.hasher.finalize()))
    }
}

/// The labels of a split by each modality.
pub(crate) fn modality_labels(utterances: &[Utterance]) -> PerModality<Vec<f32>> {
    PerModality::from_fn(|modality| {
        let labels = utterances.iter();
        labels
            .filter_map(|utterance| *utterance.modality_labels.get(modality))
            .collect()
    })
}

fn add(hasher: &mut Sha256, utterance: &Utterance) {
    text(hasher, &utterance.id);
    length(hasher, utterance.words.len());
    for word in &utterance.words {
        text(hasher, word);
    }
    match &utterance.text {
        TextSequence::Words(ids) => {
            hasher.update([0]);
            length(hasher, ids.len());
            for id in ids {
                hasher.update(id.to_le_bytes());
            }
        }
        TextSequence::Features(features) => {
            hasher.update([1]);
            sequence(hasher, features);
        }
    }
    sequence(hasher, &utterance.visual);
    sequence(hasher, &utterance.acoustic);
    hasher.update(utterance.label.to_le_bytes());
}

fn length(hasher: &mut Sha256, length: usize) {
    hasher.update((length as u64).to_le_bytes());
}

fn text(hasher: &mut Sha256, text: &str) {
    length(hasher, text.len());
    hasher.update(text);
}

/// Stands where the size of a step stands otherwise, and is none: the mask of a sequence with absent steps
/// follows, and then the sequence. So sequences without one have the checksum that they always had.
const MASK: u64 = u64::MAX;

fn sequence(hasher: &mut Sha256, sequence: &Sequence) {
    if let Some(absent) = sequence.absent() {
        hasher.update(MASK.to_le_bytes());
        length(hasher, absent.len());
        let flags: Vec<u8> = absent.iter().copied().map(u8::from).collect();
        hasher.update(flags);
    }
    length(hasher, sequence.d_input());
    length(hasher, sequence.values().len());
    // One call per step: hashing four bytes per call would take most of the time.
    let mut bytes = Vec::with_capacity(4 * sequence.d_input());
    for step in sequence.iter() {
        bytes.clear();
        bytes.extend(step.iter().flat_map(|value| value.to_le_bytes()));
        hasher.update(&bytes);
    }
}
