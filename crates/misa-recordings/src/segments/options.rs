//! What is told about a table that it does not say.

use crate::Limits;
use misa_terms::Split;

/// What is told about a table of segments that it does not say.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SegmentsOptions {
    /// Limits on the file.
    pub limits: Limits,
    /// The column of the label. `None`: `label`; `Sentiment` for MELD; the emotion for IEMOCAP, which also
    /// has `valence`, `activation` and `dominance`; `val` for MERBench's `label.npz`, which also has `emo`.
    pub label_column: Option<String>,
    /// The column of the text. `None`: `text`. MERBench has `chinese` and `english`.
    pub text_column: Option<String>,
    /// Names of the classes in order, if labels are names. Empty: labels are numbers, except in MELD and
    /// IEMOCAP, whose classes are known.
    pub classes: Vec<String>,
    /// The split of all rows of a table without a column of splits, such as MELD's.
    pub split: Option<Split>,
    /// Whether every segment is a recording of its own: times of the table, which count from the start of an
    /// uncut recording, are left out.
    pub is_cut: bool,
}
