//! Events of a file, read and left out.

use super::error::EventError;
use super::event::Event;
use super::record::{Records, record};
use misa_terms::write_whole;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The event files of a folder in the order in which TensorBoard reads them; none if there is no such folder.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn event_files(folder: &Path) -> Result<Vec<PathBuf>, EventError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries,
    };
    let is_event_file = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().contains("tfevents")
    };
    let paths: io::Result<Vec<PathBuf>> =
        entries.and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths = paths.map_err(EventError::system(folder, "read this folder"))?;
    paths.retain(is_event_file);
    paths.sort();
    Ok(paths)
}

/// The events of a file, without an incomplete or wrong last one.
///
/// # Errors
///
/// If a wrong record is not the last one, or the file cannot be read.
pub fn read_events(path: &Path) -> Result<Vec<Event>, EventError> {
    let mut records = Records::open(path)?;
    let mut events = Vec::new();
    while let Some(event) = next(&mut records)? {
        events.push(event.0);
    }
    Ok(events)
}

/// Leaves out the events of later steps than `step`, and returns how many they were: a resumed run begins after its
/// saved step, and would otherwise write them twice. All other events stay as they are, whatever they hold. The file is
/// replaced by another one, or stays untouched if nothing is left out; nobody may be writing to it.
///
/// # Errors
///
/// If a wrong record is not the last one, or the file cannot be read or replaced: it is unchanged then.
pub fn keep_events(path: &Path, step: i64) -> Result<usize, EventError> {
    let is_late = |event: &Event| event.step > step && event.file_version.is_none();
    let mut records = Records::open(path)?;
    let mut n_late = 0;
    while let Some((event, _)) = next(&mut records)? {
        n_late += usize::from(is_late(&event));
    }
    if n_late == 0 {
        return Ok(0);
    }
    let mut records = Records::open(path)?;
    write_whole(path, |file| {
        while let Some((event, bytes)) = next(&mut records).map_err(io::Error::other)? {
            if !is_late(&event) {
                file.write_all(&record(&bytes))?;
            }
        }
        Ok(())
    })
    .map_err(EventError::system(path, "replace it"))?;
    Ok(n_late)
}

/// The next event, and its bytes.
fn next(records: &mut Records) -> Result<Option<(Event, Vec<u8>)>, EventError> {
    // For messages, which name the record's beginning.
    let offset = records.offset();
    let Some(bytes) = records.next()? else {
        return Ok(None);
    };
    match Event::decode(&bytes) {
        Ok(event) => Ok(Some((event, bytes))),
        Err(found) => Err(records.wrong_at(offset, found, "an event of TensorBoard")),
    }
}
