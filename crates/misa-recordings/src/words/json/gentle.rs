//! Gentle.
//!
//! Source: `{"transcript", "words": [{"case", "word", "alignedWord", "start", "end"}]}`; keys whose value
//! is unknown are absent.

use crate::error::quoted;
use crate::words::WordsNoteKind;
use crate::words::gather::{Gather, stretch};
use crate::words::json::reader::Reader;
use crate::words::label::OUT_OF_VOCABULARY;
use crate::{Fault, FaultKind, Word};

pub(super) fn read(reader: &mut Reader, gather: &mut Gather) -> Result<(), Fault> {
    let (mut transcript, mut has_words) = (String::new(), false);
    let place = reader.place();
    reader.object(&["transcript", "words"], |reader, key| match key {
        "transcript" => {
            transcript = reader.text()?;
            Ok(())
        }
        _ => {
            has_words = true;
            reader.list(|reader| word(reader, gather))
        }
    })?;
    if !has_words {
        let like = Word::missing("");
        gather.add_missing(&transcript, false, &like, || place.clone())?;
    }
    Ok(())
}

fn word(reader: &mut Reader, gather: &mut Gather) -> Result<(), Fault> {
    let place = reader.place();
    let (mut case, mut text, mut aligned) = (None, None, None);
    let (mut start, mut end) = (None, None);
    let keys = &["case", "word", "alignedWord", "start", "end"];
    reader.object(keys, |reader, key| {
        match key {
            "case" => case = Some(reader.text()?),
            "word" => text = reader.text_or_null()?,
            "alignedWord" => aligned = reader.text_or_null()?,
            "start" => start = reader.seconds()?,
            _ => end = reader.seconds()?,
        }
        Ok(())
    })?;
    let time = match case.as_deref() {
        Some("success") => stretch(start, end),
        Some("not-found-in-audio") => None,
        Some("not-found-in-transcript") => {
            gather.note(WordsNoteKind::NotInTranscript, 1);
            return Ok(());
        }
        None => return Err(super::without(place, "case")),
        Some(other) => {
            let expected = "`success`, `not-found-in-audio` or `not-found-in-transcript` as `case`";
            let found = quoted(other);
            return Err(Fault::new(FaultKind::Invalid, place, expected, found));
        }
    };
    let Some(text) = text else {
        return Err(super::without(place, "word"));
    };
    if aligned.as_deref() == Some(OUT_OF_VOCABULARY) {
        gather.note(WordsNoteKind::OutOfVocabulary, 1);
    }
    let word = match time {
        Some(time) => Word::measured(text, time.start, time.end),
        None => Word::missing(text),
    };
    gather.add(word, || place.clone())
}
