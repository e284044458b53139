//! Text tables as spreadsheets write them, with positions as editors count them.

use std::str::FromStr;
use thiserror::Error;

/// The cells of a row, each with its position.
pub type Row = Vec<Cell>;

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The text without quotes and without spaces around it.
    pub text: String,
    /// The line of the file where it starts, from 1.
    pub line: usize,
    /// The character of this line where it starts, from 1.
    pub column: usize,
}

impl Cell {
    /// The position for messages.
    pub fn position(&self) -> String {
        format!("line {}, column {}", self.line, self.column)
    }
}

/// Bytes that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("line {line}: expected {expected}, found {found}")]
pub struct NotText {
    /// The line of the first character that is damaged or of another encoding, from 1.
    pub line: usize,
    /// The encoding: `UTF-8` or `UTF-16`.
    pub expected: &'static str,
    /// What is there instead.
    pub found: &'static str,
}

/// The text of a table in UTF-8 or UTF-16, with or without a mark at its start.
///
/// # Errors
///
/// [`NotText`] with the line of the first character that is damaged or of another encoding.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    let wide = match bytes.as_slice() {
        [0xff, 0xfe, ..] => Some((2, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, ..] => Some((2, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        // Headers are Latin letters, in which every second byte is 0.
        [b' '..=b'~', 0, 1..=255, 0, ..] => Some((0, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0, b' '..=b'~', 0, 1..=255, ..] => Some((0, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    let Some((start, unit)) = wide else {
        return String::from_utf8(bytes).map(without_mark).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            NotText {
                line: lines_before(&String::from_utf8_lossy(&error.as_bytes()[..valid])) + 1,
                expected: "UTF-8",
                found: "a character of another encoding (save as CSV UTF-8)",
            }
        });
    };
    let pairs = bytes[start..].chunks_exact(2);
    let is_whole = pairs.remainder().is_empty();
    let mut text = String::new();
    for character in char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(not_utf16(&text)),
        }
    }
    if is_whole {
        Ok(text)
    } else {
        Err(not_utf16(&text))
    }
}

fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

fn not_utf16(before: &str) -> NotText {
    NotText {
        line: lines_before(before) + 1,
        expected: "UTF-16",
        found: "half a character",
    }
}

fn lines_before(text: &str) -> usize {
    let ends = text.matches(['\r', '\n']).count();
    ends - text.matches("\r\n").count()
}

/// The rows of a table one by one. Lines end with LF, CRLF or CR. A cell in quotes may hold separators,
/// line ends, and quotes written twice.
#[derive(Clone, Debug)]
pub struct Rows<'t> {
    text: std::iter::Peekable<std::str::Chars<'t>>,
    separator: char,
    line: usize,
    column: usize,
    max_cells: usize,
    max_bytes: usize,
    row_bytes: usize,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RowError {
    /// The quotes of a cell are never closed.
    #[error("{}: expected the end of a cell in quotes, found the end of the file", .0.position())]
    OpenQuotes(Cell),
    /// The row that starts at this line has more cells than are allowed.
    #[error("line {0}: too many cells")]
    Cells(usize),
    /// The row that starts at this line has more bytes than are allowed.
    #[error("line {0}: too many bytes")]
    Bytes(usize),
}

impl<'t> Rows<'t> {
    /// The rows of `text`, with `separator` between cells, without limits.
    pub fn new(text: &'t str, separator: char) -> Self {
        Self {
            text: text.chars().peekable(),
            separator,
            line: 1,
            column: 1,
            max_cells: usize::MAX,
            max_bytes: usize::MAX,
            row_bytes: 0,
        }
    }

    /// The same rows, of at most so many cells and bytes each.
    #[must_use]
    pub fn with_limits(self, max_cells: usize, max_bytes: usize) -> Self {
        Self {
            max_cells,
            max_bytes,
            ..self
        }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`RowError`] when quotes are never closed, or the row is beyond the limits.
    pub fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        if self.text.peek().is_none() {
            return Ok(None);
        }
        let mut row = Row::new();
        let first = self.line;
        self.row_bytes = 0;
        loop {
            let (cell, end) = self.cell(first)?;
            if row.len() == self.max_cells {
                return Err(RowError::Cells(first));
            }
            row.push(cell);
            if end != Some(self.separator) {
                return Ok(Some(row));
            }
        }
    }

    /// The next cell of the row that starts at line `first`, and the character that ends it.
    fn cell(&mut self, first: usize) -> Result<(Cell, Option<char>), RowError> {
        let mut cell = Cell {
            text: String::new(),
            line: self.line,
            column: self.column,
        };
        let mut is_open = false;
        let mut had_quotes = false;
        loop {
            let next = self.next_char();
            if self.row_bytes > self.max_bytes {
                return Err(RowError::Bytes(first));
            }
            match next {
                None if is_open => return Err(RowError::OpenQuotes(cell)),
                Some('"') if is_open && self.text.peek() == Some(&'"') => {
                    self.next_char();
                    cell.text.push('"');
                }
                Some('"') if is_open => is_open = false,
                Some('"') if !had_quotes && cell.text.trim().is_empty() => {
                    cell.text.clear();
                    (is_open, had_quotes) = (true, true);
                }
                Some(character) if is_open => cell.text.push(character),
                Some(end) if end == self.separator || end == '\n' => {
                    return Ok((trimmed(cell), next));
                }
                Some(character) => cell.text.push(character),
                None => return Ok((trimmed(cell), None)),
            }
        }
    }

    /// The next character, with every line end as LF.
    fn next_char(&mut self) -> Option<char> {
        let mut next = self.text.next()?;
        self.row_bytes += next.len_utf8();
        if next == '\r' {
            self.text.next_if_eq(&'\n');
            next = '\n';
        }
        match next {
            '\n' => (self.line, self.column) = (self.line + 1, 1),
            _ => self.column += 1,
        }
        Some(next)
    }
}

