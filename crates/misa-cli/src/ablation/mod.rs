//! What each part of MISA, and each remedy beyond it, is worth: variants trained and compared.
//!
//! | File | Holds |
//! | --- | --- |
//! | `variant.rs` | the variants and what they set |
//! | `job.rs` | one run of a variant with a seed |
//! | `table.rs` | the table that compares them |

mod job;
mod table;
mod variant;

pub use job::{Job, JobResult};
pub use table::AblationTable;
pub use variant::{VARIANTS, Variant};
