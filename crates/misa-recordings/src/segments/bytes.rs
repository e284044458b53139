//! Files that are read as a whole.

use crate::{Fault, FaultKind, Place, RecordingError};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The content of the file at `path`, of at most `max` bytes.
pub(crate) fn read(path: &Path, max: u64) -> Result<Vec<u8>, RecordingError> {
    let file = File::open(path).map_err(RecordingError::io(path))?;
    let mut bytes = Vec::new();
    file.take(max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(RecordingError::io(path))?;
    check(&bytes, max).map_err(RecordingError::file(path))?;
    Ok(bytes)
}

/// Fails beyond `max` bytes.
pub(crate) fn check(bytes: &[u8], max: u64) -> Result<(), Fault> {
    if bytes.len() as u64 <= max {
        return Ok(());
    }
    let expected = format!("at most {max} bytes");
    Err(Fault::new(
        FaultKind::TooLarge,
        Place::File,
        expected,
        "more",
    ))
}
