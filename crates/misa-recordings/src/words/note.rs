//! What was left out or odd in a file of words.

use misa_terms::{form, plural};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How often something was left out, replaced or odd in a file of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WordsNote {
    /// What it was.
    pub kind: WordsNoteKind,
    /// How often; above 0.
    pub count: usize,
}

impl WordsNote {
    pub(crate) const fn new(kind: WordsNoteKind, count: usize) -> Self {
        Self { kind, count }
    }
}

/// What may be left out, replaced or odd in a file of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WordsNoteKind {
    /// Labels of silence, such as `sp`, left out. Empty labels are not counted.
    Silence,
    /// Labels of noise, such as `{NS}`, left out.
    Noise,
    /// Labels of what was not recognised, such as `spn`, `<unk>` and `[laughter]`, left out.
    Unrecognised,
    /// Dashes and other punctuation that stand alone, left out.
    Punctuation,
    /// Words without times.
    MissingTime,
    /// Words whose times a tool or we have interpolated.
    Interpolated,
    /// NaN and infinity where a number should be: taken as unknown.
    NoNumber,
    /// Confidences that are not from 0 to 1: taken as unknown.
    OddConfidence,
    /// Characters that are damaged, replaced by U+FFFD.
    DamagedText,
    /// Words that start before the word in front of them.
    OutOfOrder,
    /// Words that end when they start.
    ZeroLength,
    /// Words whose times P2FA has shifted by 12.5 ms: shifted back.
    ShiftRemoved,
    /// Words whose times P2FA has multiplied by 11000/11025: divided again.
    FactorRemoved,
    /// Tiers besides the one that is read.
    OtherTier,
    /// Words of lines that the next cue shows again, left out there.
    Repeated,
    /// Words that Gentle heard but that are not in the transcript, left out.
    NotInTranscript,
    /// Words that are not in Gentle's dictionary: times may be less exact.
    OutOfVocabulary,
    /// Unfinished results of Vosk, left out.
    PartialResult,
    /// Words in segments that the tool takes for silence with a probability above 0.6.
    ProbablySilence,
    /// Stretches that are marked as not to be used, left out.
    IgnoredStretch,
    /// Other recordings of a file that was found by the name of one, left out.
    OtherRecording,
    /// Words `silence` and `pau` of an aligner that has no other label of pauses: some write these for one.
    SaidSilence,
}

impl fmt::Display for WordsNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        let (s, are) = (form(count, "", "s"), form(count, "is", "are"));
        let words = |rest: &str| format!("{count} word{s} {rest}");
        let text = match self.kind {
            WordsNoteKind::Silence => format!("{count} label{s} of silence left out"),
            WordsNoteKind::Noise => format!("{count} label{s} of noise left out"),
            WordsNoteKind::Unrecognised => {
                format!("{count} label{s} of what was not recognised left out")
            }
            WordsNoteKind::Punctuation => format!("{count} piece{s} of punctuation left out"),
            WordsNoteKind::MissingTime => words("without times"),
            WordsNoteKind::Interpolated => words("with interpolated times"),
            WordsNoteKind::NoNumber => {
                format!("{count} number{s} that {are} NaN or infinite, taken as unknown")
            }
            WordsNoteKind::OddConfidence => {
                format!("{count} confidence{s} outside 0 to 1, taken as unknown")
            }
            WordsNoteKind::DamagedText => format!("{count} damaged character{s} replaced"),
            WordsNoteKind::OutOfOrder => words(form(
                count,
                "that starts before the word in front of it",
                "that start before the word in front of them",
            )),
            WordsNoteKind::ZeroLength => words("of no length"),
            WordsNoteKind::ShiftRemoved => words("moved back by the 12.5 ms of P2FA"),
            WordsNoteKind::FactorRemoved => words("whose times were divided by 11000/11025"),
            WordsNoteKind::OtherTier => format!("{count} other tier{s} not read"),
            WordsNoteKind::Repeated => words("of repeated lines left out"),
            WordsNoteKind::NotInTranscript => {
                words(&format!("that {are} not in the transcript left out"))
            }
            WordsNoteKind::OutOfVocabulary => {
                words(&format!("that {are} not in the aligner's dictionary"))
            }
            WordsNoteKind::PartialResult => format!("{count} unfinished result{s} left out"),
            WordsNoteKind::ProbablySilence => words(form(
                count,
                "in a segment that is probably silence",
                "in segments that are probably silence",
            )),
            WordsNoteKind::IgnoredStretch => {
                plural(count, "stretch", "stretches") + " marked as not to be used left out"
            }
            WordsNoteKind::OtherRecording => {
                format!("{count} other recording{s} in the file left out")
            }
            WordsNoteKind::SaidSilence => {
                words("\"silence\" or \"pau\", which may be the label of a pause")
            }
        };
        f.write_str(&text)
    }
}
