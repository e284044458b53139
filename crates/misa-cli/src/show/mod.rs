//! The results of runs, as text and in the types of `misa-report`.

mod contexts;
mod curves;
mod date;
mod entries;
mod error;
mod facts;
mod flat;
mod names;
mod record;
mod scores;
mod seeds;

pub(crate) use entries::{Entries, Reported, entries, metrics, metrics_named};
pub(crate) use error::{RunsError, recorded_scale, same_scale, same_task};
pub(crate) use names::names_of;
pub(crate) use record::{Finished, recorded};
pub(crate) use scores::scores_table;
pub(crate) use seeds::{mean_text, seed_text, seeds_text};
