//! Files that Octave saves as text.
//!
//! Source: `save` of Octave: for each variable the lines `# name:` and `# type:`, for a matrix `# rows:` and
//! `# columns:`, and then its rows.

use super::super::{TrackFile, TrackFormat, TrackNoteKind, TrackOptions};
use super::choice::{Candidate, FEATURES, only};
use super::grid::{Grid, numbered, size};
use super::lines::{Line, Lines};
use super::{covarep, notes, single};
use crate::error::quoted;
use crate::number::number;
use crate::{Fault, FaultKind, Limits, Place};
use misa_files::Source;
use std::collections::HashSet;

/// Variables of a file: far more than anybody saves.
const VARIABLES: usize = 1 << 12;

/// Types of matrices whose rows are lines.
const MATRICES: [&str; 2] = ["matrix", "float matrix"];

/// What Octave writes where a value is missing.
const MISSING: &str = "NA";

/// A matrix of a file.
struct Matrix {
    name: String,
    grid: Grid,
}

/// Whether a file that starts so is one of Octave.
pub(super) fn is_octave(head: &[u8]) -> bool {
    head.starts_with(b"# Created by Octave") || head.starts_with(b"# name: ")
}

/// The track of a file of COVAREP, or of any file with one matrix.
pub(super) fn parse(source: &Source<'_>, options: &TrackOptions) -> Result<TrackFile, Fault> {
    let mut reader = Reader {
        lines: Lines::new(source, options.limits.line_bytes),
        limits: &options.limits,
        matrices: Vec::new(),
        names: HashSet::new(),
        variables: 0,
        values: 0,
    };
    reader.read_all()?;
    let others = reader.variables.saturating_sub(1);
    let mut matrix = chosen(reader.matrices)?;
    let place = Place::Part(matrix.name);
    let [infinite, unvoiced] = matrix.grid.clear_covarep();
    let track = matrix
        .grid
        .into_track(covarep::rate(options), options, &place)?;
    let notes = notes([infinite, unvoiced, (TrackNoteKind::OtherContent, others)]);
    Ok(single(
        TrackFormat::Octave,
        track,
        covarep::rate(options),
        notes,
    ))
}

/// The matrix called as COVAREP calls it, or the only one.
fn chosen(mut matrices: Vec<Matrix>) -> Result<Matrix, Fault> {
    if let Some(index) = matrices.iter().position(|matrix| matrix.name == FEATURES) {
        return Ok(matrices.swap_remove(index));
    }
    let candidate = |matrix: &Matrix| Candidate {
        name: matrix.name.clone(),
        rows: matrix.grid.rows as u64,
        columns: matrix.grid.columns.len() as u64,
    };
    let name = only(matrices.iter().map(candidate).collect())?.name;
    let is_it = |matrix: &Matrix| matrix.name == name;
    let index = matrices.iter().position(is_it).unwrap_or_default();
    Ok(matrices.swap_remove(index))
}

struct Reader<'r> {
    lines: Lines<'r>,
    limits: &'r Limits,
    matrices: Vec<Matrix>,
    /// Names of the matrices.
    names: HashSet<String>,
    /// Variables seen, of any type.
    variables: usize,
    /// Values of all matrices.
    values: usize,
}

