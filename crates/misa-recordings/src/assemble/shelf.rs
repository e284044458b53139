//! What is known of one kind for each recording: in files of their own, or together in one file.

use super::sources::{Source, SourceKind, Sources};
use super::stated::Stated;
use crate::RecordingError;
use std::collections::BTreeSet;
use std::path::Path;

/// Words or tracks by the names of their recordings.
#[derive(Debug)]
pub(super) enum Shelf<T> {
    /// Each recording has a file.
    Folder(Sources),
    /// One file has them all, and has been read.
    File(Stated<T>),
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

impl Place {
    /// Files of the same name and kind that are not read.
    pub fn others(&self) -> usize {
        self.source.as_ref().map_or(0, |source| source.others)
    }
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
        Ok(Self::File(Stated::of(path, read(path)?)?))
    }

    /// Where what belongs to a segment with these names is; the first `clips` names are those of its clip.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when a name may be one of several recordings of a file.
    pub fn find(&self, names: &[String], clips: usize) -> Result<Option<Place>, RecordingError> {
        let place = |number: usize, key: &str, source: Option<&Source>| Place {
            key: key.to_string(),
            source: source.cloned(),
            is_of_clip: number < clips,
        };
        match self {
            Self::Folder(sources) => {
                let found = sources.find(names);
                Ok(found.map(|(number, key, source)| place(number, key, Some(source))))
            }
            Self::File(recordings) => {
                for (number, name) in names.iter().enumerate() {
                    if let Some(stated) = recordings.find(name)? {
                        return Ok(Some(place(number, stated, None)));
                    }
                }
                Ok(None)
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

    /// The file of a place.
    pub fn file<'p>(&'p self, place: &'p Place) -> Option<&'p Path> {
        match (&place.source, self) {
            (Some(source), _) => Some(source.path.as_path()),
            (None, Self::File(recordings)) => Some(recordings.path()),
            (None, Self::Folder(_)) => None,
        }
    }

    /// The files of a folder; none of one file.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let sources = match self {
            Self::Folder(sources) => Some(sources),
            Self::File(_) => None,
        };
        let sources = sources.into_iter().flat_map(Sources::iter);
        sources.map(|(_, source)| source.path.as_path())
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
                .names()
                .filter(is_left)
                .map(str::to_string)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(names: &[Option<&str>]) -> Result<Shelf<usize>, RecordingError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.ctm");
        std::fs::write(&path, "").unwrap();
        let named = names.iter().map(|name| name.map(str::to_string)).zip(1..);
        Shelf::of(&path, SourceKind::Words, |_| Ok(named.collect()))
    }

    fn found(shelf: &Shelf<usize>, names: &[&str]) -> Option<(usize, bool)> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let place = shelf.find(&names, 1).unwrap()?;
        Some((*shelf.read(&place).unwrap(), place.is_of_clip))
    }

    #[test]
    fn one_file_may_have_all_recordings() {
        let shelf = shelf(&[Some("sound/a.wav"), Some("b"), None]).unwrap();
        assert_eq!(found(&shelf, &["a[0]", "a"]), Some((1, false)));
        assert_eq!(shelf.left(&["sound/a.wav", "b"].into()), ["all"]);
        assert_eq!(found(&shelf, &["c"]), None);
    }

    #[test]
    fn a_name_is_as_the_file_states_it() {
        let shelf = shelf(&[Some("talk.1"), Some("talk.2"), Some("1.5"), Some("1.7")]).unwrap();
        let place = shelf.find(&["1.5".to_string()], 1).unwrap().unwrap();
        assert!(shelf.file(&place).unwrap().ends_with("all.ctm"));
        for (number, name) in ["talk.1", "talk.2", "1.5", "1.7"].into_iter().enumerate() {
            assert_eq!(found(&shelf, &[name]), Some((number + 1, true)));
        }
        for name in ["talk", "1", "5", "talk."] {
            assert_eq!(found(&shelf, &[name]), None, "{name}");
        }
        assert_eq!(shelf.left(&["1.5"].into()), ["1.7", "talk.1", "talk.2"]);
    }

    #[test]
    fn folders_and_known_extensions_may_be_left_out() {
        let shelf = shelf(&[
            Some("*/v.1.rec"),
            Some("deep\\w.MP4"),
            Some("x.wav.lab"),
            Some("y"),
            Some("y.wav"),
        ]);
        let shelf = shelf.unwrap();
        for name in ["*/v.1.rec", "*/v.1", "v.1.rec", "v.1"] {
            assert_eq!(found(&shelf, &[name]), Some((1, true)), "{name}");
        }
        assert_eq!(found(&shelf, &["w"]), Some((2, true)));
        for name in ["x", "x.wav"] {
            assert_eq!(found(&shelf, &[name]), Some((3, true)), "{name}");
        }
        // The same name comes before a part of another.
        assert_eq!(found(&shelf, &["y"]), Some((4, true)));
        assert_eq!(found(&shelf, &["v"]), None);
    }

    #[test]
    fn a_name_of_two_recordings_is_refused() {
        let shelf = shelf(&[Some("p/a.wav"), Some("q/a.mp4"), Some("b")]).unwrap();
        let find = |name: &str| shelf.find(&[name.to_string()], 1);
        let error = find("a").unwrap_err().to_string();
        let expected = "all.ctm: expected one recording \"a\", found \"p/a.wav\", \"q/a.mp4\"; give each \
            recording a name of its own in the file, and the table the same names";
        assert!(error.ends_with(expected), "{error}");
        assert!(find("p/a").unwrap().is_some() && find("b").unwrap().is_some());
    }

    #[test]
    fn recordings_of_one_name_are_refused() {
        for names in [[Some("a"), Some("a")], [None, Some("all")]] {
            let error = shelf(&names).unwrap_err().to_string();
            assert!(error.contains("found two recordings \"a"), "{error}");
        }
    }
}
