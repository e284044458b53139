//! The checksums of the files of a model's folder.

use crate::source::Source;
use crate::versioned::Layout;
use crate::{InferError, ModelFiles};
use misa_terms::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The file of the checksums.
pub(crate) const NAME: &str = "checksums.json";
const LAYOUT: Layout = Layout {
    newest: 1,
    beside: &[],
};
/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// One file of a folder, compared with its checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    /// Path in the folder.
    pub path: String,
    /// How it compares with its checksum.
    pub state: FileState,
}

/// How a file compares with its checksum, in the manifest of a run or in the folder of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Unchanged.
    Whole,
    /// Does not exist.
    Missing,
    /// Changed.
    Changed,
    /// Has the name of a result or of a part of a model, but no checksum: it belongs to another run or
    /// model, or was written by misa 0.1, which did not record pages.
    Unrecorded,
}

/// SHA-256 by name of a file, in hexadecimal.
#[derive(Serialize, Deserialize)]
struct Checksums {
    files: BTreeMap<String, String>,
}

/// Writes the checksums of those of the files that exist.
///
/// # Errors
///
/// [`InferError::Io`] names the file that cannot be read or written.
pub(crate) fn write(folder: &Path, names: &[&str]) -> Result<(), InferError> {
    let mut files = BTreeMap::new();
    for name in names {
        if let Some(found) = of(Source::Folder(folder), name)? {
            files.insert(name.to_string(), found);
        }
    }
    LAYOUT.write(&folder.join(NAME), &Checksums { files })
}

/// The checksums of these files, as the bytes of a file.
///
/// # Errors
///
/// [`InferError::Json`] if they cannot be written.
pub(crate) fn of_files(files: &ModelFiles) -> Result<Vec<u8>, InferError> {
    let checksum = |(name, bytes): (&str, &[u8])| (name.to_string(), hex(&Sha256::digest(bytes)));
    let files = files.iter().map(checksum).collect();
    LAYOUT.to_bytes(Path::new(NAME), &Checksums { files })
}

/// Compares the files of these names with their checksums; `None` if there are no checksums.
///
/// # Errors
///
/// [`InferError`] if a file cannot be read, or a checksum is that of another file.
pub(crate) fn verify(
    source: Source,
    names: &[&str],
) -> Result<Option<Vec<VerifiedFile>>, InferError> {
    if !source.has(NAME) {
        return Ok(None);
    }
    let path = source.path(NAME);
    let mut expected = LAYOUT
        .parse::<Checksums>(&path, &source.bytes(NAME)?)?
        .files;
    let mut verified = Vec::new();
    for name in names {
        let state = match (of(source, name)?, expected.remove(*name)) {
            (None, None) => continue,
            (None, Some(_)) => FileState::Missing,
            (Some(_), None) => FileState::Unrecorded,
            (Some(found), Some(expected)) if found == expected => FileState::Whole,
            (Some(_), Some(_)) => FileState::Changed,
        };
        verified.push(VerifiedFile {
            path: name.to_string(),
            state,
        });
    }
    match expected.pop_first() {
        None => Ok(Some(verified)),
        Some((name, _)) => Err(InferError::Layout {
            place: path.display().to_string(),
            expected: format!("checksums of {}", names.join(", ")),
            found: format!("{:?}", name.chars().take(40).collect::<String>()),
        }),
    }
}

/// SHA-256 of a file; `None` if there is none.
fn of(source: Source, name: &str) -> Result<Option<String>, InferError> {
    let folder = match source {
        Source::Folder(folder) => folder,
        Source::Memory(files) => {
            return Ok(files.get(name).map(|bytes| hex(&Sha256::digest(bytes))));
        }
    };
    let path = &folder.join(name);
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(InferError::io(path))?,
    };
    let (mut checksum, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
    loop {
        match file.read(&mut chunk).map_err(InferError::io(path))? {
            0 => return Ok(Some(hex(&checksum.finalize()))),
            bytes => checksum.update(&chunk[..bytes]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_change_to_a_folder_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let names = ["a", "b", "c", "d"];
        let states = || {
            let verified = verify(Source::Folder(folder.path()), &names).unwrap();
            verified.map(|files| files.iter().map(|file| file.state).collect::<Vec<_>>())
        };
        for name in ["a", "b", "c"] {
            fs::write(path(name), name).unwrap();
        }
        assert_eq!(states(), None);
        write(folder.path(), &names).unwrap();
        assert_eq!(states(), Some(vec![FileState::Whole; 3]));
        fs::write(path("b"), "x").unwrap();
        fs::remove_file(path("c")).unwrap();
        fs::write(path("d"), "d").unwrap();
        use FileState::{Changed, Missing, Unrecorded, Whole};
        assert_eq!(states(), Some(vec![Whole, Changed, Missing, Unrecorded]));
        // `printf a | sha256sum`
        let text = fs::read_to_string(path(NAME)).unwrap();
        let expected = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn checksums_of_files_elsewhere_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"version": 1, "files": {"../secret": "00"}}"#;
        fs::write(folder.path().join(NAME), text).unwrap();
        let error = verify(Source::Folder(folder.path()), &["a"])
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("expected checksums of a, found \"../secret\""),
            "{error}"
        );
    }
}
