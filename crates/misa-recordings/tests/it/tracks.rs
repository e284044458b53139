//! What tests of feature rows share: options, counts of notes, and tracks that are equal.

use misa_recordings::Track;
use misa_recordings::tracks::{TrackFile, TrackNoteKind, TrackOptions};

pub fn options(change: impl FnOnce(&mut TrackOptions)) -> TrackOptions {
    let mut options = TrackOptions::default();
    change(&mut options);
    options
}

pub fn counts(file: &TrackFile) -> Vec<(TrackNoteKind, usize)> {
    let notes = file.notes.iter();
    notes.map(|note| (note.kind.clone(), note.count)).collect()
}

/// Equal values, where NaN equals NaN.
pub fn same(a: &Track, b: &Track) -> bool {
    let bits = |track: &Track| -> Vec<u32> {
        let value = |value: &f32| if value.is_nan() { f32::NAN } else { *value };
        track.values.iter().map(|v| value(v).to_bits()).collect()
    };
    bits(a) == bits(b) && (&a.columns, &a.times, &a.valid) == (&b.columns, &b.times, &b.valid)
}
