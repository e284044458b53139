//! Further terms of the objective, and other kinds of MISA's own.

mod contrast;
mod coral;
mod cosine;
mod divergence;
mod generated;
mod hsic;
mod kernel;
mod mmd;
mod prototype;
mod regression;
mod scaled_cmd;
mod triplet;
mod unimodal;
mod unit;
mod weighting;

pub use contrast::{ContrastLoss, ContrastLossConfig};
pub use coral::CoralLoss;
pub use cosine::CosineLoss;
pub use divergence::DivergenceLoss;
pub use generated::{Centres, FeatureRows, Generated, GeneratedLabels, HiddenBatch, LabelCentres};
pub use hsic::HsicLoss;
pub use mmd::MmdLoss;
pub use prototype::{PrototypeLoss, PrototypeLossConfig};
pub use regression::Regression;
pub use scaled_cmd::ScaledCmdLoss;
pub use triplet::{TripletLoss, TripletLossConfig};
pub use unimodal::{UnimodalLabels, UnimodalLossConfig};
pub use weighting::{UncertaintyWeights, Weighting};
