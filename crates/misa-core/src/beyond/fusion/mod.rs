//! The usual baselines of fusion.

mod early;
mod late;
mod low_rank;
mod tensor;

pub use early::EarlyFusion;
pub use late::LateFusion;
pub use low_rank::LowRankFusion;
pub use tensor::TensorFusion;
