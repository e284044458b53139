//! The scores of a run as text.

use misa_data::Split;
use misa_train::Scores;
use std::{fmt::Write, path::Path};

/// The scores of one run on one split, as Markdown.
pub(crate) fn scores_table(run: &Path, split: Split, scores: &Scores) -> String {
    let mut text = format!("\n| {}: {split} | |\n| --- | ---: |\n", run.display());
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| utterances | {} |", scores.utterances);
    let _ = writeln!(text, "| task loss | {:.4} |", scores.task_loss);
    for (name, value) in &scores.scores {
        let value = value.map_or("not defined".to_string(), |value| format!("{value:.4}"));
        let _ = writeln!(text, "| {name} | {value} |");
    }
    if let Some(confusion) = &scores.confusion {
        let _ = write!(text, "\n{confusion}");
    }
    text
}
