//! Segments of a table with columns.

use crate::error::quoted;
use crate::segments::grid::Line;
use crate::segments::layout::{self, Field, Layout};
use crate::segments::note::count;
use crate::segments::{Segment, SegmentFormat, SegmentNoteKind, SegmentTable, SegmentsOptions};
use crate::{Fault, FaultKind, Interval, Place};
use misa_files::delimited::{RowError, Rows, is_separator_line, named_separator};
use misa_terms::{Split, VideoPlace};

/// Separators of spreadsheets, in the order of preference.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Most columns of a table. MELD has 11.
const MAX_COLUMNS: usize = 1 << 10;

/// Bytes of the first row that are looked at to find the separator.
const HEADER_BYTES: usize = 1 << 14;

/// MELD's sentiments.
const SENTIMENTS: [&str; 3] = ["negative", "neutral", "positive"];

/// MELD's emotions.
///
/// Source: the order of MELD's own baseline.
const EMOTIONS: [&str; 7] = [
    "neutral", "surprise", "fear", "sadness", "joy", "disgust", "anger",
];

/// The segments of a table with columns.
pub(super) fn segments(text: &str, options: &SegmentsOptions) -> Result<SegmentTable, Fault> {
    let rows = Rows::new(text, separator(text));
    let mut rows = rows.with_limits(MAX_COLUMNS, options.limits.line_bytes);
    let mut first = rows.next_row().map_err(not_a_row)?.unwrap_or_default();
    if is_separator_line(text) {
        first = rows.next_row().map_err(not_a_row)?.unwrap_or_default();
    }
    let layout = Layout::of(&first, options)?;
    let mut reader = Reader::new(&layout, options);
    if !layout.has_header {
        reader.row(&first)?;
    }
    while let Some(row) = rows.next_row().map_err(not_a_row)? {
        reader.row(&row)?;
    }
    reader.finish()
}

/// The separator that the first line names, or with which it is of a known table, or else has most columns.
fn separator(text: &str) -> char {
    if let Some(named) = named_separator(text) {
        return named;
    }
    let columns = |separator: char| {
        let mut rows = Rows::new(text, separator).with_limits(MAX_COLUMNS, HEADER_BYTES);
        let row = rows.next_row().ok().flatten().unwrap_or_default();
        (layout::format(&row).is_some(), row.len())
    };
    // Of equals, the last is taken.
    let separators = SEPARATORS.into_iter().rev();
    separators
        .max_by_key(|&separator| columns(separator))
        .unwrap_or(',')
}

fn not_a_row(error: RowError) -> Fault {
    let too_large = |line: usize, expected: &'static str| {
        let place = Place::Line(line as u64);
        Fault::new(FaultKind::TooLarge, place, expected, "more")
    };
    match error {
        RowError::OpenQuotes(cell) => {
            let place = Place::Cell(cell.line as u64, cell.column.to_string());
            let expected = "the end of a cell in quotes";
            Fault::new(FaultKind::Malformed, place, expected, "the end of the file")
        }
        RowError::Cells(line) => too_large(line, "at most 1024 columns"),
        RowError::Bytes(line) => too_large(line, "a row within the limit of a line"),
        other => Fault::new(
            FaultKind::Malformed,
            Place::File,
            "a row",
            other.to_string(),
        ),
    }
}

/// What reads a table row by row.
struct Reader<'l> {
    layout: &'l Layout,
    options: &'l SegmentsOptions,
    table: SegmentTable,
}

impl<'l> Reader<'l> {
    fn new(layout: &'l Layout, options: &'l SegmentsOptions) -> Self {
        let known: &[&str] = match layout.name(Field::Label).to_lowercase().as_str() {
            "sentiment" if layout.format == SegmentFormat::Meld => &SENTIMENTS,
            "emotion" if layout.format == SegmentFormat::Meld => &EMOTIONS,
            _ => &[],
        };
        let classes = if options.classes.is_empty() {
            known.iter().copied().map(str::to_string).collect()
        } else {
            options.classes.clone()
        };
        let mut notes = Vec::new();
        count(&mut notes, SegmentNoteKind::OtherColumn, layout.others());
        let table = SegmentTable {
            format: layout.format,
            segments: Vec::new(),
            notes,
            classes,
        };
        Self {
            layout,
            options,
            table,
        }
    }

    fn row(&mut self, cells: &[misa_files::delimited::Cell]) -> Result<(), Fault> {
        if cells.iter().all(|cell| cell.text.is_empty()) {
            count(&mut self.table.notes, SegmentNoteKind::EmptyRow, 1);
            return Ok(());
        }
        let line = Line::new(cells, self.layout, &self.options.limits)?;
        if self.table.segments.len() == self.options.limits.words {
            let expected = format!("at most {} segments", self.options.limits.words);
            let place = Place::Line(line.number());
            return Err(Fault::new(FaultKind::TooLarge, place, expected, "one more"));
        }
        let segment = self.segment(line)?;
        self.table.segments.push(segment);
        Ok(())
    }

