//! Turns utterances into padded tensors.

use crate::{BertText, UtteranceBatch};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::{AbsentSteps, MisaInput, TextInput, Videos};
use misa_terms::{Modality, PerModality, Sequence, TextSequence, Utterance, Vocabulary, videos};
use std::cmp::Reverse;
use std::sync::Arc;

/// Pads utterances to the longest of each modality and uploads one tensor per part.
///
/// Padding is at the end: word ids with [`Vocabulary::PADDING`], features with 0.
///
/// - Source: official MISA, `collate_fn`: most words first, ties in the given order.
/// - Differs: batch first, not time first; each modality has its own length.
#[derive(Clone, Debug, Default)]
pub struct UtteranceBatcher {
    bert: Option<Arc<BertText>>,
}

impl UtteranceBatcher {
    /// A batcher whose text is BERT's tokens if `bert` is set, and what utterances have otherwise.
    pub fn new(bert: Option<Arc<BertText>>) -> Self {
        Self { bert }
    }

    /// The batch of `utterances`, sorted by decreasing number of words, or of text steps if there
    /// are no words.
    ///
    /// # Panics
    ///
    /// Panics if there are no utterances, or they differ in feature sizes, which utterances of one
    /// data set never do.
    pub fn batch<'a>(
        &self,
        utterances: impl IntoIterator<Item = &'a Utterance>,
        device: &Device,
    ) -> UtteranceBatch {
        let mut given: Vec<(usize, &Utterance)> = utterances.into_iter().enumerate().collect();
        assert!(!given.is_empty(), "a batch needs an utterance");
        given.sort_by_key(|(_, utterance)| match &self.bert {
            Some(bert) => Reverse(bert.count(utterance)),
            None => Reverse(utterance.text.steps()),
        });
        let (places, utterances): (Vec<usize>, Vec<&Utterance>) = given.into_iter().unzip();
        let labels: Vec<f32> = utterances.iter().map(|utterance| utterance.label).collect();
        let targets = TensorData::new(labels, [utterances.len(), 1]);
        let mut lengths = lengths(&utterances);
        let text = match &self.bert {
            Some(bert) => {
                let sentences = bert.sentences(&utterances);
                lengths.text = sentences.iter().map(Vec::len).collect();
                TextInput::Tokens(ids(&sentences, bert.tokeniser().padding(), device))
            }
            None => text(&utterances, device),
        };
        UtteranceBatch {
            input: MisaInput::new(
                text,
                padded(utterances.iter().map(|utterance| &utterance.visual), device),
                padded(
                    utterances.iter().map(|utterance| &utterance.acoustic),
                    device,
                ),
                lengths,
            )
            .with_absent(absent(&utterances, self.bert.is_some()))
            .with_videos(videos_of_batch(&utterances, &places)),
            targets: Tensor::from_data(targets, device),
            modality_targets: PerModality::from_fn(|modality| {
                modality_targets(&utterances, modality, device)
            }),
            ids: utterances
                .iter()
                .map(|utterance| utterance.id.clone())
                .collect(),
            places,
            seed: 0,
        }
    }
}

/// The labels by a modality, if all utterances have one.
fn modality_targets(
    utterances: &[&Utterance],
    modality: Modality,
    device: &Device,
) -> Option<Tensor<2>> {
    let labels = utterances.iter();
    let labels = labels.map(|utterance| *utterance.modality_labels.get(modality));
    let labels: Vec<f32> = labels.collect::<Option<_>>()?;
    let shape = [labels.len(), 1];
    Some(Tensor::from_data(TensorData::new(labels, shape), device))
}

fn lengths(utterances: &[&Utterance]) -> PerModality<Vec<usize>> {
    PerModality::from_fn(|modality| {
        let steps = utterances
            .iter()
            .map(|utterance| *utterance.steps().get(modality));
        steps.collect()
    })
}

/// The absent steps of each modality; words that BERT reads are never absent.
pub(crate) fn absent(
    utterances: &[&Utterance],
    has_bert: bool,
) -> PerModality<Option<AbsentSteps>> {
    PerModality::from_fn(|modality| {
        let flags = utterances.iter().map(|utterance| {
            let sequence = match (modality, &utterance.text) {
                (Modality::Visual, _) => Some(&utterance.visual),
                (Modality::Acoustic, _) => Some(&utterance.acoustic),
                (Modality::Text, TextSequence::Features(text)) => Some(text).filter(|_| !has_bert),
                (Modality::Text, TextSequence::Words(_)) => None,
            };
            sequence
                .and_then(Sequence::absent)
                .unwrap_or_default()
                .to_vec()
        });
        AbsentSteps::new(flags.collect())
    })
}

