//! The header of ARFF, as openSMILE and Weka write it.

use super::cells::{Dialect, Quoting, unquoted};
use super::layout::Layout;
use super::lines::Lines;
use super::table::Table;
use crate::error::quoted;
use crate::tracks::TrackOptions;
use crate::{Fault, FaultKind, Place};
use misa_files::Source;
use std::collections::HashSet;

/// Rows of ARFF.
const ROWS: Dialect = Dialect {
    separator: b',',
    quoting: Quoting::Escaped,
};

/// Whether a file whose first line with anything but a comment is `line` is ARFF.
pub(super) fn is_arff(line: &str) -> bool {
    keyword(line, "@relation").is_some()
}

/// The table of an ARFF file and what its columns are. `lines` is at the relation.
///
/// # Errors
///
/// With the line of what is not as ARFF has it.
pub(super) fn read<'a>(
    source: &'a Source<'a>,
    lines: &mut Lines<'_>,
    options: &'a TrackOptions,
) -> Result<(Table<'a>, Layout), Fault> {
    let (mut names, mut texts) = (Vec::new(), HashSet::new());
    loop {
        if !lines.advance()? {
            let place = Place::Line(lines.number());
            let found = "the end of the file";
            return Err(Fault::new(FaultKind::Malformed, place, "@data", found));
        }
        let (line, place) = (lines.line().trim(), Place::Line(lines.number()));
        if line.is_empty() || line.starts_with('%') {
            continue;
        }
        if keyword(line, "@data").is_some() {
            break;
        }
        let (name, is_number) = attribute(line).ok_or_else(|| {
            let expected = "\"@attribute NAME TYPE\" or \"@data\"";
            Fault::new(FaultKind::Malformed, place.clone(), expected, quoted(line))
        })?;
        if names.len() >= options.limits.columns {
            let expected = format!("at most {} columns", options.limits.columns);
            return Err(Fault::new(FaultKind::TooLarge, place, expected, "more"));
        }
        if !is_number {
            texts.insert(names.len());
        }
        names.push(name);
    }
    let table = Table::of_names(source, &options.limits, ROWS, names, lines.number())?;
    let layout = Layout::of_arff(&table, &texts, options)?;
    Ok((table, layout))
}

/// What follows a keyword, which is written in any case.
fn keyword<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let (start, rest) = line.trim().split_at_checked(keyword.len())?;
    let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
    (ends && start.eq_ignore_ascii_case(keyword)).then(|| rest.trim())
}

/// The name of an attribute, and whether it is a number.
fn attribute(line: &str) -> Option<(String, bool)> {
    let rest = keyword(line, "@attribute")?;
    let end = match rest.as_bytes().first()? {
        b'\'' | b'"' => end_of_quote(rest)?,
        _ => rest.find([' ', '\t'])?,
    };
    let (name, kind) = rest.split_at_checked(end)?;
    let kind = kind.trim().to_ascii_lowercase();
    let is_number = matches!(kind.as_str(), "numeric" | "real" | "integer");
    let name = unquoted(name, Quoting::Escaped).into_owned();
    (!kind.is_empty() && !name.is_empty()).then_some((name, is_number))
}

/// The byte after the quote that closes the one `text` begins with.
fn end_of_quote(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut is_escaped = false;
    for (i, character) in text.char_indices().skip(1) {
        if character == quote && !is_escaped {
            return Some(i + 1);
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_a_name_and_a_type() {
        let attributes = [
            ("@attribute name string", "name", false),
            ("@ATTRIBUTE\tmfcc[1] NUMERIC", "mfcc[1]", true),
            (r"@attribute 'it\'s one' real", "it's one", true),
            (r#"@attribute "a b" {x,y}"#, "a b", false),
        ];
        for (line, name, is_number) in attributes {
            assert_eq!(
                attribute(line),
                Some((name.to_string(), is_number)),
                "{line}"
            );
        }
        for line in [
            "@attribute",
            "@attribute x",
            "@attribute 'x real",
            "@attributex y z",
            "x",
            "@é",
        ] {
            assert_eq!(attribute(line), None, "{line}");
        }
    }

    #[test]
    fn keywords_may_have_any_case() {
        assert!(is_arff("@RELATION x") && is_arff(" @relation") && !is_arff("@relations x"));
    }
}
