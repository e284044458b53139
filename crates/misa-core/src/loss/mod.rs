//! The terms of the training objective and their weighted sum.
//!
//! Those of MISA are [`CmdLoss`], [`DifferenceLoss`] and errors of prediction and reconstruction; the
//! others go beyond it and are all off by default.

mod cmd;
mod difference;
mod objective;
mod terms;

pub use crate::beyond::loss::{
    Centres, ContrastLoss, ContrastLossConfig, CoralLoss, CosineLoss, DivergenceLoss, FeatureRows,
    Generated, GeneratedLabels, HiddenBatch, HsicLoss, LabelCentres, MmdLoss, PrototypeLoss,
    PrototypeLossConfig, Regression, ScaledCmdLoss, TripletLoss, TripletLossConfig,
    UncertaintyWeights, UnimodalLabels, UnimodalLossConfig, Weighting,
};
pub use cmd::{CmdLoss, CmdLossConfig};
pub use difference::DifferenceLoss;
pub use objective::{Difference, MisaLoss, MisaLossConfig, Similarity, Targets};
pub use terms::{MisaLossTerms, PerTerm, Term};

#[cfg(test)]
pub(crate) mod vectors;
