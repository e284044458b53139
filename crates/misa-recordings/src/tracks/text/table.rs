//! The rows of a table, below its header.

use super::cells::{Cells, Dialect};
use super::decimal::decimal;
use super::lines::Lines;
use crate::error::quoted;
use crate::number::number;
use crate::{Fault, FaultKind, Limits, Place};
use misa_files::Source;
use std::collections::HashMap;

/// A table whose header was read.
#[derive(Debug)]
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    limits: &'a Limits,
    /// How lines are cut into cells.
    pub(super) dialect: Dialect,
    /// The names of its columns, each once.
    pub(super) names: Vec<String>,
    /// The number of the line that the header ends with.
    pub(super) header: u64,
    /// The header as it stands, where it may be repeated.
    repeated: Option<String>,
    /// What a line begins with that is no row.
    comment: Option<char>,
}

impl<'a> Table<'a> {
    /// The table whose header is the line that `lines` is at.
    ///
    /// # Errors
    ///
    /// If a quote is not closed, a name is not unique, or there are too many columns.
    pub(super) fn of_header(
        source: &'a Source<'a>,
        limits: &'a Limits,
        dialect: Dialect,
        lines: &Lines<'_>,
    ) -> Result<Self, Fault> {
        let (line, place) = (lines.line(), Place::Line(lines.number()));
        let mut cells = Cells::default();
        let most = limits.columns.saturating_add(1);
        let split = dialect.split(line, most, &mut cells);
        split.map_err(|_| unclosed(place.clone()))?;
        let texts = (0..cells.len()).map(|i| cells.text(line, i, dialect.quoting));
        let names: Vec<String> = texts.map(|text| text.trim().to_string()).collect();
        check_names(&names, limits, &place)?;
        Ok(Self {
            source,
            limits,
            dialect,
            names,
            header: lines.number(),
            repeated: Some(line.trim().to_string()),
            comment: None,
        })
    }

    /// The table of columns `names` whose rows follow line `header`, with comments after `%`.
    pub(super) fn of_names(
        source: &'a Source<'a>,
        limits: &'a Limits,
        dialect: Dialect,
        names: Vec<String>,
        header: u64,
    ) -> Result<Self, Fault> {
        check_names(&names, limits, &Place::Line(header))?;
        Ok(Self {
            source,
            limits,
            dialect,
            names,
            header,
            repeated: None,
            comment: Some('%'),
        })
    }

    /// The number of the column `name`.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// The line of the header, for faults.
    pub(super) fn place(&self) -> Place {
        Place::Line(self.header)
    }

    /// Its rows, from the first on: their first `most` cells, or all if there is no `most`.
    pub(super) fn rows(&self, most: Option<usize>) -> Result<RowLines<'_>, Fault> {
        let mut lines = Lines::new(self.source, self.limits.line_bytes);
        while lines.number() < self.header && lines.advance()? {}
        Ok(RowLines {
            table: self,
            lines,
            most,
            cells: Cells::default(),
            repeated_headers: 0,
        })
    }
}

fn check_names(names: &[String], limits: &Limits, place: &Place) -> Result<(), Fault> {
    if names.len() > limits.columns {
        let expected = format!("at most {} columns", limits.columns);
        let kind = FaultKind::TooLarge;
        return Err(Fault::new(kind, place.clone(), expected, "more"));
    }
    let mut columns = HashMap::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        if let Some(other) = columns.insert(name.as_str(), i) {
            let (first, second) = (other + 1, i + 1);
            let found = format!("{} in columns {first} and {second}", quoted(name));
            let kind = FaultKind::Malformed;
            return Err(Fault::new(kind, place.clone(), "each name once", found));
        }
    }
    Ok(())
}

fn unclosed(place: Place) -> Fault {
    let found = "a quote that is not closed";
    Fault::new(FaultKind::Malformed, place, "cells of one line", found)
}

/// The rows of a table, one after the other.
#[derive(Debug)]
pub(super) struct RowLines<'t> {
    table: &'t Table<'t>,
    lines: Lines<'t>,
    most: Option<usize>,
    cells: Cells,
    repeated_headers: usize,
}

