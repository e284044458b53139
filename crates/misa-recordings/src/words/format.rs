//! The formats of words, and how one is recognised.

use crate::error::quoted;
use crate::number::number;
use crate::words::lines::{columns, is_comment};
use crate::{Fault, FaultKind, Place};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What wrote a file of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WordsFormat {
    /// WhisperX: JSON.
    #[serde(rename = "whisperx")]
    WhisperX,
    /// Whisper and faster-whisper: JSON.
    Whisper,
    /// whisper.cpp: JSON, with or without tokens.
    WhisperCpp,
    /// Vosk: one object of JSON, or several.
    Vosk,
    /// Gentle: JSON.
    Gentle,
    /// Gentle: a table without header.
    GentleCsv,
    /// Montreal Forced Aligner: JSON.
    Mfa,
    /// Montreal Forced Aligner: a table.
    MfaCsv,
    /// Praat, Montreal Forced Aligner, WebMAUS: a TextGrid.
    TextGrid,
    /// P2FA: a TextGrid with times that are 12.5 ms late.
    P2fa,
    /// NIST: a word a line, with start and duration.
    Ctm,
    /// NIST: a phrase a line.
    Stm,
    /// HTK: labels of several recordings.
    Mlf,
    /// HTK, Montreal Forced Aligner: labels of one recording, or its text.
    Lab,
    /// SubRip: subtitles.
    Srt,
    /// WebVTT: subtitles.
    #[serde(rename = "webvtt")]
    WebVtt,
    /// Whisper and WhisperX: phrases in a table.
    WhisperTsv,
    /// Audacity: labels.
    Audacity,
}

impl fmt::Display for WordsFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WhisperX => "WhisperX",
            Self::Whisper => "Whisper",
            Self::WhisperCpp => "whisper.cpp",
            Self::Vosk => "Vosk",
            Self::Gentle => "Gentle",
            Self::GentleCsv => "Gentle (CSV)",
            Self::Mfa => "Montreal Forced Aligner",
            Self::MfaCsv => "Montreal Forced Aligner (CSV)",
            Self::TextGrid => "TextGrid",
            Self::P2fa => "P2FA",
            Self::Ctm => "CTM",
            Self::Stm => "STM",
            Self::Mlf => "MLF",
            Self::Lab => "LAB",
            Self::Srt => "SubRip",
            Self::WebVtt => "WebVTT",
            Self::WhisperTsv => "Whisper (TSV)",
            Self::Audacity => "Audacity",
        })
    }
}

/// What a message says where no format fits.
const KNOWN: &str = "words of Whisper, WhisperX, whisper.cpp, Vosk, Gentle, Montreal Forced Aligner, \
    P2FA, Praat, HTK, CTM, STM, SubRip, WebVTT or Audacity";

/// The format of a text that is no JSON. `name` is the name of the file.
pub(super) fn recognise(name: &str, text: &str) -> Result<WordsFormat, Fault> {
    let mut lines = (1..).zip(text.lines());
    let Some((at, first)) = lines.find(|(_, line)| !line.trim().is_empty()) else {
        let found = "an empty file";
        return Err(Fault::new(FaultKind::Empty, Place::File, "words", found));
    };
    let first = first.trim_start();
    if let Some(format) = by_mark(first)? {
        return Ok(format);
    }
    let is_entry = |line: &str| !line.trim().is_empty() && !is_comment(line);
    let mut entries = std::iter::once(first).chain(lines.map(|(_, line)| line));
    let Some(line) = entries.find(|line| is_entry(line)) else {
        let found = "only comments";
        return Err(Fault::new(FaultKind::Empty, Place::File, "words", found));
    };
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    let extension = extension.to_ascii_lowercase();
    if let Some(format) = by_fields(line, &extension) {
        return Ok(format);
    }
    // Before the first times there may be a number, and in broken files more.
    let mut few = text.lines().filter(|line| !line.trim().is_empty()).take(4);
    if few.any(|line| line.contains("-->")) {
        return Ok(WordsFormat::Srt);
    }
    match extension.as_str() {
        "lab" => Ok(WordsFormat::Lab),
        "ctm" => Ok(WordsFormat::Ctm),
        "stm" => Ok(WordsFormat::Stm),
        "srt" => Ok(WordsFormat::Srt),
        _ => Err(Fault::new(
            FaultKind::Unsupported,
            Place::Line(at),
            KNOWN,
            quoted(first),
        )),
    }
}

