//! whisper.cpp, `-oj` and `-ojf`.
//!
//! Source: `{"transcription": [{"offsets": {"from", "to"}, "text", "tokens": [{"text", "offsets", "p"}]}]}`
//! in milliseconds. Words are made of tokens: one that begins with a space starts a word. A character may
//! be divided between tokens, so their bytes are joined before they are read as text.
//! Differs: `t_dtw`, which few files have, is not read.

use crate::words::gather::{Gather, stretch};
use crate::words::json::reader::Reader;
use crate::words::label::is_silent;
use crate::words::phrase::is_without_spaces;
use crate::{Fault, Interval, Place, Word};

const MILLISECONDS: f64 = 1000.0;

/// A token as it stands in the file.
struct Token {
    bytes: Vec<u8>,
    time: Option<Interval>,
    confidence: Option<f32>,
}

/// Tokens that are one word so far.
struct Draft {
    bytes: Vec<u8>,
    time: Option<Interval>,
    /// Sum, and number of tokens.
    confidence: (f32, usize),
}

pub(super) fn read(
    reader: &mut Reader,
    gather: &mut Gather,
    language: Option<&str>,
) -> Result<(), Fault> {
    let divided = is_without_spaces(language);
    reader.object(&["transcription"], |reader, _| {
        reader.list(|reader| segment(reader, gather, divided))
    })
}

fn segment(reader: &mut Reader, gather: &mut Gather, divided: bool) -> Result<(), Fault> {
    let place = reader.place();
    let (mut phrase, mut text, mut speaker) = (None, Vec::new(), None);
    let mut words = Vec::new();
    let keys = &["offsets", "text", "tokens", "speaker"];
    reader.object(keys, |reader, key| {
        match key {
            "offsets" => phrase = offsets(reader)?,
            "text" => text = reader.text_bytes()?.into_owned(),
            "speaker" => speaker = reader.text_or_null()?,
            _ if reader.is_null() => {}
            _ => reader.list(|reader| {
                let token = token(reader)?;
                if !is_special(&token.bytes) {
                    join(&mut words, token, divided);
                }
                if words.len() > gather.limits.words {
                    return Err(crate::words::gather::too_many(
                        gather.limits,
                        reader.place(),
                    ));
                }
                Ok(())
            })?,
        }
        Ok(())
    })?;
    let like = Word {
        speaker,
        phrase,
        ..Word::missing("")
    };
    if words.is_empty() {
        let text = reader.decode(text.into());
        return gather.add_missing(&text, divided, &like, || place.clone());
    }
    for draft in words {
        let text = reader.decode(draft.bytes.into());
        let word = match draft.time {
            Some(time) => Word::measured(text, time.start, time.end),
            None => Word::missing(text),
        };
        let (sum, count) = draft.confidence;
        let word = Word {
            confidence: (count > 0).then(|| sum / count as f32),
            speaker: like.speaker.clone(),
            phrase,
            ..word
        };
        gather.add(word, || place.clone())?;
    }
    Ok(())
}

fn offsets(reader: &mut Reader) -> Result<Option<Interval>, Fault> {
    let (mut from, mut to) = (None, None);
    reader.object(&["from", "to"], |reader, key| {
        let moment = reader.number("a number of milliseconds")?;
        let moment = moment.map(|moment| moment / MILLISECONDS);
        match key {
            "from" => from = moment,
            _ => to = moment,
        }
        Ok(())
    })?;
    Ok(stretch(from, to))
}

fn token(reader: &mut Reader) -> Result<Token, Fault> {
    let place: Place = reader.place();
    let (mut bytes, mut time, mut confidence) = (None, None, None);
    reader.object(&["text", "offsets", "p"], |reader, key| {
        match key {
            "text" => bytes = Some(reader.text_bytes()?.into_owned()),
            "offsets" => time = offsets(reader)?,
            _ => confidence = reader.confidence()?,
        }
        Ok(())
    })?;
    match bytes {
        Some(bytes) => Ok(Token {
            bytes,
            time,
            confidence,
        }),
        None => Err(super::without(place, "text")),
    }
}

/// Whether a token is a mark of the model, such as `[_BEG_]` and `[_TT_50]`.
fn is_special(token: &[u8]) -> bool {
    token.starts_with(b"[_") && token.ends_with(b"]")
}

/// Adds `token` to the last word, or starts one with it.
fn join(words: &mut Vec<Draft>, token: Token, divided: bool) {
    let Token {
        bytes,
        time,
        confidence,
    } = token;
    let starts = match words.last() {
        None => true,
        Some(_) if bytes.starts_with(b" ") => true,
        // Without spaces, a word ends where a character does, and keeps its punctuation.
        Some(last) if divided => {
            let is_whole = std::str::from_utf8(&last.bytes).is_ok();
            is_whole && !std::str::from_utf8(&bytes).is_ok_and(is_silent)
        }
        Some(_) => false,
    };
    let confidence = (
        confidence.unwrap_or_default(),
        usize::from(confidence.is_some()),
    );
    match words.last_mut() {
        Some(last) if !starts => {
            last.bytes.extend_from_slice(&bytes);
            last.confidence.0 += confidence.0;
            last.confidence.1 += confidence.1;
            // A word is known when all of its tokens are.
            last.time = last.time.zip(time).map(|(word, token)| Interval {
                start: word.start,
                end: token.end,
            });
        }
        _ => words.push(Draft {
            bytes,
            time,
            confidence,
        }),
    }
}
