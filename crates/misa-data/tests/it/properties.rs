//! What holds for every data set.

use misa_data::{Sequence, Split, TextSequence, Utterance, UtteranceDataset, Vocabulary};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fs;

/// Number of distinct words, special ones left out.
const WORDS: u32 = 20;

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for number in 0..WORDS {
        vocabulary.add(&format!("w\u{f6}rd {number}"));
    }
    vocabulary
}

fn sequence(d_input: usize) -> impl Strategy<Value = Sequence> {
    (1..6_usize)
        .prop_flat_map(move |steps| vec(-1e30_f32..1e30, steps * d_input))
        .prop_map(move |values| Sequence::new(d_input, values).unwrap())
}

/// Utterances whose modalities differ in length; text is word ids or vectors.
fn utterance(text_is_words: bool) -> impl Strategy<Value = Utterance> {
    let words = vec(2..WORDS + 2, 1..6);
    let parts = (
        ".{0,6}",
        words,
        sequence(3),
        sequence(2),
        sequence(4),
        -3.0_f32..3.0,
    );
    parts.prop_map(move |(id, ids, text, visual, acoustic, label)| {
        let vocabulary = vocabulary();
        let words = ids
            .iter()
            .map(|&id| vocabulary.word(id).unwrap().to_owned())
            .collect();
        let text = if text_is_words {
            TextSequence::Words(ids)
        } else {
            TextSequence::Features(text)
        };
        Utterance::new(id, words, text, visual, acoustic, label).unwrap()
    })
}

fn utterances(least: usize) -> impl Strategy<Value = Vec<Utterance>> {
    any::<bool>().prop_flat_map(move |words| vec(utterance(words), least..9))
}

