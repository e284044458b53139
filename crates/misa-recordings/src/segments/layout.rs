//! The columns of each kind of table.

use crate::segments::{SegmentFormat, SegmentsOptions};
use crate::{Fault, FaultKind, Place};
use misa_files::delimited::{Cell, number};
use misa_terms::Split;

/// What a column says of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Video,
    Clip,
    Start,
    End,
    Text,
    Label,
    LabelText,
    LabelVisual,
    LabelAcoustic,
    Split,
    Speaker,
}

impl Field {
    pub const ALL: [Self; 12] = [
        Self::Id,
        Self::Video,
        Self::Clip,
        Self::Start,
        Self::End,
        Self::Text,
        Self::Label,
        Self::LabelText,
        Self::LabelVisual,
        Self::LabelAcoustic,
        Self::Split,
        Self::Speaker,
    ];
}

/// The names of a field's column.
type Names = &'static [(Field, &'static [&'static str])];

const MISA: Names = &[
    (Field::Id, &["id"]),
    (Field::Video, &["video"]),
    (Field::Clip, &["clip"]),
    (Field::Start, &["start"]),
    (Field::End, &["end"]),
    (Field::Text, &["text"]),
    (Field::Label, &["label"]),
    (Field::LabelText, &["label_text"]),
    (Field::LabelVisual, &["label_visual"]),
    (Field::LabelAcoustic, &["label_acoustic"]),
    (Field::Split, &["split", "mode"]),
    (Field::Speaker, &["speaker"]),
];

const MMSA: Names = &[
    (Field::Video, &["video_id"]),
    (Field::Clip, &["clip_id"]),
    (Field::Text, &["text"]),
    (Field::Label, &["label"]),
    (Field::LabelText, &["label_t"]),
    (Field::LabelAcoustic, &["label_a"]),
    (Field::LabelVisual, &["label_v"]),
    (Field::Split, &["mode"]),
];

/// The columns of CH-SIMS's table without a header, in order: the label of all modalities, then those of
/// text, voice and picture, then a word for the label.
const WITHOUT_HEADER: [&str; 9] = [
    "video_id",
    "clip_id",
    "text",
    "label",
    "label_T",
    "label_A",
    "label_V",
    "annotation",
    "mode",
];

const MELD: Names = &[
    (Field::Video, &["dialogue_id"]),
    (Field::Clip, &["utterance_id"]),
    (Field::Text, &["utterance"]),
    (Field::Label, &["sentiment"]),
    (Field::Start, &["starttime"]),
    (Field::End, &["endtime"]),
    (Field::Speaker, &["speaker"]),
];

const MERBENCH: Names = &[(Field::Id, &["name"])];

/// Where a table has the fields of a segment.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// What wrote the table.
    pub format: SegmentFormat,
    /// Names of all columns, for messages.
    pub columns: Vec<String>,
    /// Whether the first row is the header.
    pub has_header: bool,
    indices: [Option<usize>; Field::ALL.len()],
}

/// What wrote the table whose first row is `row`; `None` if it is none that is known.
pub(super) fn format(row: &[Cell]) -> Option<SegmentFormat> {
    let has = |name: &str| find(row, &[name]).next().is_some();
    if has("dialogue_id") && has("utterance_id") {
        Some(SegmentFormat::Meld)
    } else if has("video_id") && has("clip_id") {
        Some(SegmentFormat::Mmsa)
    } else if has("id") || has("video") {
        Some(SegmentFormat::Misa)
    } else if has("name") && (has("chinese") || has("english")) {
        Some(SegmentFormat::MerBench)
    } else if is_without_header(row) {
        Some(SegmentFormat::MmsaWithoutHeader)
    } else {
        None
    }
}

fn is_without_header(row: &[Cell]) -> bool {
    let [_, _, _, label, _, _, _, _, mode] = row else {
        return false;
    };
    number::<f32>(&label.text).is_some() && Split::of_name(&mode.text).is_some()
}

/// Indices of the columns with one of these names in small letters, in letters of any case.
fn find(row: &[Cell], names: &[&str]) -> impl Iterator<Item = usize> {
    let is_it = |cell: &Cell| names.contains(&cell.text.to_lowercase().as_str());
    let columns = row.iter().enumerate().filter(move |(_, cell)| is_it(cell));
    columns.map(|(index, _)| index)
}

