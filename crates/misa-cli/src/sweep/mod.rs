//! Many runs: what they are, and who does which.
//!
//! | File | Holds |
//! | --- | --- |
//! | `plan.rs` | a sweep file to the list of its runs |
//! | `draw.rs`, `draws.rs` | values drawn at random, and settings made of them |
//! | `error.rs` | what is no sweep |
//! | `claim.rs` | which process does a run |
//! | `shard.rs` | which part of the list a job does |
//! | `workers.rs` | processes that do it together |

mod claim;
mod draw;
mod draws;
mod error;
mod plan;
mod shard;
mod workers;

pub use claim::Claim;
pub use draw::Draw;
pub use draws::RandomDraws;
pub use error::SweepError;
pub use plan::{Cell, SweepFile};
pub use shard::Shard;
pub use workers::{WorkerEnd, stop_when_alone, work};
