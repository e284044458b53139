//! The words of cues.
//!
//! YouTube's captions have a time in front of each word but the first, and show each line again in the next
//! cue. A cue that begins with the last lines of the cue before, and where that one ends, shows them again.

use crate::words::WordsNoteKind;
use crate::words::cues::Cue;
use crate::words::cues::markup::{Dialect, Piece, pieces};
use crate::words::gather::{Gather, check_time};
use crate::words::phrase::{spaced, spread};
use crate::{Fault, FaultKind, Interval, Place, Word};

/// Seconds between a cue and the next that shows its lines again.
const REACH: f64 = 0.1;
/// Cues, and part of them, that begin with lines of the one before, where no word has a time.
const FEW: usize = 3;
const PART: f64 = 0.5;

/// The words of a cue.
struct Shown {
    line: u64,
    time: Interval,
    lines: Vec<Vec<Piece>>,
}

impl Shown {
    fn new(cue: &Cue, dialect: Dialect) -> Self {
        let mut speaker = None;
        let lines = cue.text.lines().filter(|line| !line.trim().is_empty());
        Self {
            line: cue.line,
            time: cue.time,
            lines: lines
                .map(|line| pieces(line, dialect, &mut speaker))
                .filter(|line| line.iter().any(|piece| !piece.text.trim().is_empty()))
                .collect(),
        }
    }

    fn has_marks(&self) -> bool {
        self.lines
            .iter()
            .flatten()
            .any(|piece| piece.mark.is_some())
    }

    /// How many of the first lines are the last ones of the cue before.
    fn repeated(&self, before: Option<&Self>) -> usize {
        let Some(before) = before else { return 0 };
        if (self.time.start - before.time.end).abs() > REACH {
            return 0;
        }
        let is_new = |line: &Vec<Piece>| line.iter().any(|piece| piece.mark.is_some());
        let most = self.lines.iter().take_while(|line| !is_new(line)).count();
        let most = most.min(before.lines.len()).min(MOST_LINES);
        let ends_with = |count: usize| {
            let last = &before.lines[before.lines.len() - count..];
            last.iter()
                .zip(&self.lines)
                .all(|(a, b)| words(a).eq(words(b)))
        };
        (1..=most)
            .rev()
            .find(|&count| ends_with(count))
            .unwrap_or(0)
    }
}

/// Lines of a cue that are compared with the cue before.
const MOST_LINES: usize = 8;

fn words(line: &[Piece]) -> impl Iterator<Item = &str> {
    line.iter().flat_map(|piece| piece.text.split_whitespace())
}

/// Adds the words of all cues.
pub(super) fn read(cues: &[Cue], dialect: Dialect, gather: &mut Gather) -> Result<(), Fault> {
    let (mut has_marks, mut rolling) = (false, 0);
    let mut before: Option<Shown> = None;
    for cue in cues {
        check_time(cue.time, gather.limits, &|| Place::Line(cue.line))?;
        let shown = Shown::new(cue, dialect);
        has_marks |= shown.has_marks();
        rolling += usize::from(shown.repeated(before.as_ref()) > 0);
        before = Some(shown);
    }
    let is_rolling = has_marks || rolling >= FEW && rolling as f64 >= PART * cues.len() as f64;
    let mut before: Option<Shown> = None;
    for cue in cues {
        let shown = Shown::new(cue, dialect);
        let repeated = if is_rolling {
            shown.repeated(before.as_ref())
        } else {
            0
        };
        let count = shown.lines[..repeated]
            .iter()
            .flat_map(|line| words(line))
            .count();
        gather.note(WordsNoteKind::Repeated, count);
        add(&shown, &shown.lines[repeated..], gather)?;
        before = Some(shown);
    }
    Ok(())
}

/// Adds the words of `lines`: pieces between two times share the time between them.
fn add(cue: &Shown, lines: &[Vec<Piece>], gather: &mut Gather) -> Result<(), Fault> {
    let has_marks = cue.has_marks();
    let mut pieces = lines.iter().flatten().peekable();
    let mut start = cue.time.start;
    while pieces.peek().is_some() {
        let mut group: Vec<&Piece> = Vec::new();
        while let Some(piece) = pieces.next_if(|piece| piece.mark.is_none() || group.is_empty()) {
            start = piece.mark.unwrap_or(start);
            group.push(piece);
        }
        let end = pieces.peek().and_then(|piece| piece.mark);
        let time = Interval::new(start, end.unwrap_or(cue.time.end));
        if !(cue.time.start..=cue.time.end).contains(&start) || time.end < start {
            let (from, to) = (cue.time.start, cue.time.end);
            return Err(Fault::new(
                FaultKind::Invalid,
                Place::Line(cue.line),
                format!("times of words that rise from {from} to {to} seconds"),
                format!("{start} to {} seconds", time.end),
            ));
        }
        add_group(cue, &group, time, has_marks, gather)?;
    }
    Ok(())
}

fn add_group(
    cue: &Shown,
    group: &[&Piece],
    time: Interval,
    has_marks: bool,
    gather: &mut Gather,
) -> Result<(), Fault> {
    let speaker = group.first().and_then(|piece| piece.speaker.as_deref());
    let place = || Place::Line(cue.line);
    let has_one_speaker = group
        .iter()
        .all(|piece| piece.speaker.as_deref() == speaker);
    let text = group
        .iter()
        .map(|piece| piece.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let mut few = spaced(&text);
    if let (true, Some(word), None) = (has_marks, few.next(), few.next()) {
        let word = Word {
            speaker: speaker.map(str::to_string),
            phrase: Some(cue.time),
            ..Word::measured(word, time.start, time.end)
        };
        return gather.add(word, place);
    }
    if has_one_speaker {
        return gather.add_spread(&text, time, speaker, place);
    }
    // Speakers share the time by their characters too.
    let texts: Vec<&str> = group.iter().map(|piece| piece.text.trim()).collect();
    for (share, piece) in spread(&texts, time).into_iter().zip(group) {
        let part = share.time.unwrap_or(time);
        gather.add_spread(&piece.text, part, piece.speaker.as_deref(), place)?;
    }
    Ok(())
}
