//! The labels that a run learns from.

use misa_data::{Split, UtteranceDataset};
use misa_infer::LabelScale;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The scale of the labels of a data set, as those of train and valid show it: the test split may be locked.
pub(crate) fn label_scale(data: &UtteranceDataset) -> LabelScale {
    LabelScale::of(&labels_of(data))
}

fn labels_of(data: &UtteranceDataset) -> Vec<f32> {
    let splits = [Split::Train, Split::Valid];
    let utterances = splits.iter().flat_map(|&split| data.split(split));
    utterances.map(|utterance| utterance.label).collect()
}

/// The labels of the train and valid split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelSummary {
    /// The lowest label.
    pub min: f32,
    /// The highest label.
    pub max: f32,
    /// Number of different labels.
    pub distinct: usize,
    /// Whether all of them are whole numbers.
    pub are_whole: bool,
    /// Labels below 0.
    pub negative: usize,
    /// Labels equal to 0.
    pub zero: usize,
    /// Labels above 0.
    pub positive: usize,
}

impl LabelSummary {
    /// The labels of a data set; `None` if neither split has utterances.
    pub fn of(data: &UtteranceDataset) -> Option<Self> {
        let mut labels = labels_of(data);
        labels.sort_by(f32::total_cmp);
        let (min, max) = (*labels.first()?, *labels.last()?);
        let count = |is_meant: fn(f32) -> bool| {
            let labels = labels.iter().copied();
            labels.filter(|&label| is_meant(label)).count()
        };
        let (negative, zero) = (count(|label| label < 0.0), count(|label| label == 0.0));
        let positive = count(|label| label > 0.0);
        labels.dedup();
        Some(Self {
            min,
            max,
            distinct: labels.len(),
            are_whole: labels.iter().all(|label| label.fract() == 0.0),
            negative,
            zero,
            positive,
        })
    }

    /// Whether they are two whole numbers, as of two classes.
    pub fn are_two_classes(&self) -> bool {
        self.are_whole && self.distinct == 2
    }
}

impl fmt::Display for LabelSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            min, max, distinct, ..
        } = self;
        let different = if *distinct == 1 {
            "value"
        } else {
            "different values"
        };
        write!(f, "{min} to {max}, {distinct} {different}")?;
        if self.negative == 0 {
            f.write_str("; none is negative")?;
        }
        if self.positive == 0 {
            f.write_str("; none is positive")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_data::{Sequence, TextSequence, Utterance};

    fn summary(labels: &[f32]) -> LabelSummary {
        let utterance = |(index, &label): (usize, &f32)| {
            let row = || Sequence::new(1, vec![0.0]).unwrap();
            let text = TextSequence::Words(vec![2]);
            Utterance::new(format!("u{index}"), vec![], text, row(), row(), label).unwrap()
        };
        let train: Vec<Utterance> = labels.iter().enumerate().map(utterance).collect();
        let test = train[..1].to_vec();
        let data = UtteranceDataset::from_splits(train, vec![], test, None).unwrap();
        LabelSummary::of(&data.lock_test().0.dataset().clone()).unwrap()
    }

    #[test]
    fn scales_and_classes_are_told_apart() {
        let mmmo = summary(&[1.0, 2.5, 5.0, 2.5]);
        assert_eq!((mmmo.negative, mmmo.zero, mmmo.positive), (0, 0, 4));
        assert_eq!(
            mmmo.to_string(),
            "1 to 5, 3 different values; none is negative"
        );
        assert!(!mmmo.are_two_classes());
        assert!(summary(&[0.0, 1.0, 1.0]).are_two_classes());
        assert!(!summary(&[0.0, 0.5]).are_two_classes());
        assert_eq!(
            summary(&[-3.0, 3.0]).to_string(),
            "-3 to 3, 2 different values"
        );
    }
}
