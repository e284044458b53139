//! Tables of Markdown whose columns are scores.

use misa_infer::NamedScores;
use misa_infer::score::score_text;
use std::fmt::Write as _;

/// The first two lines of a table of these scores, after an empty one.
pub(super) fn head(title: &str, scores: &[(String, Option<f64>)]) -> String {
    let names: Vec<&str> = scores.iter().map(|(name, _)| name.as_str()).collect();
    let columns = " ---: |".repeat(names.len());
    format!("\n| {title} | {} |\n| --- |{columns}\n", names.join(" | "))
}

/// The cells of a row.
pub(super) fn cells(scores: &NamedScores) -> String {
    let mut text = String::new();
    for (name, value) in scores {
        let value = value.map_or("not defined".to_string(), |value| score_text(name, value));
        // Writing to a string cannot fail.
        let _ = write!(text, " {value} |");
    }
    text
}
