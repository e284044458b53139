//! What the marks of an utterance mean: those that it has.

use super::track::{self, FAILED, MEANS, ROWS};
use super::words;
use crate::assembly::record::{StepKind, UtterancePicture, WordKind};
use crate::draw::legend::{Entry, Mark};

pub(super) fn entries(given: &UtterancePicture) -> Vec<Entry> {
    let has_word = |kind| given.words.iter().any(|word| word.kind == kind);
    let steps = || given.tracks.iter().flat_map(|track| &track.steps);
    let has_step = |kind| steps().any(|step| step.kind == kind);
    let mut rows = given.tracks.iter().flat_map(|track| &track.rows);
    let entry = |is_there: bool, entry: Entry| is_there.then_some(entry);
    let word = |kind, name: &str| entry(has_word(kind), Entry::area(words::area(kind), name));
    let step = |kind, name: &str| entry(has_step(kind), Entry::area(track::area(kind), name));
    let is_measured = has_word(WordKind::Measured) || has_step(StepKind::Measured);
    let measured = Entry::area(words::area(WordKind::Measured), "measured");
    let entries = [
        entry(is_measured, measured),
        word(WordKind::Interpolated, "word with interpolated times"),
        word(WordKind::Placed, "word that was placed"),
        step(StepKind::Borrowed, "step with a borrowed row"),
        step(StepKind::Absent, "absent step"),
        entry(
            given.tracks.iter().any(|track| !track.rows.is_empty()),
            Entry::new(Mark::Line, ROWS, "rows of the tool"),
        ),
        entry(
            rows.any(|row| !row.valid),
            Entry::area(FAILED, "rows that failed"),
        ),
        entry(
            steps().any(|step| step.kind != StepKind::Absent),
            Entry::new(Mark::Line, MEANS, "mean of a step, which the model gets"),
        ),
    ];
    entries.into_iter().flatten().collect()
}
