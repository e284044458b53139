//! The split of each video.

use crate::{DataError, Split};
use misa_terms::hex;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

/// The file with the folds of a folder.
pub(super) const FILE: &str = "folds.json";

/// Largest file of folds that is read. That of MOSEI would have 50 KiB.
const MAX_BYTES: u64 = 1 << 24;

/// The standard folds of the CMU Multimodal SDK. Two of the 678 test videos of MOSEI have no label
/// and are left out.
const STANDARD: [&str; 2] = [
    include_str!("../../../folds/mosi.txt"),
    include_str!("../../../folds/mosei.txt"),
];

/// The split of every video in the folds.
#[derive(Debug)]
pub(super) enum Folds {
    /// By the first digits of the SHA-256 of the video's id.
    Standard(HashMap<&'static str, Split>),
    /// By the video's id.
    Own(HashMap<String, Split>),
}

/// A file of folds: a list of videos per split, under any name of the split.
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

impl Folds {
    /// The folds in the folder, or otherwise the standard ones.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let path = folder.join(FILE);
        if !path.is_file() {
            return Ok(Self::Standard(standard()));
        }
        let bytes = crate::format::files::read_bytes(&path, MAX_BYTES)?;
        let lists: Lists = serde_json::from_slice(&bytes).map_err(|error| {
            let expected = "lists of video ids under train, valid and test";
            DataError::layout(path.display().to_string(), expected, error.to_string())
        })?;
        let mut folds = HashMap::new();
        for (split, videos) in lists.0 {
            for video in videos {
                if let Some(other) = folds.insert(video.clone(), split).filter(|&o| o != split) {
                    let place = path.display().to_string();
                    let found = format!("{video:?} in {other} and {split}");
                    return Err(DataError::layout(place, "every video in one split", found));
                }
            }
        }
        Ok(Self::Own(folds))
    }

    /// The split of a video.
    pub fn split(&self, video: &str) -> Option<Split> {
        match self {
            Self::Own(folds) => folds.get(video).copied(),
            Self::Standard(folds) => {
                let digest = Sha256::digest(video);
                folds.get(hex(&digest[..8]).as_str()).copied()
            }
        }
    }
}

fn standard() -> HashMap<&'static str, Split> {
    let mut folds = HashMap::new();
    for text in STANDARD {
        let mut split = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let headline = Split::ALL
                .into_iter()
                .find(|split| line.starts_with(split.name()));
            match (headline, split) {
                (Some(next), _) => split = Some(next),
                (None, Some(split)) => {
                    folds.insert(line, split);
                }
                (None, None) => {}
            }
        }
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn standard_folds_have_the_published_sizes() {
        let folds = standard();
        let count = |split| folds.values().filter(|&&found| found == split).count();
        // MOSI 52, 10, 31; MOSEI 2249, 300, 676.
        assert_eq!(Split::ALL.map(count), [2301, 310, 707]);
    }

    #[test]
    fn a_folder_may_bring_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, r#"{"train": ["a"], "dev": ["b"], "test": []}"#).unwrap();
        let folds = Folds::open(folder.path()).unwrap();
        assert_eq!(folds.split("a"), Some(Split::Train));
        assert_eq!(folds.split("b"), Some(Split::Valid));
        assert_eq!(folds.split("c"), None);
        fs::write(&path, r#"{"Train": ["a"], "VAL": ["b"], "testing": ["c"]}"#).unwrap();
        let folds = Folds::open(folder.path()).unwrap();
        assert_eq!(folds.split("b"), Some(Split::Valid));
        assert_eq!(folds.split("c"), Some(Split::Test));
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
        ] {
            fs::write(&path, text).unwrap();
            let error = Folds::open(folder.path()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
