//! Words in JSON.
//!
//! | File | Holds |
//! |---|---|
//! | `reader.rs` | JSON from front to back |
//! | `whisper.rs`, `whisper_cpp.rs` | Whisper, faster-whisper, WhisperX; whisper.cpp |
//! | `vosk.rs` | Vosk, with one object or many |
//! | `gentle.rs`, `mfa.rs` | aligners |

mod gentle;
mod mfa;
mod reader;
mod vosk;
mod whisper;
mod whisper_cpp;

use crate::decode::decode;
use crate::words::gather::Gather;
use crate::words::{WordsFile, WordsFormat, WordsNoteKind, WordsOptions};
use crate::{Fault, FaultKind, Limits};
use reader::Reader;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether the first character is a bracket of JSON. A list is refused later.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    let first = match bytes {
        // Windows' shell writes what a program prints as UTF-16.
        [0xff, 0xfe, first, 0, ..] | [0xfe, 0xff, 0, first, ..] => Some(first),
        _ => {
            let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
            bytes.iter().find(|byte| !byte.is_ascii_whitespace())
        }
    };
    first == Some(&b'{')
}

/// The words of a file of JSON.
pub(super) fn parse(bytes: &[u8], options: &WordsOptions) -> Result<WordsFile, Fault> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        return parse_utf8(decode(bytes)?.as_bytes(), options);
    }
    parse_utf8(bytes.strip_prefix(MARK).unwrap_or(bytes), options)
}

fn parse_utf8(bytes: &[u8], options: &WordsOptions) -> Result<WordsFile, Fault> {
    let Outline { format, language } = outline(bytes, &options.limits)?;
    if format != WordsFormat::WhisperCpp {
        // Only whisper.cpp cuts characters; elsewhere the encoding is another one.
        decode(bytes)?;
    }
    let mut reader = Reader::new(bytes, &options.limits);
    let mut gather = Gather::new(options, labels(format));
    let language_name = language.as_deref();
    match format {
        WordsFormat::WhisperCpp => whisper_cpp::read(&mut reader, &mut gather, language_name)?,
        WordsFormat::Vosk => vosk::read(&mut reader, &mut gather)?,
        WordsFormat::Gentle => gentle::read(&mut reader, &mut gather)?,
        WordsFormat::Mfa => mfa::read(&mut reader, &mut gather, options)?,
        _ => whisper::read(&mut reader, &mut gather, language_name)?,
    }
    if reader.peek().is_some() {
        return Err(reader.malformed("the end of the file"));
    }
    gather.note(WordsNoteKind::NoNumber, reader.no_numbers);
    gather.note(WordsNoteKind::DamagedText, reader.damaged);
    gather.finish(format, language)
}

fn labels(format: WordsFormat) -> crate::words::label::Labels {
    use crate::words::label::Labels;
    match format {
        WordsFormat::Mfa => Labels::Aligner,
        _ => Labels::Speech,
    }
}

/// What the keys of the first object tell.
struct Outline {
    format: WordsFormat,
    language: Option<String>,
}

const KEYS: &[&str] = &[
    "segments",
    "word_segments",
    "transcription",
    "tiers",
    "transcript",
    "words",
    "result",
    "text",
    "partial",
    "alternatives",
    "language",
];

fn outline(bytes: &[u8], limits: &Limits) -> Result<Outline, Fault> {
    let mut reader = Reader::new(bytes, limits);
    let place = reader.place();
    let (mut keys, mut language) = (Vec::new(), None);
    reader.object(KEYS, |reader, key| {
        keys.push(key);
        match key {
            "language" => language = reader.text_or_null()?,
            // Of whisper.cpp; Vosk has a list there.
            "result" if reader.peek() == Some(b'{') => {
                reader.object(&["language"], |reader, _| {
                    language = reader.text_or_null()?;
                    Ok(())
                })?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let has = |key: &str| keys.contains(&key);
    let format = if has("word_segments") {
        WordsFormat::WhisperX
    } else if has("segments") {
        WordsFormat::Whisper
    } else if has("transcription") {
        WordsFormat::WhisperCpp
    } else if has("tiers") {
        WordsFormat::Mfa
    } else if has("transcript") || has("words") {
        WordsFormat::Gentle
    } else if has("result") || has("text") || has("partial") || has("alternatives") {
        WordsFormat::Vosk
    } else {
        let expected = "a key `segments`, `transcription`, `result`, `words` or `tiers`";
        return Err(
            Fault::new(FaultKind::Unsupported, place, expected, "none of them")
                .advised("give the JSON of Whisper, WhisperX, whisper.cpp, Vosk, Gentle or Montreal Forced Aligner"),
        );
    };
    Ok(Outline { format, language })
}

/// The fault of an object without `key`.
fn without(place: crate::Place, key: &str) -> Fault {
    Fault::new(FaultKind::Invalid, place, format!("a key `{key}`"), "none")
}
