//! What is known of one kind for each recording: in files of their own, or together in one file.

use super::sources::{Source, SourceKind, Sources, stem};
use crate::RecordingError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Words or tracks by the names of their recordings.
#[derive(Debug)]
pub(super) enum Shelf<T> {
    /// Each recording has a file.
    Folder(Sources),
    /// One file has them all, and has been read.
    File(BTreeMap<String, T>),
}

/// What belongs to a segment: where it is, and whether it is of the clip alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The name by which it was found, which is unique on the shelf.
    pub key: String,
    /// The file, and how many others of its name are not read; `None` if it has been read.
    pub source: Option<Source>,
    /// Whether it was found by the name of the clip, and not by that of its video.
    pub is_of_clip: bool,
}

impl<T> Shelf<T> {
    /// The shelf of a folder or file. `read` gives the recordings of one file, with their names.
    pub fn of(
        path: &Path,
        kind: SourceKind,
        read: impl FnOnce(&Path) -> Result<Vec<(Option<String>, T)>, RecordingError>,
    ) -> Result<Self, RecordingError> {
        let sources = Sources::of(path, kind)?;
        if !sources.is_file() {
            return Ok(Self::Folder(sources));
        }
        let named = read(path)?.into_iter().map(|(name, read)| {
            let name = name.map_or_else(|| stem(path), |name| inner_name(&name));
            (name, read)
        });
        Ok(Self::File(named.collect()))
    }

    /// Where what belongs to a segment with these names is; the first `clips` names are those of its clip.
    pub fn find(&self, names: &[String], clips: usize) -> Option<Place> {
        match self {
            Self::Folder(sources) => sources.find(names).map(|(number, key, source)| Place {
                key: key.to_string(),
                source: Some(source.clone()),
                is_of_clip: number < clips,
            }),
            Self::File(recordings) => {
                let number = names
                    .iter()
                    .position(|name| recordings.contains_key(name))?;
                Some(Place {
                    key: names[number].clone(),
                    source: None,
                    is_of_clip: number < clips,
                })
            }
        }
    }

    /// What has been read already for a place.
    pub fn read(&self, place: &Place) -> Option<&T> {
        match self {
            Self::Folder(_) => None,
            Self::File(recordings) => recordings.get(&place.key),
        }
    }

    /// The recordings that none of `found` is.
    pub fn left(&self, found: &BTreeSet<&str>) -> Vec<String> {
        let is_left = |name: &&str| !found.contains(name);
        match self {
            Self::Folder(sources) => sources
                .iter()
                .map(|(name, _)| name)
                .filter(is_left)
                .map(str::to_string)
                .collect(),
            Self::File(recordings) => recordings
                .keys()
                .map(String::as_str)
                .filter(is_left)
                .map(str::to_string)
                .collect(),
        }
    }
}

/// The name of a recording as a file states it, without folders and extension: `*/clip.rec`.
pub(super) fn inner_name(name: &str) -> String {
    stem(Path::new(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_may_have_all_recordings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.ctm");
        std::fs::write(&path, "").unwrap();
        let read = |_: &Path| {
            Ok(vec![
                (Some("sound/a.wav".to_string()), 1),
                (Some("b".to_string()), 2),
                (None, 3),
            ])
        };
        let shelf = Shelf::of(&path, SourceKind::Words, read).unwrap();
        let names = ["a[0]", "a"].map(str::to_string);
        let place = shelf.find(&names, 1).unwrap();
        assert_eq!((shelf.read(&place), place.is_of_clip), (Some(&1), false));
        assert_eq!(shelf.left(&["a", "b"].into()), ["all"]);
        assert_eq!(shelf.find(&["c".to_string()], 1), None);
    }
}