fn trimmed(mut cell: Cell) -> Cell {
    if cell.text.trim().len() < cell.text.len() {
        cell.text = cell.text.trim().to_owned();
    }
    cell
}

/// The number of a cell, with a decimal point or comma.
pub fn number<T: FromStr>(text: &str) -> Option<T> {
    // Spreadsheets may write the sign as a minus of typography.
    let plain = text.replace('\u{2212}', "-");
    let commas = plain.matches(',').count();
    match (commas, plain.contains('.')) {
        (0, _) => plain.parse().ok(),
        (1, false) => plain.replace(',', ".").parse().ok(),
        // A comma and a point: one of them would separate thousands.
        _ => None,
    }
}

/// Whether the first line names the separator for Excel, as in `sep=;`.
pub fn is_separator_line(text: &str) -> bool {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    line.trim_matches('"')
        .to_ascii_lowercase()
        .starts_with("sep=")
}

/// The separator that the first line names for Excel.
pub fn named_separator(text: &str) -> Option<char> {
    let line = is_separator_line(text).then(|| text.trim_start_matches('"'))?;
    line.chars().nth("sep=".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_beyond_the_limits_are_refused() {
        let first = |text, cells, bytes| Rows::new(text, ',').with_limits(cells, bytes).next_row();
        assert_eq!(first("a,b\n", 2, 4).unwrap().unwrap().len(), 2);
        assert_eq!(first("a,b\n", 1, 4), Err(RowError::Cells(1)));
        assert_eq!(first("a,b\n", 2, 3), Err(RowError::Bytes(1)));
        let mut rows = Rows::new("a\n\"b\nc\"\n", ',').with_limits(1, 4);
        assert!(rows.next_row().unwrap().is_some());
        assert_eq!(rows.next_row(), Err(RowError::Bytes(2)));
    }

    #[test]
    fn the_first_line_may_name_the_separator() {
        let named = ["sep=;\na", "\"sep=|\"\na", "SEP=\t\n", "a;b", "sep="].map(named_separator);
        assert_eq!(named, [Some(';'), Some('|'), Some('\t'), None, None]);
    }
}
