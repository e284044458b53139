//! Segments of IEMOCAP's evaluations, one text file for each dialogue.

use crate::error::quoted;
use crate::segments::note::count;
use crate::segments::{Segment, SegmentFormat, SegmentNoteKind, SegmentTable, SegmentsOptions};
use crate::{Fault, FaultKind, Interval, Place};
use misa_files::delimited::number;

/// The emotions of the file, without `xxx`: no agreement.
const EMOTIONS: [&str; 10] = [
    "neu", "hap", "sad", "ang", "exc", "fru", "fea", "sur", "dis", "oth",
];

/// The three numbers of a line, each from 1 to 5.
const NUMBERS: [&str; 3] = ["valence", "activation", "dominance"];

/// Whether the first line that is not empty is one of IEMOCAP.
pub(super) fn is_iemocap(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| line.starts_with("% [START_TIME") || stretch(line).is_some())
}

/// `[start - end]` at the front of a line, as texts, and the rest.
fn stretch(line: &str) -> Option<(&str, &str, &str)> {
    let (times, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (start, end) = times.split_once(" - ")?;
    Some((start, end, rest))
}

/// What the label is.
#[derive(Clone, Copy)]
enum Label {
    Emotion,
    Number(usize),
}

/// The segments of one dialogue.
pub(super) fn segments(text: &str, options: &SegmentsOptions) -> Result<SegmentTable, Fault> {
    let label = label(options)?;
    let mut table = SegmentTable {
        format: SegmentFormat::Iemocap,
        segments: Vec::new(),
        notes: Vec::new(),
        classes: match label {
            Label::Emotion if options.classes.is_empty() => EMOTIONS.map(str::to_string).to_vec(),
            Label::Emotion => options.classes.clone(),
            Label::Number(_) => Vec::new(),
        },
    };
    for (line, number) in text.lines().zip(1..) {
        if line.trim().is_empty() || line.starts_with('%') {
            continue;
        }
        if is_evaluator(line) {
            count(&mut table.notes, SegmentNoteKind::OtherLine, 1);
            continue;
        }
        let turn = Turn { number, options };
        let (segment, is_disputed) = turn.segment(line, label, &table.classes)?;
        if table.segments.len() == options.limits.words {
            let expected = format!("at most {} segments", options.limits.words);
            return Err(Fault::new(
                FaultKind::TooLarge,
                Place::Line(number),
                expected,
                "one more",
            ));
        }
        let notes = &mut table.notes;
        count(
            notes,
            SegmentNoteKind::NoAgreement,
            usize::from(is_disputed),
        );
        count(
            notes,
            SegmentNoteKind::TimeLeftOut,
            usize::from(options.is_cut),
        );
        table.segments.push(segment);
    }
    if table.segments.is_empty() {
        Err(Fault::new(FaultKind::Empty, Place::File, "a turn", "none"))
    } else {
        Ok(table)
    }
}

fn label(options: &SegmentsOptions) -> Result<Label, Fault> {
    let Some(name) = &options.label_column else {
        return Ok(Label::Emotion);
    };
    if name == "emotion" {
        return Ok(Label::Emotion);
    }
    let number = NUMBERS.iter().position(|number| number == name);
    number.map(Label::Number).ok_or_else(|| {
        let expected = "a label out of emotion, valence, activation and dominance";
        Fault::new(FaultKind::Invalid, Place::File, expected, quoted(name))
    })
}

/// Whether a line is of a single evaluator, such as `C-E2:` or `A-M1:`.
fn is_evaluator(line: &str) -> bool {
    line.starts_with("C-") || line.starts_with("A-")
}

/// A line `[start - end] NAME emotion [valence, activation, dominance]`, by its number.
#[derive(Clone, Copy)]
struct Turn<'o> {
    number: u64,
    options: &'o SegmentsOptions,
}

