//! Words and rows on one clock.
//!
//! | File | Holds |
//! |---|---|
//! | `timeline.rs` | which rows overlap a stretch of time |
//! | `weighted.rs` | a step's features as means weighted by overlap; nearest rows; absent steps |
//! | `sdk.rs` | a step's features as the CMU Multimodal SDK computes them |
//! | `untimed.rs` | times for words that have none |
//! | `order.rs` | words in the order of time |
//! | `pauses.rs` | the stretch of each step, and who owns the pauses |
//! | `windows.rs` | steps of equal length, without words |
//! | `statistics.rs` | one step for a whole utterance |
//! | `offset.rs` | whether words and voice belong to one cut |

mod offset;
mod order;
mod pauses;
pub mod sdk;
mod statistics;
mod timeline;
mod untimed;
mod weighted;
mod windows;

pub use offset::{Offset, beyond, offset};
pub use order::{Disorder, sort_words};
pub use pauses::{PAUSE, PauseRule, PausedStep, steps_of};
pub(crate) use statistics::statistics_of;
pub use statistics::{STATISTICS, statistics};
pub use timeline::Timeline;
pub use untimed::{UntimedRule, place_in_speech, place_untimed};
pub use weighted::{StepKind, WeightedTrack};
pub use windows::windows;
