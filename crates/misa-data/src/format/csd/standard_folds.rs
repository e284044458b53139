//! The split of each video of a folder.

use crate::{DataError, Folds, Split};
use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;

/// The file with the folds of a folder.
pub(super) const FILE: &str = "folds.json";

/// The standard folds of the CMU Multimodal SDK. Two of the 678 test videos of MOSEI have no label
/// and are left out.
const STANDARD: [&str; 2] = [
    include_str!("../../../folds/mosi.txt"),
    include_str!("../../../folds/mosei.txt"),
];

/// The split of every video in the folds.
#[derive(Debug)]
pub(super) enum FolderFolds {
    /// By the first digits of the SHA-256 of the video's id.
    Standard(HashMap<&'static str, Split>),
    /// By the folder's own file.
    Own(Folds),
}

impl FolderFolds {
    /// The folds in the folder, or otherwise the standard ones.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let path = folder.join(FILE);
        if !path.is_file() {
            return Ok(Self::Standard(standard()));
        }
        Folds::read(&path).map(Self::Own)
    }

    /// The split of a video.
    pub fn split(&self, video: &str) -> Option<Split> {
        match self {
            Self::Own(folds) => folds.split(video),
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
        let folds = FolderFolds::open(folder.path()).unwrap();
        assert_eq!(folds.split("b"), Some(Split::Valid));
        assert_eq!(folds.split("c"), None);
    }
}
