//! Many runs: what they are, and who does which.
//!
//! | File | Holds |
//! | --- | --- |
//! | `plan.rs` | a sweep file to the list of its runs |
//! | `draw.rs` | values drawn at random |
//! | `claim.rs` | which process does a run |
//! | `shard.rs` | which part of the list a job does |
//! | `workers.rs` | processes that do it together |

mod claim;
mod draw;
mod plan;
mod shard;
mod workers;

pub use claim::Claim;
pub use draw::Draw;
pub use plan::{Cell, SweepError, SweepFile};
pub use shard::Shard;
pub use workers::{WorkerEnd, work};
