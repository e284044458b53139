//! The sounds of a folder.

use crate::RecordingError;
use crate::assemble::{Source, SourceKind, Sources};
use std::path::{Path, PathBuf};

/// Extensions of sounds, and of videos with sound, the preferred first.
pub const EXTENSIONS: [&str; 13] = [
    "wav", "flac", "m4a", "aac", "ogg", "oga", "mp3", "mka", "mp4", "m4v", "mov", "mkv", "webm",
];

/// The sound of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SoundFile {
    /// The recording: the path below the folder, without extension.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Other files of the same name, which are not read.
    pub others: usize,
}

/// The sounds at `path`, a folder or one file, in the order of their names. Where several files have one name, a sound
/// comes before a video, and the others are counted.
///
/// # Errors
///
/// [`RecordingError`] when the path does not exist or cannot be read, or has too many files.
pub fn sound_files(path: &Path) -> Result<Vec<SoundFile>, RecordingError> {
    let sources = Sources::of(path, SourceKind::Sounds)?;
    let file = |(name, source): (&str, &Source)| SoundFile {
        name: name.to_string(),
        path: source.path.clone(),
        others: source.others,
    };
    Ok(sources.iter().map(file).collect())
}

/// Name and file of each sound of [`sound_files`].
///
/// # Errors
///
/// Those of [`sound_files`].
pub fn sounds_of(path: &Path) -> Result<Vec<(String, PathBuf)>, RecordingError> {
    let files = sound_files(path)?.into_iter();
    Ok(files.map(|file| (file.name, file.path)).collect())
}
