//! How recordings became a data set.
//!
//! | File | Holds |
//! | --- | --- |
//! | `record.rs` | the numbers of the page, its input |
//! | `check.rs` | whether they can be shown |
//! | `totals.rs` | their sums over all recordings |

pub(crate) mod check;
pub(crate) mod record;
pub(crate) mod totals;

/// An offset up to this is none, in seconds: words and energy rise at somewhat different moments.
///
/// - Source: the tolerance of `misa-recordings`.
pub(crate) const TOLERANCE: f64 = 0.2;
