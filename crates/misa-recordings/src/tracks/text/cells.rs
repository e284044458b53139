//! The cells of a line.

use std::borrow::Cow;
use std::ops::Range;

/// How texts that hold a separator are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Between `"`, where `""` is a quote: tables.
    Doubled,
    /// Between `'` or `"`, where `\` is before a quote: ARFF.
    Escaped,
}

impl Quoting {
    fn opens(self, byte: u8) -> bool {
        byte == b'"' || self == Self::Escaped && byte == b'\''
    }

    /// Whether a line has something that may be a quote.
    fn is_in(self, line: &str) -> bool {
        line.contains('"') || self == Self::Escaped && line.contains('\'')
    }
}

/// How a line is cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between two cells.
    pub(super) separator: u8,
    /// How texts are quoted.
    pub(super) quoting: Quoting,
}

/// A quote that nothing closes.
#[derive(Debug)]
pub(super) struct Unclosed;

/// Where the cells of a line are.
#[derive(Debug, Default)]
pub(super) struct Cells {
    spans: Vec<Range<usize>>,
    has_quotes: bool,
}

impl Dialect {
    /// The separator that a header has most of, out of comma, semicolon and tabulator; `None` without any.
    pub(super) fn of_header(line: &str) -> Option<Self> {
        let mut counts = [b',', b';', b'\t'].map(|separator| (0_usize, separator));
        let mut is_quoted = false;
        for byte in line.bytes() {
            is_quoted ^= byte == b'"';
            for (count, separator) in &mut counts {
                *count += usize::from(!is_quoted && byte == *separator);
            }
        }
        let (count, separator) = counts.into_iter().max_by_key(|&(count, _)| count)?;
        let quoting = Quoting::Doubled;
        (count > 0).then_some(Self { separator, quoting })
    }

    /// Cuts `line` into its first `most` cells.
    pub(super) fn split(self, line: &str, most: usize, cells: &mut Cells) -> Result<(), Unclosed> {
        cells.spans.clear();
        cells.has_quotes = self.quoting.is_in(line);
        if cells.has_quotes {
            return self.split_quoted(line, most, cells);
        }
        let mut start = 0;
        for (i, &byte) in line.as_bytes().iter().enumerate() {
            if byte == self.separator {
                cells.spans.push(start..i);
                start = i + 1;
                if cells.spans.len() >= most {
                    return Ok(());
                }
            }
        }
        cells.spans.push(start..line.len());
        Ok(())
    }

    fn split_quoted(self, line: &str, most: usize, cells: &mut Cells) -> Result<(), Unclosed> {
        let bytes = line.as_bytes();
        let mut start = 0;
        while cells.spans.len() < most {
            let end = self.end_of_cell(bytes, start)?;
            cells.spans.push(start..end);
            if end == bytes.len() {
                break;
            }
            start = end + 1;
        }
        Ok(())
    }

    /// Where the cell from `start` on ends: at a separator, or with the line.
    fn end_of_cell(self, bytes: &[u8], start: usize) -> Result<usize, Unclosed> {
        let blank = |byte: &u8| *byte == b' ';
        let mut i = start + bytes[start..].iter().take_while(|byte| blank(byte)).count();
        if let Some(&quote) = bytes.get(i).filter(|&&byte| self.quoting.opens(byte)) {
            i += 1;
            loop {
                let escapes = self.quoting == Quoting::Escaped;
                match bytes.get(i) {
                    None => return Err(Unclosed),
                    Some(b'\\') if escapes => i += 2,
                    Some(&byte) if byte != quote => i += 1,
                    Some(_) if !escapes && bytes.get(i + 1) == Some(&quote) => i += 2,
                    Some(_) => break,
                }
            }
        }
        let rest = bytes.get(i..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == self.separator);
        Ok(length.map_or(bytes.len(), |length| i + length))
    }
}

