//! How many seeds show a difference, and which difference so many seeds show.
//!
//! | File | Holds |
//! | --- | --- |
//! | `noncentral.rs` | Student's t when the true difference is not zero |
//! | `demand.rs` | what is asked of a test: its power and its level |
//! | `design.rs` | tests, their power, the seeds that they need, the difference that they show |
//! | `deviation.rs` | a deviation between seeds, and how well a few of them tell it |
//! | `published.rs` | published deviations, for plans without runs |
//! | `plan.rs` | all of it for one deviation |
//!
//! ```
//! use misa_report::power::{Demand, Design};
//!
//! // Two systems half a deviation apart: 64 seeds of each, as in Cohen's tables.
//! let test = Design::Unpaired { deviation: 1.0 };
//! assert_eq!(test.seeds(0.5, Demand::default()), Some(64));
//! ```

mod demand;
mod design;
mod deviation;
mod noncentral;
mod plan;
mod published;

pub use demand::{Demand, PowerError};
pub use design::{Design, MOST_SEEDS};
pub use deviation::Deviation;
pub use plan::{Plan, PlannedSize, PlannedTest, TestKind};
pub use published::{PublishedDeviation, published_deviations};
