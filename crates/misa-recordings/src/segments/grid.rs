//! Cells by the names of their columns.

use crate::error::quoted;
use crate::segments::layout::{Field, Layout};
use crate::segments::moment::moment;
use crate::{Fault, FaultKind, Limits, Place};
use misa_files::delimited::{Cell, number};

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'r> {
    pub cells: &'r [Cell],
    pub layout: &'r Layout,
    pub limits: &'r Limits,
}

impl<'r> Line<'r> {
    /// A row with as many cells as the header has names; nothing is beyond them.
    pub fn new(cells: &'r [Cell], layout: &'r Layout, limits: &'r Limits) -> Result<Self, Fault> {
        let line = Self {
            cells,
            layout,
            limits,
        };
        let count = layout.count();
        let beyond = cells.iter().skip(count).find(|cell| !cell.text.is_empty());
        let found = match beyond {
            Some(cell) => format!("one more, {}", quoted(&cell.text)),
            None if cells.len() < count => cells.len().to_string(),
            None => return Ok(line),
        };
        let expected = if layout.has_header {
            format!("{count} cells as in the header")
        } else {
            format!("{count} cells as in the first row")
        };
        let place = Place::Line(line.number());
        Err(Fault::new(FaultKind::Malformed, place, expected, found))
    }

    /// The line of the file where the row starts.
    pub fn number(&self) -> u64 {
        self.cells.first().map_or(0, |cell| cell.line as u64)
    }

    /// The text of a cell; `None` if it is empty or there is no such column.
    pub fn text(&self, field: Field) -> Option<&'r str> {
        let cell = self.cells.get(self.layout.index(field)?)?;
        Some(cell.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The name in a cell.
    pub fn name(&self, field: Field) -> Result<Option<&'r str>, Fault> {
        match self.text(field) {
            Some(name) if name.len() > self.limits.word_bytes => {
                let expected = format!("at most {} bytes", self.limits.word_bytes);
                let found = name.len().to_string();
                Err(Fault::new(
                    FaultKind::TooLarge,
                    self.place(field),
                    expected,
                    found,
                ))
            }
            name => Ok(name),
        }
    }

    /// The name in a cell that may not be empty.
    pub fn needed(&self, field: Field) -> Result<&'r str, Fault> {
        let wrong = || self.wrong(field, "a name", "an empty cell");
        self.name(field)?.ok_or_else(wrong)
    }

    /// The number in a cell.
    pub fn number_of(&self, field: Field) -> Result<Option<f32>, Fault> {
        let number = |text: &str| {
            let number: Option<f32> = number(text).filter(|number: &f32| number.is_finite());
            number.ok_or_else(|| self.wrong(field, "a number", quoted(text)))
        };
        self.text(field).map(number).transpose()
    }

    /// The moment in a cell, in seconds.
    pub fn moment(&self, field: Field) -> Result<Option<f64>, Fault> {
        let Some(text) = self.text(field) else {
            return Ok(None);
        };
        let wrong = |expected| self.wrong(field, expected, quoted(text));
        let time = moment(text).ok_or_else(|| wrong("seconds or HH:MM:SS.mmm"))?;
        if time.is_finite() && time >= 0.0 && time <= self.limits.seconds {
            Ok(Some(time))
        } else {
            let expected = format!("seconds from 0 to {}", self.limits.seconds);
            let place = self.place(field);
            Err(Fault::new(
                FaultKind::Invalid,
                place,
                expected,
                quoted(text),
            ))
        }
    }

    /// Where a field is.
    pub fn place(&self, field: Field) -> Place {
        let cell = self
            .layout
            .index(field)
            .and_then(|index| self.cells.get(index));
        let line = cell.map_or(self.number(), |cell| cell.line as u64);
        Place::Cell(line, self.layout.name(field))
    }

    /// A fault of a cell.
    pub fn wrong(
        &self,
        field: Field,
        expected: &'static str,
        found: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Fault {
        Fault::new(FaultKind::Invalid, self.place(field), expected, found)
    }
}
