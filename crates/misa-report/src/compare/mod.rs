//! Many runs side by side.
//!
//! | File | Holds |
//! | --- | --- |
//! | `entry.rs` | one scored run |
//! | `statistic.rs` | mean, spread and interval of a few seeds |
//! | `bootstrap.rs` | whether two models differ, asked by drawing utterances again |
//! | `comparison.rs` | runs grouped, summed up and compared |
//! | `difference.rs` | the differences of every pair of models |
//! | `published.rs`, `beside.rs` | figures of papers with their sources, and differences to them |
//! | `note.rs` | what a reader has to know |
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