impl Layout {
    /// The layout of the table whose first row is `row`.
    pub fn of(row: &[Cell], options: &SegmentsOptions) -> Result<Self, Fault> {
        let format = format(row).ok_or_else(|| unknown(row))?;
        let mut layout = Self {
            format,
            columns: row.iter().map(|cell| cell.text.clone()).collect(),
            has_header: true,
            indices: [None; Field::ALL.len()],
        };
        let names = match format {
            SegmentFormat::Meld => MELD,
            SegmentFormat::Mmsa => MMSA,
            SegmentFormat::MerBench => MERBENCH,
            SegmentFormat::MmsaWithoutHeader => {
                layout.columns = WITHOUT_HEADER.map(str::to_string).to_vec();
                layout.has_header = false;
                MMSA
            }
            _ => MISA,
        };
        for &(field, names) in names {
            layout.indices[field as usize] = layout.one(row, names)?;
        }
        let told = [
            (Field::Label, &options.label_column),
            (Field::Text, &options.text_column),
        ];
        for (field, name) in told {
            if let Some(name) = name {
                let index = layout.one(row, &[&name.to_lowercase()])?;
                layout.indices[field as usize] = Some(index.ok_or_else(|| layout.missing(name))?);
            }
        }
        layout.check()?;
        Ok(layout)
    }

    /// The one column with one of these names.
    fn one(&self, row: &[Cell], names: &[&str]) -> Result<Option<usize>, Fault> {
        let is_it = |column: &String| names.contains(&column.to_lowercase().as_str());
        let columns = self.columns.iter().enumerate();
        let mut columns = columns.filter(|(_, column)| is_it(column));
        let first = columns.next().map(|(index, _)| index);
        match columns.next() {
            Some((index, name)) => {
                let line = row.get(index).map_or(1, |cell| cell.line as u64);
                let place = Place::Cell(line, name.clone());
                let expected = format!("one column `{}`", names.join("` or `"));
                Err(Fault::new(
                    FaultKind::Invalid,
                    place,
                    expected,
                    "a second one",
                ))
            }
            None => Ok(first),
        }
    }

    /// The column of a field.
    pub fn index(&self, field: Field) -> Option<usize> {
        self.indices[field as usize]
    }

    /// The name of a field's column, for messages.
    pub fn name(&self, field: Field) -> String {
        let name = self.index(field).and_then(|index| self.columns.get(index));
        name.cloned()
            .unwrap_or_else(|| format!("{field:?}").to_lowercase())
    }

    /// Number of columns with a name that are not read.
    pub fn others(&self) -> usize {
        let columns = self.columns.iter().enumerate();
        let is_other = |(index, name): &(usize, &String)| {
            !name.is_empty() && !self.indices.contains(&Some(*index))
        };
        columns.filter(is_other).count()
    }

    /// Number of columns up to the last with a name.
    pub fn count(&self) -> usize {
        let last = self.columns.iter().rposition(|name| !name.is_empty());
        last.map_or(0, |last| last + 1)
    }

    fn check(&self) -> Result<(), Fault> {
        let has = |field| self.index(field).is_some();
        if has(Field::Start) != has(Field::End) {
            let missing = if has(Field::Start) { "end" } else { "start" };
            return Err(self.missing(missing));
        }
        if !has(Field::Id) && !has(Field::Clip) && !has(Field::Start) {
            let fault = self.missing("clip");
            return Err(fault.advised(
                "a row needs `id`, or `video` and `clip`, or `video`, `start` and `end`",
            ));
        }
        if self.format == SegmentFormat::MerBench && !has(Field::Text) {
            let expected = "one column of text";
            let fault = Fault::new(FaultKind::Unclear, Place::Line(1), expected, self.shown());
            return Err(fault.advised("state its column: `chinese` or `english`"));
        }
        Ok(())
    }

    fn missing(&self, name: &str) -> Fault {
        let expected = format!("a column `{name}`");
        Fault::new(FaultKind::Invalid, Place::Line(1), expected, self.shown())
    }

    fn shown(&self) -> String {
        shown(self.columns.iter().map(String::as_str))
    }
}

fn unknown(row: &[Cell]) -> Fault {
    let line = row.first().map_or(1, |cell| cell.line as u64);
    let expected = "a header with `id`, or with `video` and `clip`";
    let found = shown(row.iter().map(|cell| cell.text.as_str()));
    Fault::new(FaultKind::Malformed, Place::Line(line), expected, found)
}

/// The first names of a header, for messages.
fn shown<'c>(names: impl Iterator<Item = &'c str>) -> String {
    let names: Vec<&str> = names.take(13).collect();
    let short = |name: &&str| -> String { name.chars().take(40).collect() };
    let mut shown: Vec<String> = names.iter().take(12).map(short).collect();
    if names.len() > 12 {
        shown.push("…".to_string());
    }
    shown.join(", ")
}
