//! The numbers of a table's rows.

use super::decimal::decimal;
use super::faces::Faces;
use super::layout::Layout;
use super::table::{Row, RowLines, Table, has_decimal_comma, is_blank};
use crate::tracks::{TrackFormat, TrackOptions};
use crate::{Fault, FaultKind, Limits, Place};
use std::collections::HashMap;

/// Names of columns that all tracks of a file hold together. Each track has its own, which may be forty times
/// as large as its empty row in the file.
const MOST_NAMES: usize = 1 << 20;

/// The rows of a table in its order.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The columns that hold numbers.
    pub(super) columns: Vec<String>,
    /// The start of each row, in seconds.
    pub(super) starts: Vec<f64>,
    /// Its end; NaN where a row has a moment only.
    pub(super) ends: Vec<f64>,
    /// Its frame, in tables that have one.
    pub(super) frames: Vec<f64>,
    /// The number of its line.
    pub(super) lines: Vec<u64>,
    /// The number of its recording.
    pub(super) recordings: Vec<usize>,
    /// Whether it may be used.
    pub(super) valid: Vec<bool>,
    /// `[rows, columns]`.
    pub(super) values: Vec<f32>,
    /// The name of each recording; `None` if the file does not say it.
    pub(super) names: Vec<Option<String>>,
    /// Cells without a number.
    pub(super) n_without: usize,
    /// Columns that turned out to hold texts.
    pub(super) n_texts: usize,
    /// Headers between the rows.
    pub(super) n_headers: usize,
    /// Whether the last line lacks the mark of its end.
    pub(super) is_open: bool,
}

/// What a column turns out to hold, by its first cell that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Unknown,
    Numbers,
    Texts,
}

/// Reads rows.
#[derive(Debug)]
struct Intake<'a> {
    table: &'a Table<'a>,
    layout: &'a Layout,
    options: &'a TrackOptions,
    contents: Vec<Content>,
    /// Cells without a number, of each column.
    without: Vec<usize>,
    numbers: HashMap<String, usize>,
    rows: Rows,
}

impl Rows {
    /// Reads the rows of `table` that `faces` choose, or all.
    ///
    /// # Errors
    ///
    /// With the line, and the column where there is one.
    pub(super) fn read(
        table: &Table<'_>,
        layout: &Layout,
        faces: Option<&Faces>,
        options: &TrackOptions,
    ) -> Result<Self, Fault> {
        let mut intake = Intake::new(table, layout, options);
        let mut lines = table.rows(None)?;
        let mut count = 0;
        while let Some(row) = lines.advance()? {
            count += 1;
            if count > options.limits.rows {
                return Err(too_many(&row, "rows", options.limits.rows));
            }
            if faces.is_none_or(|faces| faces.is_read.get(count - 1) == Some(&true)) {
                intake.add(&row)?;
            }
        }
        Ok(intake.finish(&lines))
    }
}

impl<'a> Intake<'a> {
    fn new(table: &'a Table<'a>, layout: &'a Layout, options: &'a TrackOptions) -> Self {
        let n_columns = layout.features.len();
        Self {
            table,
            layout,
            options,
            contents: vec![Content::Unknown; n_columns],
            without: vec![0; n_columns],
            numbers: HashMap::new(),
            rows: Rows::default(),
        }
    }

