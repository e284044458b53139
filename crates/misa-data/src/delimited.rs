//! Text tables as spreadsheets write them, with positions as editors count them.

use crate::DataError;

/// The cells of a row, each with its position.
pub(crate) type Row = Vec<Cell>;

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
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

/// The text of a table in UTF-8 or UTF-16, with or without a mark at its start.
///
/// # Errors
///
/// [`DataError::Layout`] with the line of the first character that is damaged or of another encoding.
pub(crate) fn decode(place: &str, bytes: Vec<u8>) -> Result<String, DataError> {
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
            let before = &error.as_bytes()[..valid];
            let line = lines_before(&String::from_utf8_lossy(before)) + 1;
            let found = "a character of another encoding (save as CSV UTF-8)";
            DataError::layout(format!("{place}: line {line}"), "UTF-8", found)
        });
    };
    let pairs = bytes[start..].chunks_exact(2);
    let is_whole = pairs.remainder().is_empty();
    let mut text = String::new();
    for character in char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(not_utf16(place, &text)),
        }
    }
    if is_whole {
        Ok(text)
    } else {
        Err(not_utf16(place, &text))
    }
}

fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

fn not_utf16(place: &str, before: &str) -> DataError {
    let line = lines_before(before) + 1;
    DataError::layout(
        format!("{place}: line {line}"),
        "UTF-16",
        "half a character",
    )
}

fn lines_before(text: &str) -> usize {
    let ends = text.matches(['\r', '\n']).count();
    ends - text.matches("\r\n").count()
}

/// The rows of a table one by one. Lines end with LF, CRLF or CR. A cell in quotes may hold separators,
/// line ends, and quotes written twice.
#[derive(Clone, Debug)]
pub(crate) struct Rows<'t> {
    text: std::iter::Peekable<std::str::Chars<'t>>,
    separator: char,
    line: usize,
    column: usize,
}

impl<'t> Rows<'t> {
    pub fn new(text: &'t str, separator: char) -> Self {
        Self {
            text: text.chars().peekable(),
            separator,
            line: 1,
            column: 1,
        }
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// The cell whose quotes are never closed.
    pub fn next_row(&mut self) -> Result<Option<Row>, Cell> {
        if self.text.peek().is_none() {
            return Ok(None);
        }
        let mut row = Row::new();
        loop {
            let (cell, end) = self.cell()?;
            row.push(cell);
            if end != Some(self.separator) {
                return Ok(Some(row));
            }
        }
    }

    /// The next cell, and the character that ends it.
    fn cell(&mut self) -> Result<(Cell, Option<char>), Cell> {
        let mut cell = Cell {
            text: String::new(),
            line: self.line,
            column: self.column,
        };
        let mut is_open = false;
        let mut had_quotes = false;
        loop {
            let next = self.next_char();
            match next {
                None if is_open => return Err(cell),
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
pub(crate) fn number(text: &str) -> Option<f32> {
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