impl Reader<'_> {
    fn read_all(&mut self) -> Result<(), Fault> {
        while let Some(line) = self.lines.next()? {
            // Cells hold elements with a name of their own; whatever else is in a variable is passed.
            let Some(name) = line.field("name").filter(|name| name != "<cell-element>") else {
                continue;
            };
            self.read_variable(name)?;
        }
        Ok(())
    }

    fn read_variable(&mut self, name: String) -> Result<(), Fault> {
        if name.is_empty() || name.len() > self.limits.word_bytes {
            let expected = format!("a name of 1 to {} bytes", self.limits.word_bytes);
            return Err(self.fault(FaultKind::Invalid, expected, quoted(&name)));
        }
        self.variables += 1;
        if self.variables > VARIABLES {
            let expected = format!("at most {VARIABLES} variables");
            return Err(self.fault(FaultKind::TooLarge, expected, "more".to_string()));
        }
        let kind = self.field("type")?;
        let kind = kind.strip_prefix("global ").unwrap_or(&kind);
        if MATRICES.contains(&kind) {
            return self.read_matrix(name);
        }
        // The fields of a struct could not be told from variables.
        if name == FEATURES || kind.contains("struct") {
            let found = format!("{} of type {}", quoted(&name), quoted(kind));
            let fault = self.fault(FaultKind::Unsupported, "a matrix".to_string(), found);
            return Err(fault.advised("save the matrix alone: save -text FILE features"));
        }
        Ok(())
    }

    fn read_matrix(&mut self, name: String) -> Result<(), Fault> {
        if !self.names.insert(name.clone()) {
            let found = format!("{} twice", quoted(&name));
            let expected = "names of variables that differ".to_string();
            return Err(self.fault(FaultKind::Invalid, expected, found));
        }
        let rows = self.count("rows")?;
        let columns = self.count("columns")?;
        if rows == 0 || columns == 0 {
            let columns = Vec::new();
            let grid = Grid {
                rows: 0,
                columns,
                values: Vec::new(),
            };
            self.matrices.push(Matrix { name, grid });
            return Ok(());
        }
        let place = Place::Part(name.clone());
        let (rows, columns) = size(rows, columns, self.limits, place)?;
        self.values = self.values.saturating_add(rows.saturating_mul(columns));
        if self.values > self.limits.values {
            let expected = format!("at most {} values of all matrices", self.limits.values);
            return Err(self.fault(FaultKind::TooLarge, expected, self.values.to_string()));
        }
        let mut values = Vec::new();
        for row in 0..rows {
            self.read_row(columns, &mut values, || {
                format!("the end after {row} of {rows} rows")
            })?;
        }
        let columns = covarep::columns(columns).unwrap_or_else(|| numbered(columns));
        let grid = Grid {
            rows,
            columns,
            values,
        };
        self.matrices.push(Matrix { name, grid });
        Ok(())
    }

    /// Appends the numbers of the next line, which must end: a cut one may end in a part of a number.
    fn read_row(
        &mut self,
        columns: usize,
        values: &mut Vec<f32>,
        end: impl Fn() -> String,
    ) -> Result<(), Fault> {
        let line = self.lines.next()?.filter(|line| line.is_whole);
        let line = line.map(|line| String::from_utf8_lossy(line.bytes).to_string());
        let Some(line) = line else {
            let expected = "a row of numbers".to_string();
            return Err(self.fault(FaultKind::Malformed, expected, end()));
        };
        let before = values.len();
        for cell in line.split_ascii_whitespace() {
            let value = match cell {
                MISSING => f64::NAN,
                _ => match number(cell) {
                    Some(value) => value,
                    None => {
                        let expected = "a number".to_string();
                        return Err(self.fault(FaultKind::Malformed, expected, quoted(cell)));
                    }
                },
            };
            values.push(value as f32);
        }
        let found = values.len() - before;
        if found == columns {
            return Ok(());
        }
        let expected = format!("{columns} numbers");
        Err(self.fault(FaultKind::Malformed, expected, found.to_string()))
    }

    /// The value of the next line, which must be the field `name`.
    fn field(&mut self, name: &'static str) -> Result<String, Fault> {
        let line = self.lines.next()?;
        if let Some(value) = line.as_ref().and_then(|line| line.field(name)) {
            return Ok(value);
        }
        let found = found(line.as_ref());
        Err(self.fault(FaultKind::Malformed, format!("`# {name}:`"), found))
    }

    /// The number in the next line, which must be the field `name`.
    fn count(&mut self, name: &'static str) -> Result<u64, Fault> {
        let line = self.lines.next()?;
        let field = |name| line.as_ref().and_then(|line| line.field(name));
        if let Some(value) = field(name).and_then(|value| value.parse().ok()) {
            return Ok(value);
        }
        if field("ndims").is_some() {
            let expected = "a matrix of rows and columns".to_string();
            let found = "an array of more axes".to_string();
            return Err(self.fault(FaultKind::Unsupported, expected, found));
        }
        let found = found(line.as_ref());
        let expected = format!("`# {name}:` and a number");
        Err(self.fault(FaultKind::Malformed, expected, found))
    }

    /// A fault in the line that was read last.
    fn fault(&self, kind: FaultKind, expected: String, found: String) -> Fault {
        Fault::new(kind, Place::Line(self.lines.number), expected, found)
    }
}

fn found(line: Option<&Line<'_>>) -> String {
    line.map_or("the end".to_string(), |line| {
        quoted(&String::from_utf8_lossy(line.bytes))
    })
}
