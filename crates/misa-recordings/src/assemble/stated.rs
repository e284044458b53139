//! Recordings of one file, found by the names that the file states.

use super::sources::{is_media, stem};
use crate::{Fault, FaultKind, Place, RecordingError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Extensions of names besides those of sounds and videos: labels of HTK, sounds of NIST.
const OTHERS: [&str; 3] = ["rec", "lab", "sph"];
/// Extensions that a name may have behind each other: `clip.wav.lab`.
const EXTENSIONS: usize = 2;
/// Names that a message tells.
const TOLD: usize = 3;

/// The recordings of one file by the names that it states.
#[derive(Debug)]
pub(super) struct Stated<T> {
    path: PathBuf,
    recordings: BTreeMap<String, T>,
    /// The stated names behind each name without folder or extension.
    shorter: BTreeMap<String, Vec<String>>,
}

impl<T> Stated<T> {
    /// The recordings of the file at `path`. One without a name has that of the file.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when two have one name.
    pub fn of(path: &Path, named: Vec<(Option<String>, T)>) -> Result<Self, RecordingError> {
        let mut stated = Self {
            path: path.to_owned(),
            recordings: BTreeMap::new(),
            shorter: BTreeMap::new(),
        };
        for (name, recording) in named {
            let name = name.unwrap_or_else(|| stem(path));
            for short in shorter(&name) {
                let names = stated.shorter.entry(short.to_string()).or_default();
                names.push(name.clone());
            }
            if stated.recordings.insert(name.clone(), recording).is_some() {
                let found = format!("two recordings {name:?}");
                return Err(stated.unclear("another name for each recording".into(), found));
            }
        }
        Ok(stated)
    }

    /// The stated name of the recording that `name` means: the same name, or the only one of which it is left
    /// without folder and known extension.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when it may be one of several recordings.
    pub fn find(&self, name: &str) -> Result<Option<&str>, RecordingError> {
        if let Some((stated, _)) = self.recordings.get_key_value(name) {
            return Ok(Some(stated));
        }
        match self.shorter.get(name).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([stated]) => Ok(Some(stated)),
            Some(names) => Err(self.unclear(format!("one recording {name:?}"), listed(names))),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What belongs to a stated name.
    pub fn get(&self, stated: &str) -> Option<&T> {
        self.recordings.get(stated)
    }

    /// The same, without the others.
    pub fn into_one(mut self, stated: &str) -> Option<T> {
        self.recordings.remove(stated)
    }

    /// The stated names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.recordings.keys().map(String::as_str)
    }

    fn unclear(&self, expected: String, found: String) -> RecordingError {
        let fault = Fault::new(FaultKind::Unclear, Place::File, expected, found);
        RecordingError::file(&self.path)(fault.advised(
            "give each recording a name of its own in the file, and the table the same names",
        ))
    }
}

/// Names in quotes, for messages: some in full, as their ends may be all that differs.
pub(super) fn listed(names: &[String]) -> String {
    let told: Vec<String> = names
        .iter()
        .take(TOLD)
        .map(|name| format!("{name:?}"))
        .collect();
    match names.len() - told.len() {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// What is left of a name without its folder, its known extensions, or both.
fn shorter(name: &str) -> impl Iterator<Item = &str> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let folders = [
        Some(name),
        Some(file).filter(|file| file.len() < name.len()),
    ];
    let lengths = folders.into_iter().flatten().flat_map(|name| {
        std::iter::successors(Some(name), |name| without_extension(name)).take(1 + EXTENSIONS)
    });
    lengths.filter(move |short| short.len() < name.len() && !short.is_empty())
}

/// A name without its extension, if that is one of a recording or its labels.
fn without_extension(name: &str) -> Option<&str> {
    let (short, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    let is_known = is_media(&extension) || OTHERS.contains(&extension.as_str());
    (is_known && !short.is_empty() && !short.ends_with(['/', '\\'])).then_some(short)
}
