//! The results of runs, as figures, tables and one self-contained page.
//!
//! The crate depends on neither tensors nor models. [`page()`] checks and draws the plain numbers of
//! a [`RunRecord`]; the [`Page`] is one self-contained HTML file, and each [`Figure`] is available as
//! SVG, as PNG and as CSV of its numbers. [`overview`] draws several runs on one page, [`compare`]
//! puts many runs side by side, [`power`] says how many seeds show a difference, [`protocol`] what other
//! protocols would score, and [`assembly_page`] shows how recordings became a data set. Nothing is read
//! from or written to disk.
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
//!     title: "MOSI, seed 1".to_string(),
//!     curves: vec![Curve {
//!         panel: "task loss".to_string(),
//!         name: "train".to_string(),
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

mod assembly;
mod chart;
mod check;
pub mod compare;
mod discrepancy;
mod draw;
mod error;
mod figure;
mod glossary;
mod page;
pub mod power;
mod probe;
mod projection;
pub mod protocol;
mod record;
mod softmax;
mod statistic;
mod table;
mod vectors;

pub use assembly::record::{
    AssemblyRecord, OffsetNumbers, PictureRow, PictureStep, PictureTrack, PictureWord,
    RecordingRecord, StepKind, StepNumbers, UtterancePicture, WordKind, WordNumbers,
};
pub use chart::degradation::{DegradationCurve, MOST_CURVES, degradation, frame_degradation};
pub use chart::voice::{VoicePanel, voice};
pub use discrepancy::SharedDistance;
pub use error::{PngError, RecordError};
pub use figure::Figure;
pub use page::{AssemblyPage, Overview, Page, assembly_page, overview, page};
pub use probe::Probe;
pub use record::{
    Attention, Curve, Predictions, Representations, RunRecord, ScoreContext, Section, SplitScores,
};

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
