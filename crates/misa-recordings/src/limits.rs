//! What a file may hold at most.

/// What a file may hold at most. The defaults are far above what tools write for an hour of video.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a file that is read as a whole: words, segments, recipes.
    pub text_bytes: u64,
    /// Bytes of one line of a table.
    pub line_bytes: usize,
    /// Words of a file, or cues, or segments.
    pub words: usize,
    /// Bytes of one word, label or name.
    pub word_bytes: usize,
    /// Rows of a track.
    pub rows: usize,
    /// Columns of a track.
    pub columns: usize,
    /// Values of all tracks of a file that are kept, rows times columns.
    pub values: usize,
    /// Depth of nested lists and objects.
    pub depth: usize,
    /// Latest moment, in seconds: 100 hours.
    pub seconds: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 64 << 20,
            line_bytes: 1 << 20,
            words: 1 << 20,
            word_bytes: 1 << 12,
            rows: 1 << 23,
            columns: 1 << 14,
            values: 1 << 28,
            depth: 32,
            seconds: 360_000.0,
        }
    }
}
