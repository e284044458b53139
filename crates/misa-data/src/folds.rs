//! Files that say which video, or which utterance, belongs to which split.

use crate::{DataError, Split};
use misa_terms::{JsonFault, VideoPlace};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

/// Largest file of folds that is read. That of MOSEI would have 50 KiB.
const MAX_BYTES: u64 = 1 << 24;

/// The split of each video, or utterance, that a file lists.
///
/// The file is JSON: lists of ids under `train`, `valid` and `test`, or other names of these splits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds(HashMap<String, Split>);

impl Folds {
    /// Reads a file of at most 16 MiB.
    ///
    /// # Errors
    ///
    /// [`DataError`] if the file cannot be read, lacks one of the three splits, has another, or lists an id in two.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        let bytes = crate::format::files::read_bytes(path, MAX_BYTES)?;
        let lists: Lists = serde_json::from_slice(&bytes).map_err(|error| {
            let expected = "lists of video ids under train, valid and test";
            let found = JsonFault::new(&bytes, &error).instead_with_place();
            DataError::layout(path.display().to_string(), expected, found)
        })?;
        let mut folds = HashMap::new();
        for (split, names) in lists.0 {
            for name in names {
                if let Some(other) = folds.insert(name.clone(), split).filter(|&o| o != split) {
                    let place = path.display().to_string();
                    let found = format!("{name:?} in {other} and {split}");
                    return Err(DataError::layout(place, "every video in one split", found));
                }
            }
        }
        Ok(Self(folds))
    }

    /// The split under which `name` is listed.
    pub fn split(&self, name: &str) -> Option<Split> {
        self.0.get(name).copied()
    }

    /// The listed name of the utterance `id`, which is its own or that of its video, and the split.
    pub fn find<'a>(&self, id: &'a str) -> Option<(&'a str, Split)> {
        let video = VideoPlace::of(id).map(|place| place.video);
        let names = [Some(id), video].into_iter().flatten();
        names
            .filter_map(|name| Some((name, self.split(name)?)))
            .next()
    }

    /// Every listed name, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A list of names per split, under any name of the split.
struct Lists(BTreeMap<Split, Vec<String>>);

impl<'de> Deserialize<'de> for Lists {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListsVisitor)
    }
}

struct ListsVisitor;

impl<'de> Visitor<'de> for ListsVisitor {
    type Value = Lists;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lists by split")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lists, A::Error> {
        let mut lists = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let split = Split::of_name(&name)
                .ok_or_else(|| A::Error::custom(format!("{name:?} is no split")))?;
            if lists.insert(split, map.next_value()?).is_some() {
                return Err(A::Error::custom(format!("the split `{split}` twice")));
            }
        }
        match Split::ALL.iter().find(|split| !lists.contains_key(split)) {
            Some(missing) => Err(A::Error::custom(format!("no split `{missing}`"))),
            None => Ok(Lists(lists)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(text: &str) -> Result<Folds, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folds.json");
        fs::write(&path, text).unwrap();
        Folds::read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn splits_go_by_any_of_their_names() {
        let folds = read(r#"{"train": ["a"], "dev": ["b"], "test": []}"#).unwrap();
        assert_eq!(folds.split("a"), Some(Split::Train));
        assert_eq!(folds.split("b"), Some(Split::Valid));
        assert_eq!(folds.split("c"), None);
        let folds = read(r#"{"Train": ["a"], "VAL": ["b"], "testing": ["c"]}"#).unwrap();
        assert_eq!(folds.split("b"), Some(Split::Valid));
        assert_eq!(folds.split("c"), Some(Split::Test));
    }

    #[test]
    fn an_utterance_goes_by_its_own_name_before_that_of_its_video() {
        let folds = read(r#"{"train": ["a"], "valid": ["a[2]"], "test": ["b"]}"#).unwrap();
        assert_eq!(folds.find("a[1]"), Some(("a", Split::Train)));
        assert_eq!(folds.find("a[2]"), Some(("a[2]", Split::Valid)));
        assert_eq!(folds.find("b$_$7"), Some(("b", Split::Test)));
        assert_eq!(folds.find("c[1]"), None);
        let mut names: Vec<&str> = folds.names().collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "a[2]", "b"]);
    }

    #[test]
    fn what_is_not_folds_is_refused() {
        for (text, expected) in [
            (
                r#"{"train": ["a"], "valid": ["a"], "test": []}"#,
                "found \"a\" in train and valid",
            ),
            (
                r#"{"train": ["a"], "valid": [], "dev": [], "test": []}"#,
                "the split `valid` twice",
            ),
            (
                r#"{"train": ["a"], "all": [], "test": []}"#,
                "\"all\" is no split",
            ),
            (r#"{"train": ["a"], "test": []}"#, "no split `valid`"),
            ("[]", "found a list instead of lists by split"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
