//! Which variable of a file holds the features.

use crate::error::quoted;
use crate::{Fault, FaultKind, Place};

/// The variable, or field of a struct, that COVAREP and its users call so.
pub(super) const FEATURES: &str = "features";

/// The names of its columns.
pub(super) const NAMES: &str = "names";

/// Names that a message lists.
const LISTED: usize = 8;

/// A matrix of numbers in a file.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub name: String,
    pub rows: u64,
    pub columns: u64,
}

/// The only matrix of a file that has none called [`FEATURES`]. Empty ones do not count, nor do single
/// numbers if there is something larger.
///
/// # Errors
///
/// [`FaultKind::Empty`] without, and [`FaultKind::Unclear`] with several.
pub(super) fn only(candidates: Vec<Candidate>) -> Result<Candidate, Fault> {
    let values = |matrix: &Candidate| matrix.rows.saturating_mul(matrix.columns);
    let has_matrix = candidates.iter().any(|matrix| values(matrix) > 1);
    let least = if has_matrix { 2 } else { 1 };
    let mut candidates = candidates;
    candidates.retain(|matrix| values(matrix) >= least);
    if candidates.len() > 1 {
        return Err(several(
            candidates.iter().map(|matrix| matrix.name.as_str()),
        ));
    }
    candidates.pop().ok_or_else(|| {
        let expected = "a matrix called \"features\", or another one";
        Fault::new(FaultKind::Empty, Place::File, expected, "none with numbers")
    })
}

/// The fault of several matrices that the features may be in.
pub(super) fn several<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Fault {
    let more = names.len().saturating_sub(LISTED);
    let names: Vec<String> = names.take(LISTED).map(quoted).collect();
    let mut found = names.join(", ");
    if more > 0 {
        found = format!("{found} and {more} more");
    }
    let expected = "one matrix, or one called \"features\"";
    Fault::new(FaultKind::Unclear, Place::File, expected, found)
        .advised("save the features alone, or call them features")
}