impl RowLines<'_> {
    /// The next row; `None` after the last.
    ///
    /// # Errors
    ///
    /// If a line cannot be read, or has not as many cells as there are columns. The latter is not checked
    /// where only the first cells are asked for.
    pub(super) fn advance(&mut self) -> Result<Option<Row<'_>>, Fault> {
        while self.lines.advance()? {
            let line = self.lines.line();
            let is_comment = |mark| line.trim_start().starts_with(mark);
            if line.trim_ascii().is_empty() || self.table.comment.is_some_and(is_comment) {
                continue;
            }
            if self
                .table
                .repeated
                .as_deref()
                .is_some_and(|header| is_header(header, line))
            {
                self.repeated_headers += 1;
                continue;
            }
            return self.split().map(Some);
        }
        Ok(None)
    }

    /// Headers that stood between the rows so far.
    pub(super) fn repeated_headers(&self) -> usize {
        self.repeated_headers
    }

    /// Whether the last line lacks the mark of its end.
    pub(super) fn is_open(&self) -> bool {
        !self.lines.is_ended()
    }

    fn split(&mut self) -> Result<Row<'_>, Fault> {
        let columns = self.table.names.len();
        // A cell more than there are columns shows that there are too many.
        let most = self.most.unwrap_or(columns.saturating_add(1));
        let (dialect, line) = (self.table.dialect, self.lines.line());
        let split = dialect.split(line, most, &mut self.cells);
        split.map_err(|_| unclosed(Place::Line(self.lines.number())))?;
        if self.most.is_none() && self.cells.len() != columns {
            return Err(self.another_number());
        }
        Ok(Row {
            line,
            number: self.lines.number(),
            cells: &self.cells,
            table: self.table,
        })
    }

    fn another_number(&self) -> Fault {
        let (columns, cells) = (self.table.names.len(), self.cells.len());
        let place = Place::Line(self.lines.number());
        let found = if cells > columns {
            "more".to_string()
        } else {
            cells.to_string()
        };
        let fault = Fault::new(
            FaultKind::Malformed,
            place,
            format!("{columns} cells"),
            found,
        );
        if cells < columns && self.is_open() {
            fault.advised("the last row is unfinished: let the tool write the file again")
        } else if cells > columns && self.table.dialect.separator == b',' {
            fault.advised("write numbers with a full stop, and texts that hold a comma in quotes")
        } else {
            fault
        }
    }
}

/// Whether `line` is the header again. Most lines differ from it in their first byte.
fn is_header(header: &str, line: &str) -> bool {
    header.as_bytes().first() == line.trim_ascii_start().as_bytes().first() && line.trim() == header
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'r> {
    line: &'r str,
    /// The number of its line, from 1.
    pub(super) number: u64,
    cells: &'r Cells,
    table: &'r Table<'r>,
}

impl<'r> Row<'r> {
    /// The cell in `column`, without spaces and quotes around it.
    pub(super) fn cell(&self, column: usize) -> &'r str {
        self.cells.get(self.line, column)
    }

    /// The text in `column`, without its quotes.
    pub(super) fn text(&self, column: usize) -> std::borrow::Cow<'r, str> {
        self.cells
            .text(self.line, column, self.table.dialect.quoting)
    }

    /// The place of the cell in `column`.
    pub(super) fn place(&self, column: usize) -> Place {
        let name = self.table.names.get(column);
        let name = name.map(|name| quoted(name)).unwrap_or_default();
        Place::Cell(self.number, name)
    }

    /// The number in `column`; NaN if the cell is empty.
    ///
    /// # Errors
    ///
    /// If something else is there.
    pub(super) fn number(&self, column: usize) -> Result<f64, Fault> {
        let cell = self.cell(column);
        decimal(cell)
            .or_else(|| is_blank(cell).then_some(f64::NAN))
            .ok_or_else(|| self.no_number(column))
    }

    /// A fault where `column` holds no number.
    pub(super) fn no_number(&self, column: usize) -> Fault {
        let cell = self.cell(column);
        let (kind, place) = (FaultKind::Malformed, self.place(column));
        let fault = Fault::new(kind, place, "a number", quoted(cell));
        if has_decimal_comma(cell) {
            fault.advised("write numbers with a full stop instead of a comma")
        } else {
            fault
        }
    }
}

/// Whether a cell says that there is no value, as pandas, Weka or R write it.
pub(super) fn is_blank(cell: &str) -> bool {
    matches!(cell, "" | "?" | "NA")
}

/// Whether `cell` would be a number if its only comma were a full stop.
pub(super) fn has_decimal_comma(cell: &str) -> bool {
    cell.matches(',').count() == 1 && number(&cell.replace(',', ".")).is_some()
}
