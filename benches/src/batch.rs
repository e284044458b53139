//! Synthetic batches of given lengths.

use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::{FeatureSizes, MisaInput, PerModality, Task, TextInput, TextSize};
use misa_data::{Random, UtteranceBatch, Vocabulary};
use std::ops::Range;

/// First id of an ordinary word: those below stand for unknown words and for padding.
const FIRST_WORD: usize = Vocabulary::PADDING as usize + 1;
/// First id of an ordinary token of BERT.
const FIRST_TOKEN: usize = 1000;
/// Special tokens around a sentence of BERT.
const SPECIAL: usize = 2;
/// Largest magnitude of the labels of a regression.
const LARGEST_LABEL: f64 = 3.0;

/// Lengths, sizes and task of a batch; its values are drawn at random.
///
/// All modalities have the same lengths, as aligned data does.
#[derive(Clone, Debug)]
pub struct BatchShape {
    /// Steps of each utterance, without padding.
    pub lengths: Vec<usize>,
    /// Padded steps, no fewer than the longest utterance has.
    pub steps: usize,
    /// Feature sizes.
    pub sizes: FeatureSizes,
    /// Kind of the labels.
    pub task: Task,
}

impl BatchShape {
    /// Batches padded to the longest utterance.
    pub fn new(lengths: &[usize], sizes: FeatureSizes, task: Task) -> Self {
        Self {
            steps: lengths.iter().copied().max().unwrap_or(0),
            lengths: lengths.to_vec(),
            sizes,
            task,
        }
    }

    /// The same batches with another number of padded steps.
    pub fn with_steps(self, steps: usize) -> Self {
        Self { steps, ..self }
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.lengths.len()
    }

