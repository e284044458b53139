//! Further terms of the objective, and other kinds of MISA's own.

mod contrast;
mod coral;
mod cosine;
mod hsic;
mod kernel;
mod mmd;
mod prototype;
mod regression;
mod triplet;
mod unimodal;
mod unit;
mod weighting;

pub use contrast::{ContrastLoss, ContrastLossConfig};
pub use coral::CoralLoss;
pub use cosine::CosineLoss;
pub use hsic::HsicLoss;
pub use mmd::MmdLoss;
pub use prototype::{PrototypeLoss, PrototypeLossConfig};
pub use regression::Regression;
pub use triplet::{TripletLoss, TripletLossConfig};
pub use unimodal::UnimodalLossConfig;
pub use weighting::{UncertaintyWeights, Weighting};
