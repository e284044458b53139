//! Repeated utterances.

use super::record::Record;
use crate::Split;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Ids of several utterances of a split, in the order of their second appearance.
pub(super) fn repeated_ids<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<&'a str> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut repeated = Vec::new();
    for record in records {
        let times = seen.entry(&record.id).or_default();
        *times += 1;
        if *times == 2 {
            repeated.push(record.id.as_str());
        }
    }
    repeated
}

/// Names of utterances or videos that occur in two splits.
pub(super) fn shared<'a>(
    records: &'a [Record],
    splits: [Split; 2],
    name: impl Fn(&'a Record) -> Option<&'a str>,
) -> BTreeSet<&'a str> {
    let of = |split: Split| -> BTreeSet<&'a str> {
        let records = records.iter().filter(|record| record.split == split);
        records.filter_map(&name).collect()
    };
    let [one, other] = splits.map(of);
    one.intersection(&other).copied().collect()
}

/// Utterances with the same words and features as an earlier one, grouped by what else is equal.
#[derive(Debug, Default)]
pub(super) struct Twins<'a> {
    /// In the same split, with the same label.
    pub within: Vec<(Split, &'a str)>,
    /// In an earlier split, with the same label.
    pub across: Vec<(Split, &'a str)>,
    /// With another label.
    pub other_label: Vec<(Split, &'a str)>,
}

impl<'a> Twins<'a> {
    pub fn of(records: &'a [Record]) -> Self {
        let mut contents = HashSet::new();
        let mut labelled = HashSet::new();
        let mut placed = HashSet::new();
        let mut twins = Self::default();
        for record in records {
            let (content, label) = (record.content, record.label.to_bits());
            let is_near = !placed.insert((content, label, record.split));
            let is_equal = !labelled.insert((content, label));
            let is_known = !contents.insert(content);
            let entry = (record.split, record.id.as_str());
            match () {
                () if is_near => twins.within.push(entry),
                () if is_equal => twins.across.push(entry),
                () if is_known => twins.other_label.push(entry),
                () => {}
            }
        }
        twins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_terms::PerModality;

    fn record(split: Split, id: &str, content: u64, label: f32) -> Record {
        Record {
            split,
            id: id.to_owned(),
            label,
            modality_labels: PerModality::default(),
            words: 1,
            steps: PerModality::from_fn(|_| 1),
            has_nan: PerModality::default(),
            has_infinite: PerModality::default(),
            is_zero: PerModality::default(),
            absent: PerModality::default(),
            content,
        }
    }

    #[test]
    fn twins_are_named_with_what_they_share() {
        let records = [
            record(Split::Train, "a", 1, 1.0),
            record(Split::Train, "b", 1, 1.0),
            record(Split::Train, "c", 1, 2.0),
            record(Split::Test, "d", 1, 1.0),
            record(Split::Test, "e", 2, 1.0),
        ];
        let twins = Twins::of(&records);
        assert_eq!(twins.within, [(Split::Train, "b")]);
        assert_eq!(twins.across, [(Split::Test, "d")]);
        assert_eq!(twins.other_label, [(Split::Train, "c")]);
    }

    #[test]
    fn ids_and_videos_are_compared_between_splits() {
        let records = [
            record(Split::Train, "v[0]", 1, 1.0),
            record(Split::Train, "v[0]", 2, 1.0),
            record(Split::Test, "v[1]", 3, 2.0),
        ];
        assert_eq!(repeated_ids(records.iter()), ["v[0]"]);
        let splits = [Split::Train, Split::Test];
        assert!(shared(&records, splits, |record| Some(&record.id)).is_empty());
        let videos = shared(&records, splits, Record::video);
        assert_eq!(Vec::from_iter(videos), ["v"]);
    }
}