    /// Number of steps that are not padding.
    pub fn real_steps(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// Draws a batch: features of mean 0 and variance 1, and every word equally likely.
    ///
    /// Padding uses no random numbers, so batches that differ only in padding have the same values.
    pub fn draw(&self, random: &mut Random, device: &Device) -> UtteranceBatch {
        UtteranceBatch {
            input: MisaInput::new(
                self.draw_text(random, device),
                self.draw_features(self.sizes.visual, random, device),
                self.draw_features(self.sizes.acoustic, random, device),
                self.all_lengths(),
            ),
            targets: self.draw_targets(random, device),
            modality_targets: PerModality::default(),
            ids: (0..self.batch()).map(|row| row.to_string()).collect(),
            places: (0..self.batch()).collect(),
            seed: random.bits(),
        }
    }

    /// Steps of each modality: BERT reads two tokens more than there are words.
    fn all_lengths(&self) -> PerModality<Vec<usize>> {
        let mut lengths = PerModality::from_fn(|_| self.lengths.clone());
        if matches!(self.sizes.text, TextSize::Bert(_)) {
            lengths
                .text
                .iter_mut()
                .for_each(|length| *length += SPECIAL);
        }
        lengths
    }

    /// Draws only the text, for a batch that is used again with other words.
    pub fn draw_text(&self, random: &mut Random, device: &Device) -> TextInput {
        let mut ids = |first, vocabulary, more, padding| {
            let ids = self.draw_ids(random, first..vocabulary, more, padding);
            Tensor::from_data(ids, device)
        };
        match self.sizes.text {
            TextSize::Words { vocabulary } => {
                TextInput::Words(ids(FIRST_WORD, vocabulary, 0, Vocabulary::PADDING))
            }
            TextSize::Bert(bert) => {
                let first = FIRST_TOKEN.min(bert.vocabulary / 2);
                TextInput::Tokens(ids(first, bert.vocabulary, SPECIAL, 0))
            }
            TextSize::Features { d_input } => {
                TextInput::Features(self.draw_features(d_input, random, device))
            }
        }
    }

    /// `[batch, steps + more]` ids, of which each utterance has `more` than steps.
    fn draw_ids(
        &self,
        random: &mut Random,
        range: Range<usize>,
        more: usize,
        padding: u32,
    ) -> TensorData {
        let steps = self.steps + more;
        let mut ids = vec![padding as i32; self.batch() * steps];
        for (row, &length) in ids.chunks_exact_mut(steps).zip(&self.lengths) {
            // Ids lie below `Vocabulary::MAX_LEN`, or below the size of BERT's vocabulary.
            row[..length + more].fill_with(|| (range.start + random.below(range.len())) as i32);
        }
        TensorData::new(ids, [self.batch(), steps])
    }

    /// `[batch, steps, d_input]`, zeros in the padding.
    fn draw_features(&self, d_input: usize, random: &mut Random, device: &Device) -> Tensor<3> {
        // A uniform distribution of variance 1, much cheaper to draw than a normal one.
        let bound = 3.0_f64.sqrt();
        let mut values = vec![0.0_f32; self.batch() * self.steps * d_input];
        let rows = values.chunks_exact_mut(self.steps * d_input);
        for (row, &length) in rows.zip(&self.lengths) {
            row[..length * d_input].fill_with(|| symmetric(bound, random));
        }
        let shape = [self.batch(), self.steps, d_input];
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    fn draw_targets(&self, random: &mut Random, device: &Device) -> Tensor<2> {
        let label = |_| match self.task {
            Task::Regression => symmetric(LARGEST_LABEL, random),
            Task::Classification { classes } => random.below(classes) as f32,
        };
        let labels: Vec<f32> = self.lengths.iter().map(label).collect();
        Tensor::from_data(TensorData::new(labels, [self.batch(), 1]), device)
    }
}

/// A number between `-bound` and `bound`.
fn symmetric(bound: f64, random: &mut Random) -> f32 {
    (bound * (2.0 * random.uniform() - 1.0)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cpu;

    fn shape() -> BatchShape {
        let sizes = FeatureSizes {
            text: TextSize::Words { vocabulary: 4 },
            visual: 1,
            acoustic: 2,
        };
        BatchShape::new(&[3, 1], sizes, Task::Classification { classes: 2 })
    }

    fn values(tensor: Tensor<3>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    fn ids(text: TextInput) -> Vec<i64> {
        let TextInput::Words(ids) = text else {
            panic!("word ids");
        };
        ids.try_into_vec_as().unwrap()
    }

    #[test]
    fn padding_is_zero_and_its_own_id() {
        let batch = shape().draw(&mut Random::new(1), &cpu());
        batch.input.assert_consistent();
        batch.input.assert_sizes(shape().sizes);
        let visual = values(batch.input.visual);
        assert!(visual[..4].iter().all(|value| *value != 0.0), "{visual:?}");
        assert_eq!(visual[4..], [0.0, 0.0]);
        let ids = ids(batch.input.text);
        assert!(ids[..4].iter().all(|id| (2..4).contains(id)), "{ids:?}");
        assert_eq!(ids[4..], [1, 1]);
        let targets: Vec<f32> = batch.targets.into_data().try_to_vec().unwrap();
        assert!(targets.iter().all(|class| [0.0, 1.0].contains(class)));
    }

    #[test]
    fn more_padding_changes_nothing_else() {
        let device = cpu();
        let plain = shape().draw(&mut Random::new(1), &device).input;
        let padded = shape().with_steps(5).draw(&mut Random::new(1), &device);
        let padded = padded.input;
        assert_eq!(padded.acoustic.dims(), [2, 5, 2]);
        let without = values(padded.acoustic.narrow(1, 0, 3));
        assert_eq!(without, values(plain.acoustic));
        let (plain, padded) = (ids(plain.text), ids(padded.text));
        assert_eq!(padded[..3], plain[..3]);
        assert_eq!(padded[5..8], plain[3..]);
    }

    #[test]
    fn real_steps_leave_padding_out() {
        assert_eq!(shape().with_steps(9).real_steps(), 4);
        assert_eq!(shape().steps, 3);
    }
}