impl Cells {
    /// Number of cells.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Cell `i` of `line`, without spaces and quotes around it, for numbers; empty if there is none.
    pub(super) fn get<'a>(&self, line: &'a str, i: usize) -> &'a str {
        let span = self.spans.get(i).cloned();
        let cell = span.and_then(|span| line.get(span)).unwrap_or_default();
        let cell = cell.trim_ascii();
        if !self.has_quotes {
            return cell;
        }
        let inner = |quote| cell.strip_prefix(quote)?.strip_suffix(quote);
        inner('"').unwrap_or(cell)
    }

    /// Cell `i` of `line` as a text, without quotes and with what is escaped in it resolved.
    pub(super) fn text<'a>(&self, line: &'a str, i: usize, quoting: Quoting) -> Cow<'a, str> {
        let span = self.spans.get(i).cloned();
        let cell = span.and_then(|span| line.get(span)).unwrap_or_default();
        unquoted(cell.trim(), quoting)
    }
}

/// A text without its quotes.
pub(super) fn unquoted(text: &str, quoting: Quoting) -> Cow<'_, str> {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    let single = |text| (quoting == Quoting::Escaped).then_some(text).flatten();
    let Some(inside) = inner('"').or_else(|| single(inner('\''))) else {
        return Cow::Borrowed(text);
    };
    match quoting {
        Quoting::Doubled if inside.contains("\"\"") => Cow::Owned(inside.replace("\"\"", "\"")),
        Quoting::Escaped if inside.contains('\\') => {
            let mut is_escaped = false;
            let plain = inside.chars().filter(|&character| {
                is_escaped = character == '\\' && !is_escaped;
                !is_escaped
            });
            Cow::Owned(plain.collect())
        }
        _ => Cow::Borrowed(inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str, separator: u8, quoting: Quoting) -> Option<Vec<String>> {
        let mut cells = Cells::default();
        let dialect = Dialect { separator, quoting };
        dialect.split(line, usize::MAX, &mut cells).ok()?;
        let texts = (0..cells.len()).map(|i| cells.text(line, i, quoting).into_owned());
        Some(texts.collect())
    }

    #[test]
    fn spaces_and_quotes_are_no_part_of_a_cell() {
        let doubled = |line| cells(line, b',', Quoting::Doubled);
        assert_eq!(doubled("1, 0.5,,x ").unwrap(), ["1", "0.5", "", "x"]);
        assert_eq!(
            doubled(r#""a, ""b""", 2,"c",'d'"#).unwrap(),
            [r#"a, "b""#, "2", "c", "'d'"]
        );
        assert_eq!(doubled("").unwrap(), [""]);
        assert_eq!(doubled("a,").unwrap(), ["a", ""]);
        assert_eq!(doubled(r#""a","#).unwrap(), ["a", ""]);
        assert_eq!(doubled(r#"1,"a"#), None);
    }

    #[test]
    fn arff_escapes_quotes() {
        let escaped = |line| cells(line, b',', Quoting::Escaped);
        assert_eq!(
            escaped(r"'it\'s, \\ one',2,?").unwrap(),
            [r"it's, \ one", "2", "?"]
        );
        assert_eq!(escaped(r"'a\'"), None);
        assert_eq!(escaped(r"'a\"), None);
    }

    #[test]
    fn the_header_decides_the_separator() {
        let of = |line| Dialect::of_header(line).map(|dialect| dialect.separator);
        assert_eq!(of("a, b, c"), Some(b','));
        assert_eq!(of("a;b;c,d"), Some(b';'));
        assert_eq!(of("a\tb"), Some(b'\t'));
        assert_eq!(of(r#""a,b,c";d"#), Some(b';'));
        assert_eq!(of("abc"), None);
    }

    #[test]
    fn no_more_cells_than_asked_for_are_cut() {
        let mut cells = Cells::default();
        for line in ["1,2,3,4", r#""1",2,3,4"#] {
            let dialect = Dialect::of_header(line).unwrap();
            dialect.split(line, 2, &mut cells).unwrap();
            assert_eq!((cells.len(), cells.get(line, 1)), (2, "2"));
            assert_eq!((cells.get(line, 0), cells.get(line, 2)), ("1", ""));
        }
    }
}
