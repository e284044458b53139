//! Vosk: an object for each utterance, alone, one after the other, or one a line.
//!
//! Source: `{"result": [{"conf", "start", "end", "word"}], "text"}`.

use crate::words::WordsNoteKind;
use crate::words::gather::{Gather, stretch};
use crate::words::json::reader::Reader;
use crate::{Fault, FaultKind, Word};

pub(super) fn read(reader: &mut Reader, gather: &mut Gather) -> Result<(), Fault> {
    for index in 0.. {
        if reader.peek().is_none() {
            break;
        }
        let name = format!("utterance[{index}]");
        reader.within(name, |reader| utterance(reader, gather))?;
    }
    Ok(())
}

fn utterance(reader: &mut Reader, gather: &mut Gather) -> Result<(), Fault> {
    let (mut text, mut has_words) = (String::new(), false);
    let place = reader.place();
    let keys = &["result", "text", "partial", "alternatives"];
    reader.object(keys, |reader, key| {
        match key {
            "result" => {
                has_words = true;
                reader.list(|reader| word(reader, gather))?;
            }
            "text" => text = reader.text()?,
            "partial" => {
                reader.skip()?;
                gather.note(WordsNoteKind::PartialResult, 1);
            }
            _ => {
                let fault = Fault::new(
                    FaultKind::Unsupported,
                    reader.place(),
                    "one result",
                    "alternatives",
                );
                return Err(fault.advised("recognise with `SetMaxAlternatives(0)`"));
            }
        }
        Ok(())
    })?;
    if !has_words {
        let like = Word::missing("");
        gather.add_missing(&text, false, &like, || place.clone())?;
    }
    Ok(())
}

fn word(reader: &mut Reader, gather: &mut Gather) -> Result<(), Fault> {
    let place = reader.place();
    let (mut text, mut start, mut end, mut confidence) = (None, None, None, None);
    reader.object(&["word", "start", "end", "conf"], |reader, key| {
        match key {
            "word" => text = Some(reader.text()?),
            "start" => start = reader.seconds()?,
            "end" => end = reader.seconds()?,
            _ => confidence = reader.confidence()?,
        }
        Ok(())
    })?;
    let Some(text) = text else {
        return Err(super::without(place, "word"));
    };
    let word = match stretch(start, end) {
        Some(time) => Word::measured(text, time.start, time.end),
        None => Word::missing(text),
    };
    let word = Word { confidence, ..word };
    gather.add(word, || place.clone())
}
