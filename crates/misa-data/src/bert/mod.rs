//! What BERT needs of the file system.
//!
//! | File | Holds |
//! |---|---|
//! | `pretrained.rs` | a folder of pre-trained weights |
//! | `names.rs` | the names that tensors of BERT go by |

mod names;
mod pretrained;

pub use pretrained::{BertWeights, PretrainedBert, read_state_dict};
