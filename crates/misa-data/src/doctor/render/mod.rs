//! An examination as text for a terminal.

mod features;
mod findings;
mod head;
mod histogram;
mod labels;
mod style;
mod table;

use super::Examination;
use std::fmt;
use style::Style;

impl Examination {
    /// The examination as text of at most 100 columns, except for long file names; with `colour`,
    /// in the colours of a terminal.
    pub fn to_text(&self, colour: bool) -> String {
        let style = Style { colour };
        let mut out = String::new();
        head::write(&mut out, self, style);
        if let Some(content) = &self.content {
            head::splits(&mut out, content, style);
            labels::write(&mut out, content, style);
            features::write(&mut out, content, style);
        }
        findings::write(&mut out, self, style);
        out
    }
}

impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(false))
    }
}

/// Starts a section.
fn section(out: &mut String, name: &str, style: Style) {
    out.push('\n');
    out.push_str(&style.bold(name));
    out.push('\n');
}

/// A number in few characters.
fn number(value: impl Into<f64>) -> String {
    let value: f64 = value.into();
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        size if size < 0.1 => format!("{value:.4}"),
        size if size < 100.0 => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

/// A size in bytes, in decimal units.
fn bytes(size: u64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let value = size as f64;
    match units.into_iter().find(|(unit, _)| value >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", value / unit),
        None => format!("{size} bytes"),
    }
}

/// A few column numbers, with consecutive ones as ranges.
fn columns(columns: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &column in columns {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == column => *end = column,
            _ => ranges.push((column, column)),
        }
    }
    let text = |&(start, end): &(usize, usize)| match end - start {
        0 => start.to_string(),
        1 => format!("{start}, {end}"),
        _ => format!("{start}-{end}"),
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let numbers = [0.0, -1.234, 0.0123, 1e-7, 123.45, 123_456.0];
        let expected = ["0", "-1.23", "0.0123", "1.0e-7", "123.5", "1.2e5"];
        assert_eq!(numbers.map(number), expected);
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(2_636_831), "2.6 MB");
    }

    #[test]
    fn columns_are_joined_to_ranges() {
        assert_eq!(columns(&[0, 2, 3, 7, 8, 9]), "0, 2, 3, 7-9");
        assert_eq!(columns(&[]), "");
    }
}
