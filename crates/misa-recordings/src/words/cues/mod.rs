//! Subtitles: SubRip and WebVTT.
//!
//! | File | Holds |
//! |---|---|
//! | `clock.rs` | hours, minutes and seconds |
//! | `srt.rs`, `vtt.rs` | the cues of a file |
//! | `markup.rs` | text of a cue, between its tags |
//! | `said.rs` | the words of cues, and lines that are shown again |

mod clock;
mod markup;
mod said;
mod srt;
mod vtt;

use crate::words::gather::{Gather, too_many};
use crate::words::label::Labels;
use crate::words::{WordsFile, WordsFormat, WordsOptions};
use crate::{Fault, Interval, Limits, Place};

/// A cue: text for a stretch of time.
struct Cue<'a> {
    /// The line of its times.
    line: u64,
    time: Interval,
    /// Its lines.
    text: &'a str,
}

/// The words of a SubRip file.
pub(super) fn parse_srt(text: &str, options: &WordsOptions) -> Result<WordsFile, Fault> {
    let cues = srt::cues(text, &options.limits)?;
    let mut gather = Gather::new(options, Labels::Speech);
    said::read(&cues, markup::Dialect::Srt, &mut gather)?;
    gather.finish(WordsFormat::Srt, None)
}

/// The words of a WebVTT file.
pub(super) fn parse_vtt(text: &str, options: &WordsOptions) -> Result<WordsFile, Fault> {
    let (cues, language) = vtt::cues(text, &options.limits)?;
    let mut gather = Gather::new(options, Labels::Speech);
    said::read(&cues, markup::Dialect::Vtt, &mut gather)?;
    gather.finish(WordsFormat::WebVtt, language)
}

fn check_room(cues: &[Cue], limits: &Limits, line: u64) -> Result<(), Fault> {
    if cues.len() >= limits.words {
        Err(too_many(limits, Place::Line(line)))
    } else {
        Ok(())
    }
}
