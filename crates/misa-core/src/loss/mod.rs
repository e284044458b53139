//! The terms of the training objective and their weighted sum.

mod cmd;
mod difference;
mod objective;

pub use cmd::{CmdLoss, CmdLossConfig};
pub use difference::DifferenceLoss;
pub use objective::{MisaLoss, MisaLossConfig, MisaLossTerms, Similarity};

#[cfg(test)]
mod vectors;
