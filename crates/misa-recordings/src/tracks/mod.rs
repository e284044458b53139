//! Files of feature rows: faces and voices as tools write them, and arrays.
//!
//! | File | Holds |
//! |---|---|
//! | `instants.rs` | stretches of time for rows that have one moment each |
//! | `text/` | tables: OpenFace, py-feat, LibreFace, openSMILE, any table; and HTK's parameters |
//! | `arrays/` | NumPy, MATLAB, Octave, and folders of arrays |

mod arrays;
mod instants;
mod text;

use crate::{Fault, FaultKind, Limits, Place, RecordingError, Track};
pub(crate) use instants::median_step;
pub use instants::{Anchor, stretches};
use misa_files::Source;
use misa_terms::form;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// Confidence below which OpenFace's rows are not used, as most papers do.
pub const CONFIDENCE: f64 = 0.8;

/// What to do where nothing says how long a row is: what the options of `misa data assemble` are called.
const ROWS_A_SECOND: &str =
    "give the rows a second, such as `--face-rows 25` for faces or `--voice-rows 100` for voices";

/// The tracks of the file or folder at `path`, whose format is detected from its content.
///
/// # Errors
///
/// If it cannot be opened, or as for [`parse`].
pub fn read(path: &Path, options: &TrackOptions) -> Result<TrackFile, RecordingError> {
    if path.is_dir() {
        let file = arrays::read_folder(path, options)?;
        return with_faces(file, options).map_err(RecordingError::file(path));
    }
    let source = Source::open(path).map_err(RecordingError::io(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parse(&name, &source, options).map_err(RecordingError::file(path))
}

/// The tracks of a file called `name`, whose format is detected from its content; the name decides where
/// content cannot.
///
/// # Errors
///
/// If the file is of no known format, or is damaged, too large or empty, or needs something that `options` do
/// not tell.
pub fn parse(name: &str, source: &Source<'_>, options: &TrackOptions) -> Result<TrackFile, Fault> {
    if let Some(file) = arrays::parse(name, source, options)? {
        return with_faces(file, options);
    }
    if let Some(file) = text::parse(name, source, options)? {
        return with_faces(file, options);
    }
    let expected = "a table with a header, ARFF, HTK or an array";
    let found = "something else";
    Err(Fault::new(
        FaultKind::Unsupported,
        Place::File,
        expected,
        found,
    ))
}

/// The same file, unless a face is to be chosen where faces have no names.
fn with_faces(file: TrackFile, options: &TrackOptions) -> Result<TrackFile, Fault> {
    let has_names = matches!(file.format, TrackFormat::OpenFace | TrackFormat::PyFeat);
    if has_names || options.face.is_none() {
        return Ok(file);
    }
    let expected = "a table of OpenFace or py-feat, because a face is chosen";
    let found = "features without names of faces";
    Err(Fault::new(FaultKind::Invalid, Place::File, expected, found))
}

/// What is told about files of feature rows that they do not say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrackOptions {
    /// Limits on a file.
    pub limits: Limits,
    /// Frames a second of the video: for tables that count frames and have no times.
    pub fps: Option<f64>,
    /// Rows a second: for arrays, which have no times.
    pub rate: Option<f64>,
    /// Start of the first row of an array, in seconds.
    pub first: f64,
    /// The face that is read where a table of OpenFace or py-feat has several, by the tool's number or name; `None`:
    /// in each frame the one with the highest mean confidence over the table.
    pub face: Option<String>,
    /// Rows of lower confidence are not valid, where a tool states one from 0 to 1.
    pub confidence: f64,
    /// The columns that are needed; others are checked for their number of fields only. `None`: all.
    pub columns: Option<Vec<String>>,
}

impl Default for TrackOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            fps: None,
            rate: None,
            first: 0.0,
            face: None,
            confidence: CONFIDENCE,
            columns: None,
        }
    }
}

/// What wrote a file of feature rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TrackFormat {
    /// OpenFace 2: a table of a video.
    OpenFace,
    /// py-feat: a table of frames and faces.
    PyFeat,
    /// LibreFace: a table with times in milliseconds.
    LibreFace,
    /// openSMILE's command line: a table.
    OpenSmileCsv,
    /// openSMILE's command line, or Weka: attributes and data.
    Arff,
    /// HTK's parameters in binary.
    Htk,
    /// The Python package opensmile: a table with stretches of time.
    OpenSmilePython,
    /// Any table with a column of times.
    Table,
    /// A NumPy array.
    Npy,
    /// An archive of NumPy arrays.
    Npz,
    /// A folder of NumPy arrays, a frame each.
    NpyFolder,
    /// A MATLAB file, level 5 or 7.3.
    Mat,
    /// A file that Octave saved as text.
    Octave,
}

