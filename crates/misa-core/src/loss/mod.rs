//! The terms of the training objective and their weighted sum.
//!
//! MISA's own are [`CmdLoss`], [`DifferenceLoss`] and errors of prediction and reconstruction; the
//! others are remedies for what it lacks, all off by default.

mod cmd;
mod contrast;
mod coral;
mod cosine;
mod difference;
mod hsic;
mod kernel;
mod mmd;
mod objective;
mod prototype;
mod regression;
mod terms;
mod triplet;
mod unimodal;
mod unit;
mod views;
mod weighting;

pub use cmd::{CmdLoss, CmdLossConfig};
pub use contrast::{ContrastLoss, ContrastLossConfig};
pub use coral::CoralLoss;
pub use cosine::CosineLoss;
pub use difference::DifferenceLoss;
pub use hsic::HsicLoss;
pub use mmd::MmdLoss;
pub use objective::{Difference, MisaLoss, MisaLossConfig, Similarity};
pub use prototype::{PrototypeLoss, PrototypeLossConfig};
pub use regression::Regression;
pub use terms::{MisaLossTerms, PerTerm, Term};
pub use triplet::{TripletLoss, TripletLossConfig};
pub use unimodal::UnimodalLossConfig;
pub use weighting::{UncertaintyWeights, Weighting};

#[cfg(test)]
pub(crate) mod vectors;