fn dataset(utterances: Vec<Utterance>, train: usize) -> UtteranceDataset {
    let mut train_split = utterances;
    let test = train_split.split_off(train.clamp(1, train_split.len()));
    let words = matches!(train_split[0].text, TextSequence::Words(_));
    UtteranceDataset::from_splits(train_split, vec![], test, words.then(vocabulary)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn saving_and_opening_changes_nothing(all in utterances(1), train in 1..9_usize) {
        let data = dataset(all, train);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.safetensors");
        data.save(&path).unwrap();
        let again = UtteranceDataset::open(&path).unwrap();
        for split in Split::ALL {
            prop_assert_eq!(again.split(split), data.split(split));
        }
        prop_assert_eq!(again.vocabulary(), data.vocabulary());
        prop_assert_eq!(again.feature_sizes(), data.feature_sizes());
        prop_assert_eq!(again.checksum(), data.checksum());
        prop_assert_eq!(again.notes(), data.notes());
    }

    #[test]
    fn damaged_files_of_ours_are_noticed(
        all in utterances(1),
        place in any::<prop::sample::Index>(),
        change in 1..=255_u8,
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let data = dataset(all, 1);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.safetensors");
        data.save(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        *place.get_mut(&mut bytes) ^= change;
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        fs::write(&path, bytes).unwrap();
        // Only the notes and the form of the header are outside the checksums.
        if let Ok(again) = UtteranceDataset::open(&path) {
            prop_assert_eq!(again.vocabulary(), data.vocabulary());
            prop_assert_eq!(again.checksum(), data.checksum());
            prop_assert!(cut.is_none());
        }
    }
}

/// What needs tensors.
#[cfg(feature = "flex")]
mod batches {
    use super::*;
    use burn::data::dataloader::DataLoader;
    use burn::prelude::*;
    use misa_core::TextInput;
    use misa_data::{LoaderConfig, Order, UtteranceBatch, UtteranceBatcher, UtteranceLoader};
    use std::sync::Arc;

    fn floats<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.try_into_vec_as().unwrap()
    }

    /// Row `row` of a padded tensor, cut to `steps`; what is cut off must be `padding`.
    fn unpad<T: PartialEq + Clone + std::fmt::Debug>(
        values: &[T],
        batch: usize,
        row: usize,
        kept: usize,
        padding: T,
    ) -> Vec<T> {
        let size = values.len() / batch;
        let row = &values[row * size..(row + 1) * size];
        assert!(row[kept..].iter().all(|value| *value == padding), "{row:?}");
        row[..kept].to_vec()
    }

    /// The utterances back from a batch, without their words.
    fn unbatch(batch: UtteranceBatch) -> Vec<Utterance> {
        let count = batch.batch();
        batch.input.assert_consistent();
        let lengths = batch.input.lengths;
        let (visual, acoustic) = (floats(batch.input.visual), floats(batch.input.acoustic));
        let labels = floats(batch.targets);
        let (ids, features): (Vec<i64>, Vec<f32>) = match batch.input.text {
            TextInput::Words(ids) => (ids.try_into_vec_as().unwrap(), vec![]),
            TextInput::Features(features) => (vec![], floats(features)),
            _ => panic!("unknown text"),
        };
        let rows = |values: &[f32], row, steps: usize, d_input| {
            let values = unpad(values, count, row, steps * d_input, 0.0);
            Sequence::new(d_input, values).unwrap()
        };
        (0..count)
            .map(|row| {
                let steps = lengths.text[row];
                let text = if features.is_empty() {
                    let ids = unpad(&ids, count, row, steps, 1);
                    TextSequence::Words(ids.into_iter().map(|id| id as u32).collect())
                } else {
                    TextSequence::Features(rows(&features, row, steps, 3))
                };
                let visual = rows(&visual, row, lengths.visual[row], 2);
                let acoustic = rows(&acoustic, row, lengths.acoustic[row], 4);
                let id = batch.ids[row].as_str();
                Utterance::new(id, vec![], text, visual, acoustic, labels[row]).unwrap()
            })
            .collect()
    }

    fn loader(count: usize, config: LoaderConfig) -> UtteranceLoader {
        let utterance = |i: usize| {
            let features = Sequence::new(1, vec![i as f32]).unwrap();
            let text = TextSequence::Words(vec![2; 1 + i * 7 % 5]);
            Utterance::new(i.to_string(), vec![], text, features.clone(), features, 0.0).unwrap()
        };
        let train = (0..count).map(utterance).collect();
        let data = UtteranceDataset::from_splits(train, vec![], vec![], None).unwrap();
        UtteranceLoader::new(Arc::new(data), Split::Train, config, &Device::flex())
    }

    fn order() -> impl Strategy<Value = Order> {
        prop_oneof![
            Just(Order::File),
            Just(Order::Shuffled),
            (1..5_usize).prop_map(|batches| Order::Bucketed { batches }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn unpadding_a_batch_gives_the_utterances_back(all in utterances(1)) {
            let found = unbatch(UtteranceBatcher::default().batch(&all, &Device::flex()));
            let mut expected = all;
            expected.sort_by_key(|utterance| std::cmp::Reverse(utterance.text.steps()));
            for utterance in &mut expected {
                utterance.words.clear();
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn every_epoch_has_every_utterance_once(
            count in 1..60_usize,
            size in 1..9_usize,
            order in order(),
            seed in any::<u64>(),
            epoch in 0..1000_usize,
        ) {
            let config = LoaderConfig::new(size).with_order(order).with_seed(seed);
            let loader = loader(count, config);
            let batches = loader.batches(epoch);
            prop_assert_eq!(&loader.batches(epoch), &batches);
            prop_assert!(batches.iter().all(|batch| (1..=size).contains(&batch.len())));
            let mut places = batches.concat();
            places.sort();
            prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
        }

        #[test]
        fn batches_follow_the_announced_order(
            count in 1..30_usize,
            order in order(),
            seed in any::<u64>(),
            epoch in 0..9_usize,
        ) {
            let loader = loader(count, LoaderConfig::new(4).with_order(order).with_seed(seed));
            loader.set_epoch(epoch);
            let sorted = |mut ids: Vec<String>| {
                ids.sort();
                ids
            };
            let found: Vec<_> = loader.iter().map(|batch| sorted(batch.unwrap().ids)).collect();
            let announced = loader.batches(epoch).into_iter();
            let expected: Vec<_> = announced
                .map(|batch| sorted(batch.iter().map(usize::to_string).collect()))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
