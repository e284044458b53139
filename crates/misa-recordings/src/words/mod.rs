//! Files of words with times, as recognisers and aligners write them, and subtitles.
//!
//! | File | Holds |
//! |---|---|
//! | `format.rs` | the formats, and how one is recognised |
//! | `file.rs`, `note.rs` | what is read, and what was left out or odd |
//! | `gather.rs` | checks and counts that are the same for all formats |
//! | `label.rs`, `phrase.rs` | labels of silence and noise; words of a phrase |
//! | `json/` | WhisperX, Whisper, whisper.cpp, Vosk, Gentle, Montreal Forced Aligner |
//! | `tiers.rs`, `textgrid.rs`, `values.rs`, `p2fa.rs` | TextGrids of Praat and of aligners |
//! | `lines/` | CTM, STM, MLF, LAB, tables, Audacity's labels |
//! | `cues/` | SubRip and WebVTT |

mod cues;
mod file;
mod format;
mod gather;
mod json;
mod label;
mod lines;
mod note;
mod p2fa;
mod phrase;
mod textgrid;
mod tiers;
mod values;

use crate::decode::{decode, with_line_feeds};
use crate::{Fault, FaultKind, Limits, Place, RecordingError};
pub use file::{RecordingWords, WordsFile};
pub use format::WordsFormat;
pub use note::{WordsNote, WordsNoteKind};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What is told about files of words that they do not say.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct WordsOptions {
    /// Limits on a file.
    pub limits: Limits,
    /// The tier that has the words, where a file has tiers; `None`: the one with a usual name. Files without
    /// tiers take no notice of it.
    pub tier: Option<String>,
    /// Whether P2FA aligned a sound of 11,025 Hz, whose times it multiplied by 11000/11025: that is undone.
    pub sound_rate_11025: bool,
}

/// The words of the file at `path`, whatever tool of the list wrote it.
///
/// # Errors
///
/// As [`parse`], with the path; or an error of the operating system. The size is checked before the file is
/// read.
pub fn read(path: &Path, options: &WordsOptions) -> Result<WordsFile, RecordingError> {
    let most = options.limits.text_bytes;
    let file = File::open(path).map_err(RecordingError::io(path))?;
    let mut bytes = Vec::new();
    // One byte more than is allowed tells that there is too much.
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(RecordingError::io(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parse(&name, &bytes, options).map_err(RecordingError::file(path))
}

/// The words of a file called `name`. The content decides which format it is; where it fits several, or none,
/// the extension of the name does.
///
/// # Errors
///
/// A [`Fault`] if the file is not of a known format, damaged, holds values that no such file may have, more
/// than the limits allow, or no words; or if a tier must be named ([`FaultKind::Unclear`]).
pub fn parse(name: &str, bytes: &[u8], options: &WordsOptions) -> Result<WordsFile, Fault> {
    let limits = &options.limits;
    if bytes.len() as u64 > limits.text_bytes {
        return Err(Fault::new(
            FaultKind::TooLarge,
            Place::File,
            format!("at most {} bytes", limits.text_bytes),
            "more",
        )
        .advised("divide the file, or raise the limit"));
    }
    if json::is_json(bytes) {
        return json::parse(bytes, options);
    }
    let text = with_line_feeds(decode(bytes)?);
    lines::check_length(&text, limits)?;
    match format::recognise(name, &text)? {
        WordsFormat::TextGrid | WordsFormat::P2fa => textgrid::parse(&text, options),
        WordsFormat::Srt => cues::parse_srt(&text, options),
        WordsFormat::WebVtt => cues::parse_vtt(&text, options),
        format => lines::parse(format, &text, options),
    }
}