fn text(utterances: &[&Utterance], device: &Device) -> TextInput {
    let features: Vec<&Sequence> = utterances
        .iter()
        .filter_map(|utterance| match &utterance.text {
            TextSequence::Words(_) => None,
            TextSequence::Features(features) => Some(features),
        })
        .collect();
    if !features.is_empty() {
        assert_eq!(
            features.len(),
            utterances.len(),
            "utterances with text features"
        );
        return TextInput::Features(padded(features.into_iter(), device));
    }
    let words: Vec<&[u32]> = utterances
        .iter()
        .map(|utterance| match &utterance.text {
            TextSequence::Words(words) => words.as_slice(),
            TextSequence::Features(_) => &[],
        })
        .collect();
    TextInput::Words(ids(&words, Vocabulary::PADDING, device))
}

/// `[batch, steps]`, each row padded with `padding`.
fn ids<T: AsRef<[u32]>>(rows: &[T], padding: u32, device: &Device) -> Tensor<2, Int> {
    let steps = rows.iter().map(|row| row.as_ref().len()).max().unwrap_or(0);
    // Ids are below `Vocabulary::MAX_LEN`, or below the size of BERT's vocabulary.
    let mut ids = vec![padding as i32; rows.len() * steps];
    for (target, row) in ids.chunks_exact_mut(steps).zip(rows) {
        for (target, &id) in target.iter_mut().zip(row.as_ref()) {
            *target = id as i32;
        }
    }
    Tensor::from_data(TensorData::new(ids, [rows.len(), steps]), device)
}

/// `[batch, steps, d_input]` in one host buffer, with zeros after the end of each sequence.
fn padded<'a>(
    sequences: impl ExactSizeIterator<Item = &'a Sequence> + Clone,
    device: &Device,
) -> Tensor<3> {
    let batch = sequences.len();
    let steps = sequences.clone().map(Sequence::steps).max().unwrap_or(0);
    let d_input = sequences.clone().map(Sequence::d_input).max().unwrap_or(0);
    let mut values = vec![0.0_f32; batch * steps * d_input];
    for (row, sequence) in values.chunks_exact_mut(steps * d_input).zip(sequences) {
        assert_eq!(sequence.d_input(), d_input, "features of a step");
        row[..sequence.values().len()].copy_from_slice(sequence.values());
    }
    Tensor::from_data(TensorData::new(values, [batch, steps, d_input]), device)
}

