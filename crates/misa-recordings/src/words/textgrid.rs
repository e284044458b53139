//! TextGrids of Praat, and of aligners.

use crate::words::gather::{Gather, too_many};
use crate::words::label::Labels;
use crate::words::values::Values;
use crate::words::{WordsFile, WordsFormat, WordsNoteKind, WordsOptions, p2fa, tiers};
use crate::{Fault, FaultKind, Interval, Limits, Word};
use std::borrow::Cow;

/// A tier of a TextGrid.
struct Tier<'a> {
    name: Cow<'a, str>,
    has_intervals: bool,
    end: f64,
    /// Its values, from the number of its intervals on.
    values: Values<'a>,
}

/// The words of a TextGrid: long or short.
pub(super) fn parse(text: &str, options: &WordsOptions) -> Result<WordsFile, Fault> {
    let all = tiers(text, &options.limits)?;
    // Points have no length.
    let intervals: Vec<&Tier> = all.iter().filter(|tier| tier.has_intervals).collect();
    let names: Vec<String> = intervals.iter().map(|tier| tier.name.to_string()).collect();
    let chosen = intervals[tiers::choose(&names, options.tier.as_deref())?];
    let mut gather = Gather::new(options, Labels::Aligner);
    gather.note(WordsNoteKind::OtherTier, all.len() - 1);
    let speaker = tiers::speaker(&chosen.name);
    read_intervals(chosen.values.clone(), |time, label, values| {
        let word = Word {
            speaker: speaker.map(str::to_string),
            ..Word::measured(one_line(label), time.start, time.end)
        };
        gather.add(word, || values.place())
    })?;
    let has_phones = names.iter().any(|name| name == p2fa::PHONES);
    let is_p2fa =
        chosen.name == p2fa::WORDS && p2fa::correct(&mut gather, options, chosen.end, has_phones)?;
    let format = if is_p2fa {
        WordsFormat::P2fa
    } else {
        WordsFormat::TextGrid
    };
    gather.finish(format, None)
}

/// The tiers, without their contents.
fn tiers<'a>(text: &'a str, limits: &Limits) -> Result<Vec<Tier<'a>>, Fault> {
    let mut values = Values::new(text);
    values.text("\"ooTextFile\"")?;
    let class = values.text("\"TextGrid\"")?;
    if class != "TextGrid" {
        let found = crate::error::quoted(&class);
        let place = values.place();
        return Err(Fault::new(
            FaultKind::Unsupported,
            place,
            "\"TextGrid\"",
            found,
        ));
    }
    values.number("the start of the file in seconds")?;
    values.number("the end of the file in seconds")?;
    if values.flag("`<exists>`")? != "<exists>" {
        return Ok(Vec::new());
    }
    let count = values.count("the number of tiers")?;
    if count > limits.columns {
        return Err(tiers::too_many(limits, values.place()));
    }
    let mut tiers = Vec::new();
    for _ in 0..count {
        tiers.push(tier(&mut values, limits)?);
    }
    Ok(tiers)
}

fn tier<'a>(values: &mut Values<'a>, limits: &Limits) -> Result<Tier<'a>, Fault> {
    let class = values.text("\"IntervalTier\" or \"TextTier\"")?;
    let has_intervals = match class.as_ref() {
        "IntervalTier" => true,
        "TextTier" => false,
        other => {
            let found = crate::error::quoted(other);
            let expected = "\"IntervalTier\" or \"TextTier\"";
            return Err(Fault::new(
                FaultKind::Malformed,
                values.place(),
                expected,
                found,
            ));
        }
    };
    let name = values.text("the name of a tier")?;
    if name.len() > limits.word_bytes {
        let expected = format!("at most {} bytes of a name", limits.word_bytes);
        let found = name.len().to_string();
        return Err(Fault::new(
            FaultKind::TooLarge,
            values.place(),
            expected,
            found,
        ));
    }
    values.number("the start of a tier in seconds")?;
    let end = values.number("the end of a tier in seconds")?;
    let inside = values.clone();
    if has_intervals {
        read_intervals_within(values, limits, |_, _, _| Ok(()))?
    } else {
        read_points(values, limits)?
    }
    Ok(Tier {
        name,
        has_intervals,
        end,
        values: inside,
    })
}

/// Calls `interval` for each interval of a tier that was read before, so its number is within the limits.
fn read_intervals(
    mut values: Values<'_>,
    interval: impl FnMut(Interval, &str, &Values) -> Result<(), Fault>,
) -> Result<(), Fault> {
    read_intervals_within(
        &mut values,
        &Limits {
            words: usize::MAX,
            ..Limits::default()
        },
        interval,
    )
}

fn read_intervals_within(
    values: &mut Values<'_>,
    limits: &Limits,
    mut interval: impl FnMut(Interval, &str, &Values) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for _ in 0..count(values, limits, "the number of intervals")? {
        let start = values.number("the start of an interval in seconds")?;
        let end = values.number("the end of an interval in seconds")?;
        let label = values.text("the text of an interval in quotes")?;
        interval(Interval::new(start, end), &label, values)?;
    }
    Ok(())
}

fn read_points(values: &mut Values<'_>, limits: &Limits) -> Result<(), Fault> {
    for _ in 0..count(values, limits, "the number of points")? {
        values.number("the time of a point in seconds")?;
        values.text("the mark of a point in quotes")?;
    }
    Ok(())
}

fn count(values: &mut Values, limits: &Limits, expected: &'static str) -> Result<usize, Fault> {
    let count = values.count(expected)?;
    // Intervals of silence are more than the words, up to one between two.
    if count > limits.words.saturating_mul(2) {
        Err(too_many(limits, values.place()))
    } else {
        Ok(count)
    }
}

/// A label with spaces for its line breaks.
fn one_line(label: &str) -> Cow<'_, str> {
    if label.contains(['\n', '\r']) {
        label.lines().collect::<Vec<_>>().join(" ").into()
    } else {
        label.into()
    }
}