    fn limits(&self) -> &'a Limits {
        &self.options.limits
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), Fault> {
        let n_values = self.rows.values.len().saturating_add(self.contents.len());
        if n_values > self.limits().values {
            return Err(too_many(row, "values", self.limits().values));
        }
        let (start, end) = self.layout.clock.time(row, self.limits())?;
        let recording = self.recording(row)?;
        if let Some(column) = self.layout.frame {
            self.rows.frames.push(super::clock::frame(row, column)?);
        }
        let is_valid = self.is_valid(row)?;
        let has_numbers = self.add_values(row)?;
        self.rows.starts.push(start);
        self.rows.ends.push(end);
        self.rows.lines.push(row.number);
        self.rows.recordings.push(recording);
        self.rows.valid.push(is_valid && has_numbers);
        Ok(())
    }

    /// Appends the values of a row; whether there is a number among them, or nothing is asked for.
    fn add_values(&mut self, row: &Row<'_>) -> Result<bool, Fault> {
        let mut n_without = 0;
        for (i, &column) in self.layout.features.iter().enumerate() {
            let value = match decimal(row.cell(column)) {
                Some(value) => self.contents[i].number(value),
                None => self.contents[i].other(row, column, self.layout, self.options)?,
            };
            if value.is_nan() {
                self.without[i] += 1;
                n_without += 1;
            }
            self.rows.values.push(value);
        }
        Ok(n_without < self.contents.len() || self.contents.is_empty())
    }

    fn is_valid(&self, row: &Row<'_>) -> Result<bool, Fault> {
        let flag = |column: Option<usize>| column.map(|column| row.number(column)).transpose();
        // A NaN is neither a success nor a confidence.
        let is_success = flag(self.layout.success)?.is_none_or(|flag| flag.abs() > 0.0);
        let least = self.options.confidence;
        Ok(is_success && flag(self.layout.score)?.is_none_or(|score| score >= least))
    }

    /// The number of a row's recording.
    fn recording(&mut self, row: &Row<'_>) -> Result<usize, Fault> {
        let name = self.layout.recording.map(|column| row.text(column));
        let name = name.as_deref().unwrap_or_default();
        if let Some(&number) = self.numbers.get(name) {
            return Ok(number);
        }
        let number = self.rows.names.len();
        if name.len() > self.limits().word_bytes {
            return Err(too_many(row, "bytes of a name", self.limits().word_bytes));
        }
        if (number + 1).saturating_mul(self.contents.len()) > MOST_NAMES {
            let fault = too_many(row, "names of columns in all recordings", MOST_NAMES);
            return Err(fault.advised("ask for fewer columns, or write a file for each recording"));
        }
        self.numbers.insert(name.to_string(), number);
        self.rows
            .names
            .push(recording_name(name, self.layout.format));
        Ok(number)
    }

    fn finish(mut self, lines: &RowLines<'_>) -> Rows {
        let is_kept: Vec<bool> = {
            let contents = self.contents.iter();
            contents.map(|&content| content != Content::Texts).collect()
        };
        let n_texts = is_kept.iter().filter(|&&is_kept| !is_kept).count();
        if n_texts > 0 {
            let mut flags = is_kept.iter().cycle();
            self.rows.values.retain(|_| flags.next() == Some(&true));
        }
        let kept = is_kept
            .iter()
            .zip(&self.layout.features)
            .filter(|&(&is_kept, _)| is_kept);
        let names = kept.filter_map(|(_, &column)| self.table.names.get(column));
        let without = self
            .without
            .iter()
            .zip(&is_kept)
            .filter(|&(_, &is_kept)| is_kept);
        Rows {
            columns: names.cloned().collect(),
            n_without: without.map(|(count, _)| count).sum(),
            n_texts: n_texts + self.layout.n_texts,
            n_headers: lines.repeated_headers(),
            is_open: lines.is_open(),
            ..self.rows
        }
    }
}

impl Content {
    /// A number, as a track holds it: what no `f32` can hold is none.
    fn number(&mut self, value: f64) -> f32 {
        if *self == Self::Unknown {
            *self = Self::Numbers;
        }
        let value = value as f32;
        if value.is_finite() { value } else { f32::NAN }
    }

    /// A cell that holds no number.
    fn other(
        &mut self,
        row: &Row<'_>,
        column: usize,
        layout: &Layout,
        options: &TrackOptions,
    ) -> Result<f32, Fault> {
        let cell = row.cell(column);
        let may_be_text = layout.may_hold_texts && options.columns.is_none();
        match self {
            _ if is_blank(cell) => {}
            Self::Texts => {}
            Self::Unknown if may_be_text && !has_decimal_comma(cell) => *self = Self::Texts,
            _ => return Err(row.no_number(column)),
        }
        Ok(f32::NAN)
    }
}

fn too_many(row: &Row<'_>, what: &str, most: usize) -> Fault {
    let expected = format!("at most {most} {what}");
    Fault::new(
        FaultKind::TooLarge,
        Place::Line(row.number),
        expected,
        "more",
    )
}

/// The name of a recording: openSMILE writes single quotes, and `unknown` if it was not told one.
fn recording_name(name: &str, format: TrackFormat) -> Option<String> {
    let inner = || name.strip_prefix('\'')?.strip_suffix('\'');
    let is_quoted = format == TrackFormat::OpenSmileCsv;
    let name = is_quoted.then(inner).flatten().unwrap_or(name);
    let is_untold = name.is_empty() || name == "unknown" && is_smile(format);
    (!is_untold).then(|| name.to_string())
}

fn is_smile(format: TrackFormat) -> bool {
    matches!(format, TrackFormat::OpenSmileCsv | TrackFormat::Arff)
}
