//! The documentation of a setting as a sentence for its users.

use crate::Range;

/// What stands before the range of a setting in its documentation.
const RANGE: &str = "Range: `";
/// What stands before its default; the reference of settings computes it.
const DEFAULT: &str = "Default: ";

/// What a setting means, and the numbers that it may be.
#[derive(Debug, PartialEq)]
pub(crate) struct Meaning {
    pub text: String,
    pub range: Option<Range>,
}

/// Reads the first paragraph of a documentation, without its range, its default and its references
/// to code.
pub(crate) fn meaning(lines: &[&str]) -> Meaning {
    let lines = lines.iter().map(|line| line.trim());
    let paragraph: Vec<&str> = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    let text = without_references(&paragraph.join(" "));
    let text = without_sentence(&text, DEFAULT);
    let (text, range) = match text.split_once(RANGE) {
        Some((before, after)) => {
            let (range, after) = after.split_once('`').unwrap_or((after, ""));
            let after = after.strip_prefix('.').unwrap_or(after);
            (format!("{before}{after}"), Range::parse(range))
        }
        None => (text, None),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    // What a colon announces is not part of the paragraph.
    let text = match text.strip_suffix(':') {
        Some(text) => format!("{text}."),
        None => text,
    };
    Meaning { text, range }
}

/// The text without references of the form ``, see [`Name`](path)``.
fn without_references(text: &str) -> String {
    let Some((before, after)) = text.split_once(", see [") else {
        return text.to_string();
    };
    let after = after.split_once(']').map_or("", |(_, after)| after);
    let after = match after.strip_prefix('(') {
        Some(path) => path.split_once(')').map_or("", |(_, after)| after),
        None => after,
    };
    format!("{before}{}", without_references(after))
}

/// The text without the sentence that begins like this.
fn without_sentence(text: &str, beginning: &str) -> String {
    let Some((before, after)) = text.split_once(beginning) else {
        return text.to_string();
    };
    let after = after.split_once(". ").map_or("", |(_, after)| after);
    format!("{before}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meaning_is_the_first_paragraph_without_what_is_shown_elsewhere() {
        for (lines, text, range) in [
            (&[" Seed of everything."][..], "Seed of everything.", None),
            (
                &[" Only two differ:", "", " | a | b |"],
                "Only two differ.",
                None,
            ),
            (
                &[
                    " Dropout of",
                    " the head. Range: `[0, 1)`.",
                    "",
                    " - Source: a paper.",
                ],
                "Dropout of the head.",
                Some("[0, 1)"),
            ),
            (
                &[" Learned, starting there, see [`Weights`]."],
                "Learned, starting there.",
                None,
            ),
            (
                &[" One head, see [`Late`](crate::Late). Range: `(0, inf)`. It is slow."],
                "One head. It is slow.",
                Some("(0, inf)"),
            ),
            (
                &[" Steps. Default: 0.5, as in MOSEI. Range: `[1, inf)`."],
                "Steps.",
                Some("[1, inf)"),
            ),
        ] {
            let range = range.and_then(Range::parse);
            let expected = Meaning {
                text: text.to_string(),
                range,
            };
            assert_eq!(meaning(lines), expected);
        }
    }
}