/// The videos of a batch, if two of its utterances are from the same one. `places` are the indices
/// of the utterances in the order they were given.
fn videos_of_batch(utterances: &[&Utterance], places: &[usize]) -> Option<Videos> {
    let mut rows: Vec<usize> = (0..utterances.len()).collect();
    rows.sort_by_key(|&row| places[row]);
    let mut videos = videos(rows.iter().map(|&row| utterances[row]));
    for row in videos.iter_mut().flatten() {
        *row = rows[*row];
    }
    (videos.len() < utterances.len()).then(|| Videos::new(&videos))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utterance(id: &str, words: &[u32], visual: &[f32]) -> Utterance {
        let visual = Sequence::new(1, visual.to_vec()).unwrap();
        let acoustic = Sequence::new(2, vec![9.0, 8.0]).unwrap();
        let text = TextSequence::Words(words.to_vec());
        Utterance::new(id, vec![], text, visual, acoustic, words[0] as f32).unwrap()
    }

    #[test]
    fn longest_text_comes_first_and_ties_keep_their_order() {
        let utterances = [
            utterance("a", &[2], &[1.0]),
            utterance("b", &[3, 4], &[2.0]),
            utterance("c", &[5], &[3.0]),
        ];
        let batch = UtteranceBatcher::default().batch(&utterances, &Device::flex());
        batch.input.assert_consistent();
        assert_eq!(batch.ids, ["b", "a", "c"]);
        let targets: Vec<f32> = batch.targets.into_data().try_to_vec().unwrap();
        assert_eq!(targets, [3.0, 2.0, 5.0]);
        let targets = batch.modality_targets.into_array();
        assert!(targets.iter().all(Option::is_none));
        assert_eq!(batch.seed, 0);
    }

    #[test]
    fn labels_by_single_modalities_are_in_the_order_of_the_rows() {
        let labelled = |id, words: &[u32], label| {
            let utterance = utterance(id, words, &[1.0]);
            utterance.with_modality_labels(PerModality {
                visual: Some(label),
                ..PerModality::default()
            })
        };
        let utterances = [labelled("a", &[2], -1.0), labelled("b", &[3, 4], 0.5)];
        let utterances = utterances.map(Result::unwrap);
        let batch = UtteranceBatcher::default().batch(&utterances, &Device::flex());
        let [text, visual, acoustic] = batch.modality_targets.into_array();
        assert!(text.is_none() && acoustic.is_none());
        let visual: Vec<f32> = visual.unwrap().into_data().try_to_vec().unwrap();
        assert_eq!(visual, [0.5, -1.0]);
    }

    #[test]
    fn each_modality_is_padded_to_its_longest() {
        let utterances = [
            utterance("a", &[2, 3], &[1.0]),
            utterance("b", &[4], &[2.0, 3.0, 4.0]),
        ];
        let batch = UtteranceBatcher::default().batch(&utterances, &Device::flex());
        let TextInput::Words(ids) = batch.input.text else {
            panic!("word ids went in");
        };
        let ids: Vec<i64> = ids.try_into_vec_as().unwrap();
        assert_eq!(ids, [2, 3, 4, 1]);
        assert_eq!(batch.input.visual.dims(), [2, 3, 1]);
        let visual: Vec<f32> = batch.input.visual.into_data().try_to_vec().unwrap();
        assert_eq!(visual, [1.0, 0.0, 0.0, 2.0, 3.0, 4.0]);
        assert_eq!(batch.input.lengths.visual, [1, 3]);
        assert_eq!(batch.input.acoustic.dims(), [2, 1, 2]);
    }

    #[test]
    fn a_batch_knows_which_steps_are_absent_only_where_some_are() {
        let mut utterances = [
            utterance("a", &[2, 3], &[1.0]),
            utterance("b", &[4], &[2.0, 3.0, 4.0]),
        ];
        let absent = |utterances: &[Utterance]| {
            let batch = UtteranceBatcher::default().batch(utterances, &Device::flex());
            batch.input.assert_consistent();
            batch.input.absent
        };
        assert_eq!(absent(&utterances), PerModality::default());
        let values = vec![2.0, 0.0, 4.0];
        let flags = vec![false, true, false];
        utterances[1].visual = Sequence::with_absent(1, values, flags.clone()).unwrap();
        let found = absent(&utterances);
        assert_eq!(found.visual, AbsentSteps::new(vec![vec![], flags]));
        assert_eq!((found.text, found.acoustic), (None, None));
    }

    #[test]
    #[should_panic(expected = "a batch needs an utterance")]
    fn a_batch_needs_an_utterance() {
        UtteranceBatcher::default().batch(&[], &Device::flex());
    }

    fn named(ids: &[&str]) -> Vec<Utterance> {
        ids.iter().map(|id| utterance(id, &[2], &[0.0])).collect()
    }

    #[test]
    fn a_batch_without_two_utterances_of_one_video_has_no_videos() {
        let utterances = named(&["a[0]", "b[3]", "b[1]"]);
        let chosen: Vec<&Utterance> = utterances.iter().collect();
        assert_eq!(videos_of_batch(&chosen[..2], &[0, 1]), None);
        let expected = Videos::new(&[vec![0], vec![2, 1]]);
        assert_eq!(videos_of_batch(&chosen, &[0, 1, 2]), Some(expected));
    }

    /// A batch is sorted longest first, so its rows are not in the given order.
    #[test]
    fn without_numbers_a_video_keeps_the_given_order() {
        let utterances = named(&["a[x]", "a[y]", "a[z]"]);
        let rows = [&utterances[2], &utterances[0], &utterances[1]];
        let expected = Videos::new(&[vec![1, 2, 0]]);
        assert_eq!(videos_of_batch(&rows, &[2, 0, 1]), Some(expected));
    }
}