/// The format that the first line names.
fn by_mark(first: &str) -> Result<Option<WordsFormat>, Fault> {
    let unsupported = |expected, found, advice| {
        let place = Place::Line(1);
        Err(Fault::new(FaultKind::Unsupported, place, expected, found).advised(advice))
    };
    if first.starts_with("WEBVTT") {
        return Ok(Some(WordsFormat::WebVtt));
    }
    if first.starts_with("#!MLF!#") {
        return Ok(Some(WordsFormat::Mlf));
    }
    if first.contains("ooBinaryFile") || first.contains("chronological TextGrid") {
        return unsupported(
            "a TextGrid as text, long or short",
            "a binary or chronological one",
            "save it in Praat with \"Save as text file\"",
        );
    }
    if first.contains("ooTextFile") {
        return Ok(Some(WordsFormat::TextGrid));
    }
    if first.starts_with("SPEAKER ") {
        return unsupported(
            "words",
            "RTTM, which has speakers but no words",
            "give it as speakers",
        );
    }
    if first.starts_with('[') && !first.contains(']') || first.starts_with("[{") {
        return unsupported(
            "an object in JSON",
            "a list",
            "give the file that the tool wrote",
        );
    }
    Ok(None)
}

/// The format that the fields of a line without comment tell.
fn by_fields(line: &str, extension: &str) -> Option<WordsFormat> {
    let has = |fields: &[&str], names: &[&str]| names.iter().all(|name| fields.contains(name));
    let tabbed: Vec<&str> = columns(line, '\t').collect();
    let commas: Vec<&str> = columns(line, ',').collect();
    if has(&commas, &["Begin", "End", "Label"]) {
        return Some(WordsFormat::MfaCsv);
    }
    if has(&tabbed, &["start", "end", "text"]) {
        return Some(WordsFormat::WhisperTsv);
    }
    if let Some(format) = by_numbers(line, &tabbed, extension) {
        return Some(format);
    }
    // Gentle's: word, word as it is aligned, start, end; the last three may be empty.
    let last = commas.last_chunk::<2>();
    let is_empty_or_number = |field: &&str| field.is_empty() || number(field).is_some();
    let is_gentle =
        commas.len() >= 4 && last.is_some_and(|last| last.iter().all(is_empty_or_number));
    is_gentle.then_some(WordsFormat::GentleCsv)
}

/// The format that is told by which fields of a line are numbers. Names of recordings and words may be numbers
/// too: where several formats fit, the extension decides.
fn by_numbers(line: &str, tabbed: &[&str], extension: &str) -> Option<WordsFormat> {
    let fields: Vec<&str> = line.split_whitespace().take(9).collect();
    let are = |fields: &[&str], places: std::ops::Range<usize>| {
        let fields = fields.get(places);
        fields.is_some_and(|fields| fields.iter().all(|field| number(field).is_some()))
    };
    let is_lab = are(&fields, 0..2) && fields.len() >= 3;
    let is_ctm = are(&fields, 2..4) && fields.len() >= 5;
    let is_stm = are(&fields, 3..5);
    match extension {
        // A text without times may have numbers anywhere.
        "lab" if is_lab || is_ctm || is_stm => return Some(WordsFormat::Lab),
        "ctm" if is_ctm => return Some(WordsFormat::Ctm),
        "stm" if is_stm => return Some(WordsFormat::Stm),
        _ => {}
    }
    // The last column of labels is a text.
    let is_wider = tabbed.len() >= 5 && (are(tabbed, 2..4) || are(tabbed, 3..5));
    if are(tabbed, 0..2) && !is_wider && extension != "lab" && extension != "ctm" {
        return Some(WordsFormat::Audacity);
    }
    // A word of CTM may be a number, too, but what follows it is a confidence.
    let is_confidence = |field: &&str| number(field).is_some() || matches!(*field, "NA" | "-");
    let is_said = fields.get(5).is_some_and(|field| !is_confidence(field));
    let is_speaker_named = is_stm && (!are(&fields, 2..3) || is_said);
    // Labels have five fields at most.
    if is_speaker_named && fields.len() >= 6 {
        return Some(WordsFormat::Stm);
    }
    if is_lab && !are(&fields, 2..4) {
        return Some(WordsFormat::Lab);
    }
    if is_speaker_named {
        return Some(WordsFormat::Stm);
    }
    is_ctm.then_some(WordsFormat::Ctm)
}
