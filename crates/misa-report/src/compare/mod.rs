//! Comparing many runs.
//!
//! | File | Holds |
//! | --- | --- |
//! | `entry.rs` | one scored run |
//! | `statistic.rs` | mean, spread and interval of a few seeds |
//! | `bootstrap.rs` | whether two models differ, by resampling utterances |
//! | `comparison.rs` | runs, grouped, summarised and compared |
//! | `difference.rs` | the differences between pairs of models |
//! | `published.rs`, `beside.rs` | figures of papers with their sources, and differences to them |
//! | `note.rs` | notes for the reader |
//! | `grid.rs`, `format.rs`, `rows.rs` | the result as tables, in each format |

mod beside;
mod bootstrap;
mod comparison;
mod difference;
mod entry;
mod format;
mod grid;
mod note;
mod published;
mod rows;
mod statistic;

pub use beside::{Against, PublishedDifference};
pub use bootstrap::{Bootstrap, holm};
pub use comparison::{CompareError, CompareOptions, Comparison, Group, RunRow};
pub use difference::Difference;
pub use entry::{Entry, Metric, Prediction};
pub use published::{PublishedRow, SOURCES, Status, published};
pub use statistic::Summary;
