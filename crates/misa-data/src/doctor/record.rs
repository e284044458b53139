//! The data that is kept per utterance: a few hundred bytes.

use super::columns::{Columns, Odd};
use crate::{Sequence, Split, TextSequence, Utterance, VideoPlace};
use misa_terms::{Modality, ModalityLabels, PerModality};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// An utterance without its words and features.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub split: Split,
    pub id: String,
    /// The label as read, which may be NaN.
    pub label: f32,
    /// The labels by single modalities, which may be NaN.
    pub modality_labels: ModalityLabels,
    pub words: usize,
    pub steps: PerModality<usize>,
    pub has_nan: PerModality<bool>,
    pub has_infinite: PerModality<bool>,
    /// Whether there are steps that are not absent, all of zeros.
    pub is_zero: PerModality<bool>,
    pub absent: PerModality<usize>,
    /// A hash of words and features.
    pub content: u64,
}

/// Everything that is known after the last utterance.
#[derive(Debug, Default)]
pub(super) struct Observations {
    pub records: Vec<Record>,
    /// For each split; `None` for word ids, or if the split is empty.
    pub columns: [PerModality<Option<Columns>>; 3],
    /// Hashes of the distinct words.
    words: HashSet<u64>,
    bytes: Vec<u8>,
}

impl Observations {
    pub fn add(&mut self, split: Split, utterance: &Utterance) {
        let mut hasher = DefaultHasher::new();
        utterance.words.hash(&mut hasher);
        if let TextSequence::Words(ids) = &utterance.text {
            ids.hash(&mut hasher);
        }
        for word in &utterance.words {
            let mut hasher = DefaultHasher::new();
            word.hash(&mut hasher);
            self.words.insert(hasher.finish());
        }
        let mut record = Record {
            split,
            id: utterance.id.clone(),
            label: utterance.label,
            modality_labels: utterance.modality_labels.clone(),
            words: utterance.words.len(),
            steps: utterance.steps(),
            has_nan: PerModality::default(),
            has_infinite: PerModality::default(),
            is_zero: PerModality::default(),
            absent: PerModality::default(),
            content: 0,
        };
        for modality in Modality::ALL {
            if let Some(sequence) = features(utterance, modality) {
                self.add_features(&mut record, modality, sequence, &mut hasher);
            }
        }
        record.content = hasher.finish();
        self.records.push(record);
    }

    fn add_features(
        &mut self,
        record: &mut Record,
        modality: Modality,
        sequence: &Sequence,
        hasher: &mut DefaultHasher,
    ) {
        let values = sequence.values();
        let odd = Odd::of(values);
        *record.has_nan.get_mut(modality) = odd.nan > 0;
        *record.has_infinite.get_mut(modality) = odd.infinite() > 0;
        *record.absent.get_mut(modality) = sequence.n_absent();
        *record.is_zero.get_mut(modality) =
            !sequence.is_all_absent() && values.iter().all(|&value| value == 0.0);
        let columns = self.columns[record.split.index()].get_mut(modality);
        let columns = columns.get_or_insert_with(|| Columns::new(sequence.d_input()));
        columns.add(sequence, odd);
        self.bytes.clear();
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        self.bytes.extend(bytes);
        self.bytes.hash(hasher);
        sequence.absent().hash(hasher);
    }

    /// The records of a split.
    pub fn split(&self, split: Split) -> impl Iterator<Item = &Record> {
        let records = self.records.iter();
        records.filter(move |record| record.split == split)
    }

    /// Number of distinct words, if the files contain words.
    pub fn distinct_words(&self) -> usize {
        self.words.len()
    }

    /// The columns of all splits together.
    pub fn all(&self, modality: Modality) -> Option<Columns> {
        let mut splits = self.columns.iter().filter_map(|c| c.get(modality).as_ref());
        let mut all = splits.next()?.clone();
        splits.for_each(|columns| all.merge(columns));
        Some(all)
    }
}

impl Record {
    /// The label and those by single modalities.
    pub fn labels(&self) -> impl Iterator<Item = f32> {
        let alone = self.modality_labels.clone().into_array();
        alone.into_iter().flatten().chain([self.label])
    }

    /// Whether all modalities have as many steps as text.
    pub fn is_aligned(&self) -> bool {
        self.steps.visual == self.steps.text && self.steps.acoustic == self.steps.text
    }

    /// Whether the text is one word, or one vector.
    pub fn has_one_word(&self) -> bool {
        self.words == 1 || self.steps.text == 1
    }

    /// The video of the utterance according to its id; `None` if the id does not name one.
    pub fn video(&self) -> Option<&str> {
        VideoPlace::of(&self.id).map(|place| place.video)
    }
}

/// The feature rows of a modality; `None` for word ids.
fn features(utterance: &Utterance, modality: Modality) -> Option<&Sequence> {
    match (modality, &utterance.text) {
        (Modality::Text, TextSequence::Features(text)) => Some(text),
        (Modality::Text, TextSequence::Words(_)) => None,
        (Modality::Visual, _) => Some(&utterance.visual),
        (Modality::Acoustic, _) => Some(&utterance.acoustic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, visual: f32) -> Record {
        let sequence = |value| Sequence::new(1, vec![value]).unwrap();
        let utterance = Utterance {
            id: id.to_owned(),
            words: vec!["hello".to_owned()],
            text: TextSequence::Words(vec![2]),
            visual: sequence(visual),
            acoustic: sequence(0.0),
            label: 0.0,
            modality_labels: PerModality::default(),
        };
        let mut observations = Observations::default();
        observations.add(Split::Train, &utterance);
        observations.add(Split::Train, &utterance);
        assert_eq!(observations.distinct_words(), 1);
        observations.records.remove(0)
    }

    #[test]
    fn content_is_all_but_id_and_label() {
        assert_eq!(record("a", 1.0).content, record("b", 1.0).content);
        assert_ne!(record("a", 1.0).content, record("a", 2.0).content);
    }

    #[test]
    fn odd_and_zero_sequences_are_marked() {
        assert!(record("a", f32::NAN).has_nan.visual);
        assert!(record("a", f32::INFINITY).has_infinite.visual);
        assert!(!record("a", 1.0).is_zero.visual && record("a", 1.0).is_zero.acoustic);
    }
}
