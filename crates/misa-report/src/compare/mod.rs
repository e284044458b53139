//! Comparing many runs.
//!
//! | File | Holds |
//! | --- | --- |
//! | `entry.rs` | one scored run |
//! | `interval.rs` | what intervals of 95 % have in common |
//! | `statistic.rs` | mean, spread and interval of a few seeds |
//! | `bootstrap.rs` | scores on utterances that are drawn with replacement |
//! | `utterances.rs` | how far a score of one run would move with other utterances |
//! | `combined.rs`, `holm.rs` | whether two models differ, by seeds and utterances, and in many tests |
//! | `comparison.rs` | runs, grouped, summarised and compared |
//! | `error.rs` | why runs cannot be compared |
//! | `difference.rs` | the differences between pairs of models |
//! | `needs.rs` | how many seeds a difference needs, and which difference the seeds show |
//! | `published.rs`, `beside.rs` | figures of papers with their sources, and differences to them |
//! | `note.rs` | notes for the reader |
//! | `style.rs`, `grid.rs`, `fit.rs` | which tables there are, and how wide |
//! | `markdown.rs`, `latex.rs`, `rows.rs`, `json.rs` | the result in each format |

mod beside;
mod bootstrap;
mod combined;
mod comparison;
mod difference;
mod entry;
mod error;
mod fit;
mod grid;
mod holm;
mod interval;
mod json;
mod latex;
mod markdown;
mod needs;
mod note;
mod published;
mod rows;
mod statistic;
mod style;
mod utterances;

pub use beside::{Against, PublishedDifference};
pub use combined::{CombinedT, FEWEST_SEEDS, FEWEST_UTTERANCES};
pub use comparison::{CompareOptions, Comparison, Group, RunRow};
pub use difference::Difference;
pub use entry::{Entry, Metric, Prediction};
pub use error::CompareError;
pub use holm::holm;
pub use misa_terms::score_key;
pub use needs::Needs;
pub use published::{PublishedRow, SOURCES, Status, published};
pub use statistic::Summary;
pub use style::TableStyle;
pub use utterances::utterance_intervals;
