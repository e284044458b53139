//! How much of a comparison its tables show.

/// What the tables of a comparison show, and how wide they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableStyle {
    /// One row for each model, as papers print: mean and deviation over its seeds, without single
    /// runs, differences and provenance.
    pub is_summary: bool,
    /// Columns of text that a line of Markdown has at most; a table that is wider is divided into
    /// several. `None` for no limit.
    pub width: Option<usize>,
}

impl TableStyle {
    /// Everything, without a limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `is_summary`.
    #[must_use]
    pub fn with_summary(self, is_summary: bool) -> Self {
        Self { is_summary, ..self }
    }

    /// Sets `width`.
    #[must_use]
    pub fn with_width(self, width: Option<usize>) -> Self {
        Self { width, ..self }
    }
}
