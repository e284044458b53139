//! The columns of a split except for feature values.

use super::read::named;
use super::write::{Column, Content};
use crate::{Sequence, Split, TextSequence, Utterance};
use misa_terms::{Modality, PerModality};
use safetensors::tensor::Dtype;

/// The small columns of a split, gathered utterance by utterance.
#[derive(Debug, Default)]
pub(super) struct SplitColumns {
    pub labels: Vec<f32>,
    /// The labels by each modality alone; none, or one per utterance.
    pub modality_labels: PerModality<Vec<f32>>,
    pub ids: Texts,
    pub words: Texts,
    pub word_counts: Vec<u32>,
    pub steps: PerModality<Vec<u32>>,
    /// Word ids, if the text consists of them.
    pub word_ids: Vec<u32>,
    /// Features of a step, for modalities with features.
    pub d_input: PerModality<Option<usize>>,
    /// A flag for each step up to the last one that is absent, 1 if it is.
    pub absent: PerModality<Vec<u8>>,
}

/// Concatenated texts, and the end of each.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u64>,
}

impl SplitColumns {
    pub fn add(&mut self, utterance: &Utterance) {
        self.labels.push(utterance.label);
        self.ids.push(&utterance.id);
        for word in &utterance.words {
            self.words.push(word);
        }
        self.word_counts.push(utterance.words.len() as u32);
        if let TextSequence::Words(ids) = &utterance.text {
            self.word_ids.extend(ids);
        }
        for modality in Modality::ALL {
            let label = *utterance.modality_labels.get(modality);
            self.modality_labels.get_mut(modality).extend(label);
            self.add_absent(utterance, modality);
            let steps = *utterance.steps().get(modality) as u32;
            self.steps.get_mut(modality).push(steps);
            let d_input = features(utterance, modality).map(Sequence::d_input);
            *self.d_input.get_mut(modality) = d_input;
        }
    }

    /// Flags the absent steps of an utterance whose steps have not been counted yet.
    fn add_absent(&mut self, utterance: &Utterance, modality: Modality) {
        let sequence = features(utterance, modality);
        if let Some(absent) = sequence.and_then(Sequence::absent) {
            let earlier = total(self.steps.get(modality));
            let flags = self.absent.get_mut(modality);
            flags.resize(earlier, 0);
            flags.extend(absent.iter().copied().map(u8::from));
        }
    }

    /// Appends the columns; `values` is the content of the feature columns. Clips are in no split and have
    /// no labels.
    pub fn write<'a>(
        mut self,
        split: Option<Split>,
        mut values: PerModality<Option<Content<'a>>>,
        columns: &mut Vec<Column<'a>>,
    ) {
        if split.is_some() {
            let labels = self.labels.into_iter().map(f32::to_le_bytes);
            columns.push(Column::numbers(named(split, "label"), Dtype::F32, labels));
            for modality in Modality::ALL {
                let labels = std::mem::take(self.modality_labels.get_mut(modality));
                if !labels.is_empty() {
                    let labels = labels.into_iter().map(f32::to_le_bytes);
                    let name = named(split, &label_name(modality));
                    columns.push(Column::numbers(name, Dtype::F32, labels));
                }
            }
        }
        self.ids.write(named(split, "id"), columns);
        self.words.write(named(split, "words"), columns);
        let name = named(split, "words.counts");
        columns.push(Column::counts(name, &self.word_counts));
        for modality in Modality::ALL {
            let steps = self.steps.get(modality);
            let name = named(split, modality.name());
            columns.push(Column::counts(format!("{name}.steps"), steps));
            let mask = format!("{name}.{ABSENT}");
            columns.push(
                match (self.d_input.get(modality), values.get_mut(modality).take()) {
                    (Some(d_input), Some(content)) => {
                        Column::features(name, [total(steps), *d_input], content)
                    }
                    _ => Column::counts(name, &self.word_ids),
                },
            );
            let mut flags = std::mem::take(self.absent.get_mut(modality));
            if !flags.is_empty() {
                flags.resize(total(steps), 0);
                columns.push(Column::absent(mask, flags));
            }
        }
    }
}

impl Texts {
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u64);
    }

    pub fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[index] as usize]
    }

    /// Appends the columns of the texts and of their ends.
    pub fn write(self, name: impl Into<String>, columns: &mut Vec<Column<'_>>) {
        let name = name.into();
        let ends = self.ends.into_iter().map(u64::to_le_bytes);
        let ends = Column::numbers(format!("{name}.ends"), Dtype::U64, ends);
        columns.push(Column::bytes(name, self.text.into_bytes()));
        columns.push(ends);
    }
}

/// The name of the labels by one modality.
pub(super) fn label_name(modality: Modality) -> String {
    format!("label_{modality}")
}

/// The last part of the name of a tensor of flags, one for each step, which is 1 if the step is absent.
pub(super) const ABSENT: &str = "absent";

fn total(steps: &[u32]) -> usize {
    steps.iter().map(|&steps| steps as usize).sum()
}

/// The feature rows of a modality; `None` for word ids.
pub(super) fn features(utterance: &Utterance, modality: Modality) -> Option<&Sequence> {
    match (modality, &utterance.text) {
        (Modality::Text, TextSequence::Features(text)) => Some(text),
        (Modality::Text, TextSequence::Words(_)) => None,
        (Modality::Visual, _) => Some(&utterance.visual),
        (Modality::Acoustic, _) => Some(&utterance.acoustic),
    }
}
