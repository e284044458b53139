//! The batches of a split, for each epoch, prepared in a separate thread.

mod config;
mod prefetch;
#[cfg(test)]
mod testing;

use crate::{BertText, Split, Utterance, UtteranceBatch, UtteranceBatcher, UtteranceDataset};
use burn::data::dataloader::{DataLoader, DataLoaderIterator};
use burn::prelude::*;
pub use config::{LoaderConfig, Order};
use misa_terms::{Random, fill, mix, videos};
use prefetch::Prefetch;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Batches of one split of a data set.
///
/// The order only depends on the configuration and the epoch, see [`set_epoch`](Self::set_epoch),
/// so a run that resumes in epoch 7 sees the same batches as an uninterrupted one.
#[derive(Clone, Debug)]
pub struct UtteranceLoader {
    dataset: Arc<UtteranceDataset>,
    split: Split,
    /// The part of the split that this loader covers.
    range: Range<usize>,
    config: LoaderConfig,
    device: Device,
    batcher: UtteranceBatcher,
    /// Shared with the copies from `to_device` and `slice`.
    epoch: Arc<AtomicUsize>,
}

impl UtteranceLoader {
    /// A loader over a whole split, at epoch 0.
    ///
    /// # Panics
    ///
    /// Panics if the batch size, or the number of batches of a bucket, is 0.
    pub fn new(
        dataset: Arc<UtteranceDataset>,
        split: Split,
        config: LoaderConfig,
        device: &Device,
    ) -> Self {
        assert!(
            config.batch_size > 0,
            "batch_size must be at least 1, got 0"
        );
        let is_empty_bucket = matches!(config.order, Order::Bucketed { batches: 0 });
        assert!(
            !is_empty_bucket,
            "batches of a bucket must be at least 1, got 0"
        );
        Self {
            range: 0..dataset.split(split).len(),
            dataset,
            split,
            config,
            device: device.clone(),
            batcher: UtteranceBatcher::default(),
            epoch: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// The same loader, with words as tokens for BERT.
    pub fn with_bert(mut self, bert: Option<Arc<BertText>>) -> Self {
        self.batcher = UtteranceBatcher::new(bert);
        self
    }

    /// Chooses the order of the following iterations, here and in all copies of this loader.
    pub fn set_epoch(&self, epoch: usize) {
        self.epoch.store(epoch, Ordering::Release);
    }

    /// The epoch that the next iteration belongs to.
    pub fn epoch(&self) -> usize {
        self.epoch.load(Ordering::Acquire)
    }

    /// The split.
    pub fn split(&self) -> Split {
        self.split
    }

    /// All utterances of the split.
    pub fn utterances(&self) -> &[Utterance] {
        self.dataset.split(self.split)
    }

    /// The utterances of each batch of `epoch`, as indices into the split.
    pub fn batches(&self, epoch: usize) -> Vec<Vec<usize>> {
        let size = self.config.batch_size;
        let mut parts = self.parts();
        let mut random = Random::new(mix(self.config.seed, epoch as u64, 0, "order"));
        match self.config.order {
            Order::File => {}
            Order::Shuffled => random.shuffle(&mut parts),
            Order::Bucketed { batches } => return self.buckets(parts, batches, &mut random),
        }
        fill(parts, size)
    }

    /// Utterances that stay together, as indices into the split.
    fn parts(&self) -> Vec<Vec<usize>> {
        if !self.config.whole_videos {
            return self.range.clone().map(|place| vec![place]).collect();
        }
        let first = self.range.start;
        let mut parts = videos(&self.dataset.split(self.split)[self.range.clone()]);
        parts.iter_mut().flatten().for_each(|place| *place += first);
        parts
    }

    /// Shuffles, sorts each bucket by length, divides it into batches, and shuffles these.
    fn buckets(
        &self,
        mut parts: Vec<Vec<usize>>,
        batches: usize,
        random: &mut Random,
    ) -> Vec<Vec<usize>> {
        let size = self.config.batch_size;
        let utterances = self.dataset.split(self.split);
        random.shuffle(&mut parts);
        let longest = |part: &Vec<usize>| {
            let steps = part.iter().map(|&place| utterances[place].text.steps());
            steps.max()
        };
        let mut rest = parts.as_mut_slice();
        while !rest.is_empty() {
            let count = leading(rest, size.saturating_mul(batches));
            let (bucket, others) = std::mem::take(&mut rest).split_at_mut(count);
            bucket.sort_by_key(longest);
            rest = others;
        }
        let mut cut = fill(parts, size);
        random.shuffle(&mut cut);
        cut
    }

    /// The batches of the epoch from index `step` on.
    pub fn iter_from(&self, step: usize) -> Box<dyn DataLoaderIterator<UtteranceBatch>> {
        Box::new(Prefetch::start(self.clone(), step))
    }

    /// The seed that batch number `step` of `epoch` carries.
    fn batch_seed(&self, epoch: usize, step: usize) -> u64 {
        mix(self.config.seed, epoch as u64, step as u64, "step")
    }

    fn batch(&self, places: &[usize], seed: u64) -> UtteranceBatch {
        let utterances: &[Utterance] = self.dataset.split(self.split);
        let chosen = places.iter().map(|&place| &utterances[place]);
        UtteranceBatch {
            seed,
            ..(self.batcher)
                .batch(chosen, &self.device)
                .with_places(places)
        }
    }
}

impl DataLoader<UtteranceBatch> for UtteranceLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<UtteranceBatch> + 'a> {
        self.iter_from(0)
    }

