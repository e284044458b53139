//! The sounds of a folder.

use crate::RecordingError;
use crate::assemble::{SourceKind, Sources};
use std::path::{Path, PathBuf};

/// Extensions of sounds, and of videos with sound, the preferred first.
pub const EXTENSIONS: [&str; 13] = [
    "wav", "flac", "m4a", "aac", "ogg", "oga", "mp3", "mka", "mp4", "m4v", "mov", "mkv", "webm",
];

/// The sounds at `path`, a folder or one file: the name of each recording, which is its path below the folder
/// without extension, and its file. Where several files have one name, a sound comes before a video.
///
/// # Errors
///
/// [`RecordingError`] when the path does not exist or cannot be read, or has too many files.
pub fn sounds_of(path: &Path) -> Result<Vec<(String, PathBuf)>, RecordingError> {
    let sources = Sources::of(path, SourceKind::Sounds)?;
    let sounds = sources.iter();
    Ok(sounds
        .map(|(name, source)| (name.to_string(), source.path.clone()))
        .collect())
}
