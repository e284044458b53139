//! Montreal Forced Aligner, `--output_format json`.
//!
//! Source: `{"tiers": {"words": {"type": "interval", "entries": [[start, end, label]]}}}`.

use crate::words::gather::Gather;
use crate::words::json::reader::{Reader, Scalar};
use crate::words::{WordsNoteKind, WordsOptions, tiers};
use crate::{Fault, FaultKind, Word};

pub(super) fn read(
    reader: &mut Reader,
    gather: &mut Gather,
    options: &WordsOptions,
) -> Result<(), Fault> {
    let mut names = Vec::new();
    let start = reader.mark();
    reader.object(&["tiers"], |reader, _| {
        reader.named(|reader, name| {
            if names.len() == gather.limits.columns {
                return Err(tiers::too_many(gather.limits, reader.place()));
            }
            names.push(name.to_string());
            reader.skip()
        })
    })?;
    let chosen = tiers::choose(&names, options.tier.as_deref())?;
    gather.note(WordsNoteKind::OtherTier, names.len() - 1);
    let speaker = tiers::speaker(&names[chosen]).map(str::to_string);
    reader.return_to(start);
    let mut index = 0;
    reader.object(&["tiers"], |reader, _| {
        reader.named(|reader, _| {
            index += 1;
            if index - 1 == chosen {
                tier(reader, gather, speaker.as_deref())
            } else {
                reader.skip()
            }
        })
    })
}

fn tier(reader: &mut Reader, gather: &mut Gather, speaker: Option<&str>) -> Result<(), Fault> {
    reader.object(&["entries"], |reader, _| {
        reader.list(|reader| entry(reader, gather, speaker))
    })
}

fn entry(reader: &mut Reader, gather: &mut Gather, speaker: Option<&str>) -> Result<(), Fault> {
    let place = reader.place();
    let mut values = Vec::with_capacity(3);
    reader.list(|reader| {
        if values.len() == 3 {
            return Err(not_three(reader.place(), "more"));
        }
        values.push(reader.scalar()?);
        Ok(())
    })?;
    let [start, end, label] = values.as_slice() else {
        return Err(not_three(place, "fewer"));
    };
    let Scalar::Text(label) = label else {
        let expected = "start, end and a label in quotes";
        return Err(not_these(place, expected));
    };
    let word = match (start, end) {
        (Scalar::Number(start), Scalar::Number(end)) => Word::measured(label, *start, *end),
        (Scalar::Number(_) | Scalar::NoNumber, Scalar::Number(_) | Scalar::NoNumber) => {
            reader.no_numbers += 1;
            Word::missing(label)
        }
        _ => return Err(not_these(place, "start and end as numbers, and a label")),
    };
    let word = Word {
        speaker: speaker.map(str::to_string),
        ..word
    };
    gather.add(word, || place.clone())
}

fn not_three(place: crate::Place, found: &'static str) -> Fault {
    Fault::new(
        FaultKind::Invalid,
        place,
        "three values: start, end, label",
        found,
    )
}

fn not_these(place: crate::Place, expected: &'static str) -> Fault {
    Fault::new(FaultKind::Invalid, place, expected, "other values")
}
