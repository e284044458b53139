//! The batches of an epoch, prepared ahead by a separate thread.

use crate::{UtteranceBatch, UtteranceLoader};
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

/// Batches that are prepared ahead: enough to hide the padding, few enough for memory.
const AHEAD: usize = 2;

/// An epoch whose batches are prepared by a separate thread.
#[derive(Debug)]
pub(super) struct Prefetch {
    /// Dropped to tell the thread that the consumer is gone.
    batches: Option<Receiver<UtteranceBatch>>,
    thread: Option<JoinHandle<()>>,
    done: usize,
    total: usize,
}

impl Prefetch {
    pub(super) fn start(loader: UtteranceLoader, first: usize) -> Self {
        let (sender, receiver) = sync_channel(AHEAD);
        let total = loader.num_items();
        let epoch = loader.epoch();
        let batches = loader.batches(epoch);
        let done = batches.iter().take(first).map(Vec::len).sum();
        let thread = thread::spawn(move || {
            for (step, places) in batches.iter().enumerate().skip(first) {
                let batch = loader.batch(places, loader.batch_seed(epoch, step));
                if sender.send(batch).is_err() {
                    return;
                }
            }
        });
        Self {
            batches: Some(receiver),
            thread: Some(thread),
            done,
            total,
        }
    }

    /// Waits for the thread; its panic continues here.
    fn join(&mut self) {
        self.batches = None;
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Iterator for Prefetch {
    type Item = Result<UtteranceBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.batches.as_ref()?.recv() {
            Ok(batch) => {
                self.done += batch.batch();
                Some(Ok(batch))
            }
            // The thread has ended, after the last batch or by a panic.
            Err(_) => {
                self.join();
                None
            }
        }
    }
}

impl DataLoaderIterator<UtteranceBatch> for Prefetch {
    fn progress(&self) -> Progress {
        Progress::new(self.done, self.total, Some("utterances".to_owned()))
    }
}

impl Drop for Prefetch {
    fn drop(&mut self) {
        self.join();
    }
}

#[cfg(test)]
mod tests {
    use crate::loader::testing::loader;
    use crate::{Order, UtteranceBatch};
    use burn::data::dataloader::DataLoader;
    use std::sync::Arc;

    #[test]
    fn progress_counts_utterances() {
        let loader = loader(10, Order::File);
        let mut batches = loader.iter();
        batches.next();
        let progress = batches.progress();
        assert_eq!((progress.items_processed, progress.items_total), (4, 10));
    }

    #[test]
    fn an_epoch_goes_on_where_it_was_left() {
        let loader = loader(22, Order::Shuffled);
        loader.set_epoch(3);
        let whole: Vec<UtteranceBatch> = loader.iter().map(Result::unwrap).collect();
        let mut rest = loader.iter_from(4);
        assert_eq!(rest.progress().items_processed, 16);
        for expected in &whole[4..] {
            let batch = rest.next().unwrap().unwrap();
            assert_eq!((&batch.ids, batch.seed), (&expected.ids, expected.seed));
        }
        assert!(rest.next().is_none() && loader.iter_from(6).next().is_none());
    }

    #[test]
    fn leaving_early_ends_the_thread() {
        let loader = loader(400, Order::Shuffled);
        let watch = Arc::downgrade(&loader.dataset);
        let mut batches = loader.iter();
        assert!(batches.next().is_some());
        drop(batches);
        drop(loader);
        // The thread held a copy of the loader; it is gone once the drop has returned.
        assert_eq!(watch.strong_count(), 0);
    }
}
