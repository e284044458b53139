//! What is noted about the rows of a table.

use super::faces::Faces;
use super::layout::Layout;
use super::rows::Rows;
use crate::tracks::{TrackNote, TrackNoteKind};

/// Names of columns that hold scores of emotion, in lower case.
const EMOTIONS: [&str; 14] = [
    "anger",
    "angry",
    "confusion",
    "contempt",
    "disgust",
    "fear",
    "frustration",
    "happiness",
    "happy",
    "joy",
    "neutral",
    "sad",
    "sadness",
    "surprise",
];

/// Notes of a file, of one of each kind.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<TrackNote>);

impl Notes {
    /// Counts `count` more of `kind`.
    pub(super) fn add(&mut self, kind: TrackNoteKind, count: usize) {
        match self.0.iter_mut().find(|note| note.kind == kind) {
            _ if count == 0 => {}
            Some(note) => note.count = note.count.saturating_add(count),
            None => self.0.push(TrackNote { kind, count }),
        }
    }

    /// Counts what reading the rows found.
    pub(super) fn add_rows(&mut self, rows: &Rows, layout: &Layout, faces: Option<&Faces>) {
        let is_emotion = |name: &&String| EMOTIONS.contains(&name.to_ascii_lowercase().as_str());
        let n_emotions = rows.columns.iter().filter(is_emotion).count();
        let of_faces = |count: fn(&Faces) -> usize| faces.map(count).unwrap_or_default();
        self.add(TrackNoteKind::TextColumn, rows.n_texts);
        self.add(TrackNoteKind::UnnamedColumn, layout.n_unnamed);
        self.add(TrackNoteKind::EmotionColumn, n_emotions);
        self.add(TrackNoteKind::RepeatedHeader, rows.n_headers);
        self.add(TrackNoteKind::OpenLastLine, usize::from(rows.is_open));
        self.add(
            TrackNoteKind::OtherFace,
            of_faces(|faces| faces.rows_left_out),
        );
        self.add(TrackNoteKind::ChangedFace, of_faces(|faces| faces.changes));
        self.add(TrackNoteKind::NoNumber, rows.n_without);
    }

    /// The notes, in the order in which they were first made.
    pub(super) fn into_vec(self) -> Vec<TrackNote> {
        self.0
    }
}
