//! Whisper, faster-whisper and WhisperX.
//!
//! Source: `{"segments": [{"start", "end", "text", "words": [{"word", "start", "end"}]}], "language"}`.
//! WhisperX repeats all words as `word_segments`, which are not read, and calls a confidence `score`;
//! Whisper calls it `probability`.

use crate::words::WordsNoteKind;
use crate::words::gather::{Gather, stretch};
use crate::words::json::reader::Reader;
use crate::words::phrase::is_without_spaces;
use crate::{Fault, Word, WordOrigin};

/// Probability of silence above which Whisper by default does not use a segment.
///
/// Source: `no_speech_threshold` of Whisper.
const SILENCE: f64 = 0.6;

/// A word or segment as it stands in the file.
#[derive(Default)]
struct Draft {
    text: String,
    start: Option<f64>,
    end: Option<f64>,
    confidence: Option<f32>,
    speaker: Option<String>,
}

pub(super) fn read(
    reader: &mut Reader,
    gather: &mut Gather,
    language: Option<&str>,
) -> Result<(), Fault> {
    let mut has_confidence = false;
    reader.object(&["segments"], |reader, _| {
        reader.list(|reader| segment(reader, gather, language, &mut has_confidence))
    })?;
    if !has_confidence {
        // Old versions write none at all: nothing tells which words were interpolated.
        for word in gather.all() {
            if word.origin == WordOrigin::Interpolated {
                word.origin = WordOrigin::Measured;
            }
        }
    }
    Ok(())
}

fn segment(
    reader: &mut Reader,
    gather: &mut Gather,
    language: Option<&str>,
    has_confidence: &mut bool,
) -> Result<(), Fault> {
    let place = reader.place();
    let (mut segment, mut words, mut silence) = (Draft::default(), Vec::new(), None);
    let keys = &["start", "end", "text", "words", "speaker", "no_speech_prob"];
    reader.object(keys, |reader, key| {
        match key {
            "start" => segment.start = reader.seconds()?,
            "end" => segment.end = reader.seconds()?,
            "text" => segment.text = reader.text()?,
            "speaker" => segment.speaker = reader.text_or_null()?,
            "no_speech_prob" => silence = reader.number("a number from 0 to 1")?,
            _ if reader.is_null() => {}
            _ => reader.list(|reader| {
                if words.len() == gather.limits.words {
                    return Err(crate::words::gather::too_many(
                        gather.limits,
                        reader.place(),
                    ));
                }
                words.push(draft(reader)?);
                Ok(())
            })?,
        }
        Ok(())
    })?;
    let before = gather.current().len();
    let phrase = stretch(segment.start, segment.end);
    if words.is_empty() {
        let like = Word {
            speaker: segment.speaker.clone(),
            phrase,
            ..Word::missing("")
        };
        let divided = is_without_spaces(language);
        gather.add_missing(&segment.text, divided, &like, || place.clone())?;
    }
    for (index, draft) in words.into_iter().enumerate() {
        *has_confidence |= draft.confidence.is_some();
        let word = Word {
            speaker: draft.speaker.or_else(|| segment.speaker.clone()),
            phrase,
            confidence: draft.confidence,
            ..match (stretch(draft.start, draft.end), draft.confidence) {
                (Some(time), Some(_)) => Word::measured(draft.text, time.start, time.end),
                (Some(time), None) => Word::interpolated(draft.text, time.start, time.end),
                (None, _) => Word::missing(draft.text),
            }
        };
        gather.add(word, || {
            crate::Place::Part(format!("{}.words[{index}]", part(&place)))
        })?;
    }
    if silence.is_some_and(|silence| silence > SILENCE) {
        let added = gather.current().len() - before;
        gather.note(WordsNoteKind::ProbablySilence, added);
    }
    Ok(())
}

fn part(place: &crate::Place) -> &str {
    match place {
        crate::Place::Part(part) => part,
        _ => "segment",
    }
}

fn draft(reader: &mut Reader) -> Result<Draft, Fault> {
    let mut word = Draft::default();
    let mut has_text = false;
    let place = reader.place();
    let keys = &["word", "start", "end", "score", "probability", "speaker"];
    reader.object(keys, |reader, key| {
        match key {
            "word" => (word.text, has_text) = (reader.text()?, true),
            "start" => word.start = reader.seconds()?,
            "end" => word.end = reader.seconds()?,
            "speaker" => word.speaker = reader.text_or_null()?,
            _ => word.confidence = reader.confidence()?,
        }
        Ok(())
    })?;
    if has_text {
        Ok(word)
    } else {
        Err(super::without(place, "word"))
    }
}