    fn num_items(&self) -> usize {
        self.range.len()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<UtteranceBatch>> {
        Arc::new(Self {
            device: device.clone(),
            ..self.clone()
        })
    }

    /// Indices outside the loader are ignored.
    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<UtteranceBatch>> {
        let place = |offset: usize| self.range.start.saturating_add(offset).min(self.range.end);
        Arc::new(Self {
            range: place(start)..place(end).max(place(start)),
            ..self.clone()
        })
    }
}

/// How many of the first parts hold at most `most` utterances together; one that holds more counts alone.
fn leading(parts: &[Vec<usize>], most: usize) -> usize {
    let mut utterances = 0;
    let fits = |part: &&Vec<usize>| {
        utterances += part.len();
        utterances <= most
    };
    parts.iter().take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::testing::{dataset, loader};
    use super::*;
    use crate::{Sequence, TextSequence};

    fn ids(loader: &dyn DataLoader<UtteranceBatch>) -> Vec<Vec<String>> {
        loader.iter().map(|batch| batch.unwrap().ids).collect()
    }

    #[test]
    fn file_order_is_kept_and_the_last_batch_is_short() {
        let loader = loader(10, Order::File);
        assert_eq!(
            loader.batches(3),
            [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9]]
        );
        let batches: Vec<UtteranceBatch> = loader.iter().map(Result::unwrap).collect();
        assert_eq!(
            batches
                .iter()
                .map(UtteranceBatch::batch)
                .collect::<Vec<_>>(),
            [4, 4, 2]
        );
        assert_ne!(batches[0].seed, batches[1].seed);
    }

    #[test]
    fn epochs_differ_and_repeat() {
        let loader = loader(40, Order::Shuffled);
        let first = ids(&loader);
        loader.set_epoch(1);
        let second = ids(&loader);
        assert_ne!(first, second);
        loader.set_epoch(0);
        assert_eq!(ids(&loader), first);
    }

    #[test]
    fn buckets_hold_similar_lengths() {
        let batches = loader(80, Order::Bucketed { batches: 20 }).batches(0);
        let spread = |batch: &[usize]| {
            let steps: Vec<usize> = batch.iter().map(|place| place % 5).collect();
            steps.iter().max().unwrap() - steps.iter().min().unwrap()
        };
        // A single bucket: 16 utterances of each length fill 4 batches.
        assert!(batches.iter().all(|batch| spread(batch) == 0));
    }

