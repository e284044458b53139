//! What runs found, as text and in the terms of `misa-report`.

mod entries;
mod record;
mod scores;

pub(crate) use entries::{entries, metrics, run_folders};
pub(crate) use record::record;
pub(crate) use scores::scores_table;
