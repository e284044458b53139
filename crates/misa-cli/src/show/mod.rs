//! The results of runs, as text and in the types of `misa-report`.

mod curves;
mod entries;
mod error;
mod facts;
mod flat;
mod names;
mod record;
mod scores;

pub(crate) use entries::{Entries, entries, metrics, run_folders};
pub(crate) use error::same_task;
pub(crate) use record::Finished;
pub(crate) use scores::scores_table;
