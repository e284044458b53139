//! Many runs side by side.
//!
//! | File | Holds |
//! | --- | --- |
//! | `entry.rs` | one scored run |
//! | `statistic.rs` | mean, spread and interval of a few seeds |
//! | `bootstrap.rs` | whether two models differ, asked by drawing utterances again |
//! | `comparison.rs` | runs grouped, summed up and compared |
//! | `published.rs` | figures of papers, with their sources |
//! | `grid.rs`, `format.rs` | the result as tables, in each format |

mod bootstrap;
mod comparison;
mod entry;
mod format;
mod grid;
mod published;
mod statistic;

pub use bootstrap::{Bootstrap, holm};
pub use comparison::{
    CompareError, CompareOptions, Comparison, Difference, Group, PublishedDifference, RunRow,
};
pub use entry::{Entry, Metric, Prediction};
pub use published::{PublishedRow, Status, published};
pub use statistic::Summary;