impl Turn<'_> {
    /// The segment, and whether the evaluators did not agree on its emotion.
    fn segment(
        self,
        line: &str,
        label: Label,
        classes: &[String],
    ) -> Result<(Segment, bool), Fault> {
        let expected = "`[start - end] name emotion [valence, activation, dominance]`";
        let malformed = || {
            let place = Place::Line(self.number);
            Fault::new(FaultKind::Malformed, place, expected, quoted(line))
        };
        let (start, end, rest) = stretch(line).ok_or_else(malformed)?;
        let mut words = rest.splitn(2, '[');
        let mut names = words.next().unwrap_or_default().split_whitespace();
        let (Some(name), Some(emotion), None) = (names.next(), names.next(), names.next()) else {
            return Err(malformed());
        };
        let numbers = words
            .next()
            .and_then(|numbers| numbers.trim_end().strip_suffix(']'));
        let numbers = numbers.ok_or_else(malformed)?;
        if name.len() > self.options.limits.word_bytes {
            return Err(malformed());
        }
        let (video, clip) = name.rsplit_once('_').ok_or_else(|| {
            self.wrong(
                "name",
                "a dialogue and a turn as in Ses01F_impro01_F000",
                name,
            )
        })?;
        let is_disputed = matches!(label, Label::Emotion) && emotion == "xxx";
        let label = match label {
            _ if is_disputed => None,
            Label::Emotion => Some(self.class(emotion, classes)?),
            Label::Number(index) => Some(self.number(numbers, index)?),
        };
        let segment = Segment {
            id: format!("{video}[{clip}]"),
            video: video.to_string(),
            clip: Some(clip.to_string()),
            interval: self.interval(start, end)?,
            text: None,
            label,
            label_text: None,
            label_visual: None,
            label_acoustic: None,
            split: self.options.split,
            speaker: speaker(video, clip),
            line: self.number,
        };
        Ok((segment, is_disputed))
    }

    fn interval(self, start: &str, end: &str) -> Result<Option<Interval>, Fault> {
        if self.options.is_cut {
            return Ok(None);
        }
        let moment = |column, text: &str| {
            let is_allowed = |time: &f64| (0.0..=self.options.limits.seconds).contains(time);
            let time = number(text.trim()).filter(is_allowed);
            let expected = format!("seconds from 0 to {}", self.options.limits.seconds);
            time.ok_or_else(|| self.wrong(column, expected, text))
        };
        let interval = Interval::new(moment("start", start)?, moment("end", end)?);
        if interval.length() > 0.0 {
            Ok(Some(interval))
        } else {
            let expected = format!("an end after the start, {} s", interval.start);
            Err(self.wrong("end", expected, end))
        }
    }

    fn class(self, emotion: &str, classes: &[String]) -> Result<f32, Fault> {
        let index = classes.iter().position(|class| class == emotion);
        let expected = || format!("one of the classes {}", classes.join(", "));
        index
            .map(|index| index as f32)
            .ok_or_else(|| self.wrong("emotion", expected(), emotion))
    }

    fn number(self, numbers: &str, index: usize) -> Result<f32, Fault> {
        let cells: Vec<&str> = numbers.splitn(4, ',').collect();
        let text = match cells.as_slice() {
            [_, _, _] => cells[index].trim(),
            _ => numbers,
        };
        // Commas are between the numbers, so none can be inside one.
        let number: Option<f32> = text.parse().ok().filter(|number: &f32| number.is_finite());
        number.ok_or_else(|| self.wrong(NUMBERS[index], "a number", text))
    }

    fn wrong(
        self,
        column: &'static str,
        expected: impl Into<std::borrow::Cow<'static, str>>,
        found: &str,
    ) -> Fault {
        let place = Place::Cell(self.number, column.to_string());
        Fault::new(FaultKind::Invalid, place, expected, quoted(found))
    }
}

/// The actor of a turn: the session's number, and `F` or `M` as the turn begins.
fn speaker(video: &str, clip: &str) -> Option<String> {
    let session = video
        .get(..5)
        .filter(|session| session.starts_with("Ses"))?;
    let actor = clip
        .chars()
        .next()
        .filter(|actor| ['F', 'M'].contains(actor))?;
    Some(format!("{session}{actor}"))
}
