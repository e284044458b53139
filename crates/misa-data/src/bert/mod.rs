//! What BERT needs of the file system.
//!
//! | File | Holds |
//! |---|---|
//! | `pretrained.rs` | a folder of pre-trained weights |
//! | `shards.rs` | weights in several files |
//! | `tensors.rs` | one file of named tensors |
//! | `names.rs` | the names that tensors of BERT go by |

mod names;
mod pretrained;
mod shards;
mod tensors;

pub use pretrained::{BertWeights, PretrainedBert};
pub use tensors::read_state_dict;
