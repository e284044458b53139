//! The numbers of an utterance as CSV text.

use super::{track, words};
use crate::assembly::record::UtterancePicture;
use crate::table::{Table, number};

/// Words, then the rows and the steps of each track.
pub(super) fn data(given: &UtterancePicture) -> String {
    let mut table = Table::new(&[
        "what", "modality", "column", "start", "end", "value", "kind",
    ]);
    let times = |start: f64, end: f64| [start.to_string(), end.to_string()];
    for word in &given.words {
        let [start, end] = times(word.start, word.end);
        table.row(&[
            "word",
            "",
            "",
            &start,
            &end,
            &word.text,
            words::name(word.kind),
        ]);
    }
    for track in &given.tracks {
        let (modality, column) = (track.modality.as_str(), track.column.as_str());
        for row in &track.rows {
            let [start, end] = times(row.start, row.end);
            let kind = if row.valid { "usable" } else { "failed" };
            table.row(&[
                "row",
                modality,
                column,
                &start,
                &end,
                &number(row.value),
                kind,
            ]);
        }
        for step in &track.steps {
            let [start, end] = times(step.start, step.end);
            let (value, kind) = (step.value.to_string(), track::name(step.kind));
            table.row(&["step", modality, column, &start, &end, &value, kind]);
        }
    }
    table.text()
}
