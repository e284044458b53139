//! Feature rows in arrays: NumPy, MATLAB, Octave, and folders of arrays.
//!
//! Arrays say nothing of times: row `i` covers `[first + i / rate, first + (i + 1) / rate)`, where COVAREP's
//! rate is known and that of NumPy's arrays must be told. A single row without a rate is for the whole clip.
//!
//! | File | Holds |
//! |---|---|
//! | `grid.rs` | numbers in rows, and the track that they become |
//! | `covarep.rs` | COVAREP's columns, and frames without voice |
//! | `choice.rs` | which variable of a file holds the features |
//! | `matlab.rs`, `matlab73.rs`, `octave.rs` | files of MATLAB and of Octave |
//! | `lines.rs` | lines of Octave's text |
//! | `numpy.rs`, `folder.rs` | NumPy's arrays, archives and folders of arrays |

mod choice;
mod covarep;
mod folder;
mod grid;
mod lines;
mod matlab;
mod matlab73;
mod numpy;
mod octave;

use super::{NamedTrack, TrackFile, TrackFormat, TrackNote, TrackNoteKind, TrackOptions};
use crate::error::ContainerError;
use crate::{Fault, FaultKind, Place, Track};
pub(crate) use folder::read_folder;
use misa_files::{FileKind, Source};
use std::io;

/// The tracks of a file called `name`, if it is one of arrays. The content decides; the name says what was
/// meant where the content is something else.
///
/// # Errors
///
/// If the file is damaged, too large or empty, or needs something that `options` do not tell.
pub(crate) fn parse(
    name: &str,
    source: &Source<'_>,
    options: &TrackOptions,
) -> Result<Option<TrackFile>, Fault> {
    let len = source.len().min(FileKind::HEAD as u64) as usize;
    let head = source.bytes(0, len).map_err(|error| unread(0, &error))?;
    if octave::is_octave(&head) {
        return octave::parse(source, options).map(Some);
    }
    let kind = FileKind::detect(&head);
    let file = match kind {
        Some(FileKind::Matlab) => matlab::parse(source, options),
        Some(FileKind::Matlab73) => matlab73::parse(source, options),
        Some(FileKind::Npy) => numpy::parse_array(source, options),
        Some(FileKind::Npz) => numpy::parse_archive(source, options),
        _ => return another_kind(name, kind).map_or(Ok(None), Err),
    };
    file.map(Some)
}

/// The fault of a file whose name is that of an array, but not its content. MATLAB also saves tables of text
/// as `.mat`.
fn another_kind(name: &str, kind: Option<FileKind>) -> Option<Fault> {
    let name = name.to_ascii_lowercase();
    let (_, extension) = name.rsplit_once('.')?;
    let expected = match extension {
        "npy" => "a NumPy array",
        "npz" => "an archive of NumPy arrays",
        "mat" if kind.is_none_or(|kind| !matches!(kind, FileKind::Csv | FileKind::Text)) => {
            "a MATLAB file of version 5 to 7.3"
        }
        _ => return None,
    };
    let found = kind.map_or("something else".to_string(), |kind| kind.to_string());
    Some(Fault::new(
        FaultKind::Malformed,
        Place::File,
        expected,
        found,
    ))
}

/// A file of one track whose own name is the recording's, with this many rows a second.
fn single(
    format: TrackFormat,
    track: Track,
    rate: Option<f64>,
    notes: Vec<TrackNote>,
) -> TrackFile {
    TrackFile {
        format,
        tracks: vec![named(None, track, rate)],
        notes,
    }
}

fn named(name: Option<String>, track: Track, rate: Option<f64>) -> NamedTrack {
    NamedTrack {
        name,
        track,
        other_faces: 0,
        is_whole: rate.is_none(),
    }
}

/// The counts above 0 as notes.
fn notes<const N: usize>(counts: [(TrackNoteKind, usize); N]) -> Vec<TrackNote> {
    let counts = counts.into_iter().filter(|&(_, count)| count > 0);
    counts
        .map(|(kind, count)| TrackNote { kind, count })
        .collect()
}

/// The fault of bytes that cannot be read.
fn unread(offset: u64, error: &io::Error) -> Fault {
    let (kind, place) = (FaultKind::Malformed, Place::Byte(offset));
    Fault::new(kind, place, "a file that can be read", error.to_string())
}

/// A fault inside a container, with the message of its reader.
fn container(kind: FaultKind, expected: &'static str, source: impl Into<ContainerError>) -> Fault {
    let source = source.into();
    let mut fault = Fault::new(kind, Place::File, expected, format!("a fault: {source}"));
    fault.source = Some(Box::new(source));
    fault
}
