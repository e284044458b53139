//! What no row shows by itself: names that are given twice, and what some rows have and others lack.

use crate::error::quoted;
use crate::segments::note::count;
use crate::segments::{Segment, SegmentNoteKind, SegmentTable};
use crate::{Fault, FaultKind, Place};
use std::collections::HashMap;

/// Seconds by which neighbours may overlap because times are rounded.
const ROUNDING: f64 = 1e-3;

/// Checks the segments against each other, and counts what is odd.
pub(super) fn check(table: &mut SegmentTable) -> Result<(), Fault> {
    check_names(&table.segments)?;
    let segments = &table.segments;
    all_or_none(segments, "split", |segment| segment.split.is_some())?;
    all_or_none(segments, "speaker", |segment| segment.speaker.is_some())?;
    all_or_none(segments, "start", |segment| segment.interval.is_some())?;
    let unlabelled = segments
        .iter()
        .filter(|segment| segment.label.is_none())
        .count();
    let overlaps = overlaps(segments);
    let agreed = |kind| {
        table
            .notes
            .iter()
            .find(|note| note.kind == kind)
            .map_or(0, |note| note.count)
    };
    let unlabelled = unlabelled.saturating_sub(agreed(SegmentNoteKind::NoAgreement));
    count(&mut table.notes, SegmentNoteKind::NoLabel, unlabelled);
    count(&mut table.notes, SegmentNoteKind::Overlap, overlaps);
    Ok(())
}

fn check_names(segments: &[Segment]) -> Result<(), Fault> {
    let mut lines = HashMap::with_capacity(segments.len());
    for segment in segments {
        if let Some(line) = lines.insert(segment.id.as_str(), segment.line) {
            let expected = "a name that no other row has";
            let found = format!("{}, also in line {line}", quoted(&segment.id));
            let place = Place::Cell(segment.line, "id".to_string());
            let fault = Fault::new(FaultKind::Invalid, place, expected, found);
            return Err(match segment.interval {
                Some(_) => fault
                    .advised("if these are stretches of one recording, call the column `video`"),
                None => fault,
            });
        }
    }
    Ok(())
}

/// Fails where a row has what the first one lacks, or the other way round.
fn all_or_none(
    segments: &[Segment],
    column: &'static str,
    has: impl Fn(&Segment) -> bool,
) -> Result<(), Fault> {
    let Some(first) = segments.first() else {
        return Ok(());
    };
    let Some(other) = segments.iter().find(|segment| has(segment) != has(first)) else {
        return Ok(());
    };
    let line = first.line;
    let (expected, found) = if has(first) {
        (format!("a {column} as in line {line}"), "none")
    } else {
        (format!("no {column} as in line {line}"), "one")
    };
    let place = Place::Cell(other.line, column.to_string());
    let fault = Fault::new(FaultKind::Invalid, place, expected, found);
    Err(fault.advised(format!("state the {column} of every row or of none")))
}

/// Number of segments that start before another of their video has ended.
fn overlaps(segments: &[Segment]) -> usize {
    let stretch = |segment: &'_ Segment| segment.interval;
    let mut stretches: Vec<(&str, f64, f64)> = segments
        .iter()
        .filter_map(|segment| {
            let interval = stretch(segment)?;
            Some((segment.video.as_str(), interval.start, interval.end))
        })
        .collect();
    stretches.sort_by(|a, b| a.0.cmp(b.0).then(a.1.total_cmp(&b.1)));
    let (mut video, mut latest, mut overlaps) = ("", f64::NEG_INFINITY, 0);
    for (name, start, end) in stretches {
        if name != video {
            (video, latest) = (name, f64::NEG_INFINITY);
        }
        overlaps += usize::from(start < latest - ROUNDING);
        latest = latest.max(end);
    }
    overlaps
}
