//! The test split, behind a lock.

use crate::{Note, Scaling, Split, Utterance, UtteranceDataset};
use misa_terms::{ConstantPredictor, Task};
use std::sync::Arc;

/// A data set for development, which does not contain its test split.
///
/// Training, early stopping and model selection take this type, so they cannot read test
/// utterances, on purpose or by mistake:
///
/// ```
/// use misa_data::{Split, SyntheticConfig};
///
/// let data = SyntheticConfig::new().with_train(8).with_valid(4).with_test(4).generate().dataset;
/// let (development, test) = data.lock_test();
/// assert_eq!(development.dataset().split(Split::Test).len(), 0);
/// assert_eq!(test.len(), 4);
/// ```
///
/// The utterances of a locked split cannot be read without a record:
///
/// ```compile_fail
/// # use misa_data::SyntheticConfig;
/// # let data = SyntheticConfig::new().with_train(8).with_valid(4).with_test(4).generate().dataset;
/// let (_, test) = data.lock_test();
/// let utterances = test.utterances;
/// ```
#[derive(Clone, Debug)]
pub struct Development {
    dataset: Arc<UtteranceDataset>,
    counts: [usize; 3],
    checksum: String,
}

/// A test split that has not been opened.
#[derive(Debug)]
pub struct LockedTest {
    utterances: Vec<Utterance>,
    checksum: String,
    /// Labels of the train split, from which the constant predictor follows.
    train_labels: Vec<f32>,
}

impl UtteranceDataset {
    /// The data for development, and the locked test split.
    pub fn lock_test(self) -> (Development, LockedTest) {
        let checksum = self.checksum().to_string();
        let counts = Split::ALL.map(|split| self.split(split).len());
        let (dataset, utterances) = self.without_test();
        let train_labels = labels(&dataset);
        let development = Development {
            dataset: Arc::new(dataset),
            counts,
            checksum: checksum.clone(),
        };
        let locked = LockedTest {
            utterances,
            checksum,
            train_labels,
        };
        (development, locked)
    }
}

impl Development {
    /// The data set without its test split.
    pub fn dataset(&self) -> &Arc<UtteranceDataset> {
        &self.dataset
    }

    /// Utterances of each split, including the locked one.
    pub fn counts(&self) -> [(Split, usize); 3] {
        Split::ALL.map(|split| (split, self.counts[split.index()]))
    }

    /// Checksum of all splits as read, see [`UtteranceDataset::checksum`].
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// Values that were dropped, replaced or unusual when the data was read.
    pub fn notes(&self) -> &[Note] {
        self.dataset.notes()
    }

    /// What a model has to beat: one prediction for every utterance, from the labels of the train
    /// split; `None` if that is empty.
    pub fn constant(&self, task: Task) -> Option<ConstantPredictor> {
        ConstantPredictor::of(task, &labels(&self.dataset))
    }

    /// The same data with scaled features; [`Self::checksum`] remains that of the data as read.
    pub fn scaled(self, scaling: &Scaling) -> Self {
        let dataset = Arc::unwrap_or_clone(self.dataset).scaled(scaling);
        Self {
            dataset: Arc::new(dataset),
            ..self
        }
    }
}

impl LockedTest {
    /// Number of utterances.
    pub fn len(&self) -> usize {
        self.utterances.len()
    }

    /// Whether the data has no test split.
    pub fn is_empty(&self) -> bool {
        self.utterances.is_empty()
    }

    /// Checksum of the data set it belongs to.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// As [`Development::constant`].
    pub fn constant(&self, task: Task) -> Option<ConstantPredictor> {
        ConstantPredictor::of(task, &self.train_labels)
    }

    /// The utterances, after `record` has recorded the access.
    ///
    /// # Errors
    ///
    /// The error of `record`, in which case the split stays locked.
    pub fn open<E>(self, record: impl FnOnce() -> Result<(), E>) -> Result<Vec<Utterance>, E> {
        record()?;
        Ok(self.utterances)
    }
}

fn labels(data: &UtteranceDataset) -> Vec<f32> {
    let train = data.split(Split::Train).iter();
    train.map(|utterance| utterance.label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SyntheticConfig;

    fn locked() -> (Development, LockedTest) {
        let config = SyntheticConfig::new().with_train(8).with_valid(4);
        config.with_test(3).generate().dataset.lock_test()
    }

    #[test]
    fn the_test_split_is_not_in_what_is_developed_with() {
        let (development, test) = locked();
        assert!(development.dataset().split(Split::Test).is_empty());
        assert_eq!(development.counts()[2], (Split::Test, 3));
        assert_eq!(development.checksum(), test.checksum());
    }

    #[test]
    fn both_parts_know_what_a_model_has_to_beat() {
        let (development, test) = locked();
        let train = development.dataset().split(Split::Train);
        let labels: Vec<f32> = train.iter().map(|utterance| utterance.label).collect();
        let expected = ConstantPredictor::of(Task::Regression, &labels);
        assert!(expected.is_some());
        assert_eq!(development.constant(Task::Regression), expected);
        assert_eq!(test.constant(Task::Regression), expected);
    }

    #[test]
    fn it_opens_after_the_record_and_never_without() {
        let mut written = false;
        let utterances = locked().1.open(|| {
            written = true;
            Ok::<_, ()>(())
        });
        assert!(written && utterances.unwrap().len() == 3);
        assert_eq!(
            locked().1.open(|| Err("disk full")).unwrap_err(),
            "disk full"
        );
    }
}
