//! The scores of a run as text.

use misa_data::Split;
use misa_infer::ScoreTable;
use misa_train::Scores;
use std::fmt::Write;
use std::path::Path;

/// The scores of one run on one split, as Markdown.
pub(crate) fn scores_table(run: &Path, split: Split, scores: &Scores) -> String {
    let heading = format!("{split} ({} utterances)", scores.utterances);
    let table = ScoreTable::new(run.display().to_string()).with(heading, scores);
    // Writing to a string cannot fail.
    let mut text = format!("\n{table}\ntask loss: {:.4}\n", scores.task_loss);
    if let Some(confusion) = &scores.confusion {
        let _ = write!(text, "\n{confusion}");
    }
    text
}