    fn segment(&mut self, line: Line<'_>) -> Result<Segment, Fault> {
        let interval = self.interval(line)?;
        let (id, video, clip) = names(line, self.layout.format)?;
        let split = line.text(Field::Split).map(|name| {
            let expected = "train, valid (dev, val, validation) or test";
            Split::of_name(name).ok_or_else(|| line.wrong(Field::Split, expected, quoted(name)))
        });
        Ok(Segment {
            id,
            video,
            clip,
            interval,
            text: self.layout.index(Field::Text).map(|_| {
                let text = line.text(Field::Text);
                text.unwrap_or_default().to_string()
            }),
            label: self.label(line)?,
            label_text: line.number_of(Field::LabelText)?,
            label_visual: line.number_of(Field::LabelVisual)?,
            label_acoustic: line.number_of(Field::LabelAcoustic)?,
            split: match self.layout.index(Field::Split) {
                Some(_) => split.transpose()?,
                None => self.options.split,
            },
            speaker: line.name(Field::Speaker)?.map(str::to_string),
            line: line.number(),
        })
    }

    /// The stretch of a row, unless the clips are cut.
    fn interval(&mut self, line: Line<'_>) -> Result<Option<Interval>, Fault> {
        if self.options.is_cut {
            let has_times = line.text(Field::Start).or(line.text(Field::End)).is_some();
            let notes = &mut self.table.notes;
            count(notes, SegmentNoteKind::TimeLeftOut, usize::from(has_times));
            return Ok(None);
        }
        let (start, end) = match (line.moment(Field::Start)?, line.moment(Field::End)?) {
            (Some(start), Some(end)) => (start, end),
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(line.wrong(Field::Start, "a start", "an empty cell")),
            (Some(_), None) => return Err(line.wrong(Field::End, "an end", "an empty cell")),
        };
        if start < end {
            return Ok(Some(Interval::new(start, end)));
        }
        let expected = format!("an end after the start, {start} s");
        let found = format!("{end} s");
        let place = line.place(Field::End);
        Err(Fault::new(FaultKind::Invalid, place, expected, found))
    }

    fn label(&self, line: Line<'_>) -> Result<Option<f32>, Fault> {
        let classes = &self.table.classes;
        if classes.is_empty() {
            return line.number_of(Field::Label);
        }
        let class = |name: &str| {
            let is_it = |class: &String| class.eq_ignore_ascii_case(name);
            let index = classes.iter().position(is_it).map(|index| index as f32);
            index.ok_or_else(|| {
                let expected = format!("one of the classes {}", classes.join(", "));
                let place = line.place(Field::Label);
                Fault::new(FaultKind::Invalid, place, expected, quoted(name))
            })
        };
        line.text(Field::Label).map(class).transpose()
    }

    fn finish(self) -> Result<SegmentTable, Fault> {
        if self.table.segments.is_empty() {
            let expected = "a segment";
            return Err(Fault::new(
                FaultKind::Empty,
                Place::File,
                expected,
                "no row below the header",
            ));
        }
        Ok(self.table)
    }
}

/// Names of the utterance, of its video, and of its clip there.
fn names(line: Line<'_>, format: SegmentFormat) -> Result<(String, String, Option<String>), Fault> {
    let clip = line.name(Field::Clip)?;
    if line.layout.index(Field::Id).is_some() {
        let id = line.needed(Field::Id)?;
        let video = match line.layout.index(Field::Video) {
            Some(_) => line.needed(Field::Video)?,
            None => VideoPlace::of(id).map_or(id, |place| place.video),
        };
        let in_id = || clip_of(id.strip_prefix(video)?);
        let clip = clip.or_else(in_id).map(str::to_string);
        return Ok((id.to_string(), video.to_string(), clip));
    }
    let name = line.needed(Field::Video)?;
    let video = match format {
        SegmentFormat::Meld => format!("dia{name}"),
        _ => name.to_string(),
    };
    let id = match (
        line.layout.index(Field::Clip),
        line.text(Field::Start),
        line.text(Field::End),
    ) {
        (None, Some(start), Some(end)) => format!("{video}[{start},{end}]"),
        _ => format!("{video}[{}]", line.needed(Field::Clip)?),
    };
    if VideoPlace::of(&id).map(|place| place.video) == Some(video.as_str()) {
        return Ok((id, video, clip.map(str::to_string)));
    }
    let expected = "a video other than train, dev, valid and test, without `$_$`";
    let fault = line.wrong(Field::Video, expected, quoted(&video));
    Err(fault.advised("rename the video, or add a column `id`"))
}

/// The clip that is left of an id behind its video: `[4]` or `$_$4`.
pub(super) fn clip_of(rest: &str) -> Option<&str> {
    let brackets = rest
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    brackets.or_else(|| rest.strip_prefix("$_$"))
}
