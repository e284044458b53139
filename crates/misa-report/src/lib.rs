//! What a run of MISA found, as figures and one page to read.
//!
//! The crate knows no tensor and no model. Plain numbers go in as a [`RunRecord`]; [`page()`]
//! checks and draws them; a [`Page`] gives one self-contained HTML file, and each [`Figure`] an
//! SVG, a PNG and the CSV of its numbers. Nothing is read from or written to disk.
//!
//! ```text
//! RunRecord -> page() -> Page -> html()
//!                         |---> figures()          svg(), png(), data
//!                         |---> probes()           which modality is this vector from?
//!                         '---> shared_distance()  how far apart are the shared vectors?
//! ```
//!
//! ```
//! use misa_report::{Curve, RunRecord, page};
//!
//! let record = RunRecord {
//!     title: "MOSI, seed 1".to_owned(),
//!     curves: vec![Curve {
//!         panel: "task loss".to_owned(),
//!         name: "train".to_owned(),
//!         values: vec![Some(1.9), Some(1.2), Some(1.1)],
//!         ..Curve::default()
//!     }],
//!     best_epoch: Some(3),
//!     ..RunRecord::default()
//! };
//! let page = page(&record)?;
//! assert!(page.html().starts_with("<!doctype html>"));
//! assert_eq!(page.figures()[0].name, "curve-task-loss");
//! # Ok::<(), misa_report::RecordError>(())
//! ```

mod chart;
mod check;
pub mod compare;
mod discrepancy;
mod draw;
mod error;
mod figure;
mod page;
mod probe;
mod projection;
mod record;
mod softmax;
mod statistic;
mod table;
mod vectors;

pub use chart::degradation::{DegradationCurve, degradation};
pub use discrepancy::SharedDistance;
pub use error::{PngError, RecordError};
pub use figure::Figure;
pub use page::{Page, page};
pub use probe::Probe;
pub use record::{Attention, Curve, Predictions, Representations, RunRecord, Section, SplitScores};

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
