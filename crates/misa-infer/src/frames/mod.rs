//! Missing frames: which steps of an utterance a model does not get.
//!
//! A frame is a step of any modality: a row of features, a word, or a token of BERT.

mod apply;
mod mask;
mod twister;

pub use mask::{FrameDraws, FrameError, FrameMask, MissingFrames};
#[doc(hidden)]
pub use twister::Twister;
