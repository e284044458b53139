//! What lies beyond MISA: off by default, and re-exported beside the parts that it extends.

mod absent;
mod completion;
mod context;
pub(crate) mod fusion;
pub(crate) mod loss;
mod mutual_attention;
mod presence;
mod step_heads;
mod unimodal_heads;
mod videos;

pub use absent::AbsentSteps;
pub use completion::{Completion, CompletionConfig};
pub use context::{Context, ContextConfig};
pub use mutual_attention::{CrossModal, Directions, MutualAttention, MutualAttentionConfig};
pub use presence::Presence;
pub use step_heads::StepHeads;
pub(crate) use step_heads::hidden_step_error;
pub use unimodal_heads::UnimodalHeads;
pub use videos::Videos;