    #[test]
    fn videos_come_whole_and_in_their_order() {
        let utterance = |i: usize| {
            let features = Sequence::new(1, vec![i as f32]).unwrap();
            let text = TextSequence::Words(vec![2; 1 + i % 5]);
            // Three utterances per video, the last one first, with videos mixed.
            let id = format!("v{}[{}]", i % 7, 2 - i / 7);
            Utterance::new(id, vec![], text, features.clone(), features, 0.0).unwrap()
        };
        let train = (0..21).map(utterance).collect();
        let dataset = Arc::new(UtteranceDataset::from_splits(train, vec![], vec![], None).unwrap());
        for order in [Order::File, Order::Shuffled, Order::Bucketed { batches: 2 }] {
            let config = LoaderConfig::new(7)
                .with_order(order)
                .with_whole_videos(true);
            let loader =
                UtteranceLoader::new(dataset.clone(), Split::Train, config, &Device::flex());
            let batches = loader.batches(1);
            assert_eq!(
                batches.iter().map(Vec::len).collect::<Vec<_>>(),
                [6, 6, 6, 3]
            );
            let mut seen = batches.concat();
            for video in seen.chunks(3) {
                assert_eq!([video[0] - 7, video[1] - 7], [video[1], video[2]]);
            }
            let found = loader.iter().flat_map(|batch| batch.unwrap().places);
            let mut found: Vec<usize> = found.collect();
            found.sort_unstable();
            seen.sort_unstable();
            assert_eq!(found, seen);
            assert_eq!(seen, Vec::from_iter(0..21));
        }
    }

    /// Of two batches of eight, a bucket holds four of these videos, and other ones in every epoch.
    #[test]
    fn buckets_of_videos_count_utterances() {
        let utterance = |i: usize| {
            let features = Sequence::new(1, vec![i as f32]).unwrap();
            let text = TextSequence::Words(vec![2; 1 + i / 4]);
            let id = format!("v{}[{}]", i / 4, i % 4);
            Utterance::new(id, vec![], text, features.clone(), features, 0.0).unwrap()
        };
        let train = (0..40).map(utterance).collect();
        let dataset = Arc::new(UtteranceDataset::from_splits(train, vec![], vec![], None).unwrap());
        let config = LoaderConfig::new(8)
            .with_order(Order::Bucketed { batches: 2 })
            .with_whole_videos(true);
        let loader = UtteranceLoader::new(dataset, Split::Train, config, &Device::flex());
        let batches = |epoch| {
            let mut batches = loader.batches(epoch);
            batches.iter_mut().for_each(|batch| batch.sort_unstable());
            batches.sort_unstable();
            batches
        };
        assert!(batches(0).iter().all(|batch| batch.len() == 8));
        assert!((1..5).any(|epoch| batches(epoch) != batches(0)));
        assert_eq!(leading(&[vec![0; 9], vec![1]], 8), 1);
        assert_eq!(leading(&[vec![0; 3], vec![1; 5], vec![2]], 8), 2);
    }

    #[test]
    fn copies_share_the_epoch() {
        let loader = loader(40, Order::Shuffled);
        let copy = DataLoader::to_device(&loader, &Device::flex());
        loader.set_epoch(5);
        assert_eq!(ids(copy.as_ref()), ids(&loader));
    }

    #[test]
    fn slices_cover_their_part() {
        let slice = loader(10, Order::File).slice(3, 9);
        assert_eq!(slice.num_items(), 6);
        let mut found: Vec<String> = ids(slice.as_ref()).concat();
        found.sort();
        assert_eq!(found, ["3", "4", "5", "6", "7", "8"]);
        assert_eq!(slice.slice(4, 99).num_items(), 2);
    }

    #[test]
    fn every_step_has_a_seed_of_its_own() {
        let loader = loader(20, Order::Shuffled);
        let seeds = || {
            loader
                .iter()
                .map(|batch| batch.unwrap().seed)
                .collect::<Vec<_>>()
        };
        let first = seeds();
        assert!(
            first
                .iter()
                .enumerate()
                .all(|(i, seed)| !first[..i].contains(seed))
        );
        loader.set_epoch(1);
        assert!(seeds().iter().all(|seed| !first.contains(seed)));
    }

    #[test]
    #[should_panic(expected = "batch_size must be at least 1, got 0")]
    fn batches_hold_something() {
        let config = LoaderConfig::new(0);
        UtteranceLoader::new(dataset(1), Split::Train, config, &Device::flex());
    }
}
