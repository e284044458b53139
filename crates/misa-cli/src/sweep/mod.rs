//! The runs of a sweep, and which process does which of them.
//!
//! | File | Holds |
//! | --- | --- |
//! | `file.rs` | a sweep file, as it is written |
//! | `cell.rs` | one run of a sweep |
//! | `plan.rs` | a sweep file to the list of its runs |
//! | `draw.rs`, `draws.rs` | values drawn at random, and settings made of them |
//! | `halving.rs` | which runs stop early because others are better |
//! | `error.rs` | errors in sweep files |
//! | `shard.rs` | which part of the list a job does |
//! | `space.rs` | what each setting may be, for Optuna |
//! | `workers.rs` | processes that share the work |

mod cell;
mod draw;
mod draws;
mod error;
mod file;
mod halving;
mod plan;
mod shard;
mod space;
#[cfg(test)]
mod testing;
mod workers;

pub use cell::Cell;
pub use draw::Draw;
pub use draws::RandomDraws;
pub use error::SweepError;
pub use file::SweepFile;
pub use halving::Halving;
pub use shard::Shard;
pub use space::Space;
pub use workers::{WorkerEnd, stop_when_alone, work};