/// The tracks of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrackFile {
    /// What wrote the file.
    pub format: TrackFormat,
    /// The tracks. A file of one recording has one; openSMILE appends several.
    pub tracks: Vec<NamedTrack>,
    /// What was left out, replaced or odd, counted.
    pub notes: Vec<TrackNote>,
}

/// A track, and the recording that its file names.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NamedTrack {
    /// The recording, as the file names it: `clip.wav`. `None` if the file's own name says it.
    pub name: Option<String>,
    /// Its rows.
    pub track: Track,
    /// Faces that have rows which are left out for those of a better one.
    pub other_faces: usize,
    /// Whether it is one row of an array without times, which is for all of the recording: its stretch goes up to the
    /// limit, and says nothing of the recording's length.
    pub is_whole: bool,
}

/// How often something was left out, replaced or odd in a file of feature rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrackNote {
    /// What it was.
    pub kind: TrackNoteKind,
    /// How often.
    pub count: usize,
}

/// What may be left out, replaced or odd in a file of feature rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TrackNoteKind {
    /// Columns of text, left out.
    TextColumn,
    /// Cells that are empty, NaN or infinite: no number.
    NoNumber,
    /// Rows of other faces, left out.
    OtherFace,
    /// Rows that were not in the order of time, sorted.
    Unsorted,
    /// Frames that the tool left out, by their numbers.
    FramesLeftOut,
    /// Rows whose time is not that of one rate: of their frame where it is known, otherwise from row to row.
    IrregularTime,
    /// A last row that is longer than the others, because the tool ends it with the sound; shortened.
    LongLastRow,
    /// Headers that are repeated between rows, left out.
    RepeatedHeader,
    /// Columns that hold scores of emotion: what is predicted, by another system.
    EmotionColumn,
    /// Columns without a name, left out: pandas writes the numbers of rows so.
    UnnamedColumn,
    /// Changes from one face to another between rows: another number for one person, or another person.
    ChangedFace,
    /// A last line without the mark of its end: its last number may be cut.
    OpenLastLine,
    /// Cells about the voice, in frames that have none: no number.
    NoVoice,
    /// Variables of a file, or files of a folder, that are not the features, left out.
    OtherContent,
    /// Other recordings of a file that was found by the name of one, left out.
    OtherRecording,
}

impl fmt::Display for TrackNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        let s = form(count, "", "s");
        match self.kind {
            TrackNoteKind::TextColumn => write!(f, "{count} column{s} of text left out"),
            TrackNoteKind::NoNumber => write!(f, "{count} cell{s} without a number"),
            TrackNoteKind::OtherFace => write!(f, "{count} row{s} of other faces left out"),
            TrackNoteKind::Unsorted => write!(f, "{count} row{s} out of order, sorted"),
            TrackNoteKind::FramesLeftOut => write!(f, "{count} frame{s} without a row"),
            TrackNoteKind::IrregularTime => write!(f, "{count} row{s} at irregular times"),
            TrackNoteKind::LongLastRow => {
                write!(f, "{count} last row{s} longer than the others, shortened")
            }
            TrackNoteKind::RepeatedHeader => write!(f, "{count} repeated header{s} left out"),
            TrackNoteKind::EmotionColumn => {
                let are = form(count, "is a score", "are scores");
                write!(f, "{count} column{s} {are} of emotion")
            }
            TrackNoteKind::UnnamedColumn => write!(f, "{count} column{s} without a name left out"),
            TrackNoteKind::ChangedFace => write!(f, "{count} change{s} from one face to another"),
            TrackNoteKind::OpenLastLine => {
                write!(f, "{count} last line{s} without an end, which may be cut")
            }
            TrackNoteKind::NoVoice => write!(f, "{count} cell{s} of frames without voice"),
            TrackNoteKind::OtherContent => {
                write!(f, "{count} other variable{s} or file{s} left out")
            }
            TrackNoteKind::OtherRecording => {
                write!(f, "{count} other recording{s} in the file left out")
            }
        }
    }
}
