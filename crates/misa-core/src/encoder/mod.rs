//! From the steps of one modality to one vector per utterance.

pub mod bert;
mod cell;
mod orthogonal;
mod packed;
mod recurrent;
mod sequence;
mod text;

pub use misa_kernels::CellKind;
pub(crate) use orthogonal::to_be_replaced;
pub use packed::PackedSequence;
pub(crate) use packed::int_tensor;
pub use recurrent::{Recurrent, RecurrentConfig, RecurrentOutput};
pub use sequence::{EncoderOutput, SequenceEncoder, SequenceEncoderConfig};
pub use text::{TextEncoder, TextEncoderConfig, WordEncoder};
