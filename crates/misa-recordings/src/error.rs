//! What can be wrong with a file.
//!
//! Every message reads "where: expected, found; what to do".

use crate::voice::VoiceError;
use misa_files::hdf5::Hdf5Error;
use misa_files::mat::MatError;
use misa_files::npy::{NpyError, NpzError};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fmt, io};
use thiserror::Error;

/// Characters of a file's own text in a message.
const QUOTED: usize = 40;

/// Files of a recording that cannot be read or do not fit together.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The path does not exist.
    #[error("{}: no such file or folder", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The operating system reports an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// A folder with more files than are looked at.
    #[error("{}: expected at most {most} files, found more; name the folder that holds them", path.display())]
    Several {
        /// The folder.
        path: PathBuf,
        /// The most files.
        most: usize,
    },
    /// A folder with more folders within folders than are searched.
    #[error("{}: expected at most {most} folders within folders, found more; name the folder that holds the files", path.display())]
    TooDeep {
        /// The folder.
        path: PathBuf,
        /// The most folders within folders.
        most: usize,
    },
    /// Several segments of one recording, of which one has no times.
    #[error(
        "table, line {line}: segment {id:?} is one of {segments} of the recording {video:?}; expected start and end \
         for each, found none here; give them as columns, or files of each clip named as its id"
    )]
    Uncut {
        /// The recording.
        video: String,
        /// Its segments.
        segments: usize,
        /// The segment without times.
        id: String,
        /// Its line in the table.
        line: u64,
    },
    /// A setting of how recordings become utterances is out of its range.
    #[error("{name}: expected {expected}, found {found}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A sound cannot be read.
    #[error(transparent)]
    Sound(#[from] VoiceError),
    /// Something in a file is not as its format needs it.
    #[error("{}: {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        fault: Box<Fault>,
    },
}

impl RecordingError {
    /// Whether a file is whole and has nothing that could be used.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::File { fault, .. } if fault.kind == FaultKind::Empty)
    }

    /// What is wrong in the file at `path`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(Fault) -> Self + '_ {
        |fault| Self::File {
            path: path.to_owned(),
            fault: Box::new(fault),
        }
    }

    /// The error of the system for `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| match source.kind() {
            io::ErrorKind::NotFound => Self::Missing {
                path: path.to_owned(),
            },
            _ => Self::Io {
                path: path.to_owned(),
                source,
            },
        }
    }
}

/// What kind of fault a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// The bytes are not of the format, or end too early.
    Malformed,
    /// A value that no such file may have.
    Invalid,
    /// There is more of something than [`Limits`](crate::Limits) allow.
    TooLarge,
    /// Nothing that could be used is in the file.
    Empty,
    /// The file is whole, but something must be told that it does not say, such as the frame rate.
    Unclear,
    /// A part of the format, or a format, that is not read.
    Unsupported,
}

/// Where in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line, from 1.
    Line(u64),
    /// A line, from 1, and the name or number of a column.
    Cell(u64, String),
    /// A byte, from 0.
    Byte(u64),
    /// A part by its name, such as `segments[3].words[0]`.
    Part(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Line(line) => write!(f, "line {line}: "),
            Self::Cell(line, column) => write!(f, "line {line}, column {column}: "),
            Self::Byte(byte) => write!(f, "byte {byte}: "),
            Self::Part(part) => write!(f, "{part}: "),
        }
    }
}

/// What is wrong in a file whose path the caller knows.
#[derive(Debug, Error)]
#[error("{place}expected {expected}, found {found}{}", advice_of(advice))]
#[non_exhaustive]
pub struct Fault {
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// Where it is.
    pub place: Place,
    /// What should be there.
    pub expected: Cow<'static, str>,
    /// What is there. Texts of the file are quoted up to 40 characters.
    pub found: Cow<'static, str>,
    /// What to do about it.
    pub advice: Option<Cow<'static, str>>,
    /// The fault of the container that the file is.
    #[source]
    pub source: Option<Box<ContainerError>>,
}

fn advice_of(advice: &Option<Cow<'static, str>>) -> String {
    advice
        .as_ref()
        .map(|advice| format!("; {advice}"))
        .unwrap_or_default()
}

/// A fault of a container of arrays.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ContainerError {
    /// Of an HDF5 file.
    #[error(transparent)]
    Hdf5(#[from] Hdf5Error),
    /// Of a MATLAB file of level 5.
    #[error(transparent)]
    Mat(#[from] MatError),
    /// Of a NumPy array.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// Of a NumPy archive.
    #[error(transparent)]
    Npz(#[from] NpzError),
}

impl Fault {
    /// A fault at a place.
    pub fn new(
        kind: FaultKind,
        place: Place,
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            place,
            expected: expected.into(),
            found: found.into(),
            advice: None,
            source: None,
        }
    }

    /// The same fault with advice.
    #[must_use]
    pub fn advised(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// A text of a file in quotes, for messages: 40 characters of it, of which those that cannot be printed
/// count as what is written for them.
pub(crate) fn quoted(text: &str) -> String {
    let mut end = 0;
    let mut shown = 0;
    for (start, letter) in text.char_indices() {
        shown += letter.escape_debug().count();
        if shown > QUOTED {
            return format!("{:?}…", &text[..end]);
        }
        end = start + letter.len_utf8();
    }
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(quoted("short"), "\"short\"");
        assert_eq!(quoted(&"a".repeat(40)), format!("\"{}\"", "a".repeat(40)));
        assert_eq!(quoted(&"a".repeat(41)), format!("\"{}\"…", "a".repeat(40)));
        assert_eq!(
            quoted(&"\u{14}".repeat(41)),
            format!("\"{}\"…", "\\u{14}".repeat(6))
        );
    }
}
