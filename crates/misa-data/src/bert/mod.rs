//! What BERT needs of the file system, and how words become its tokens.
//!
//! | File | Holds |
//! |---|---|
//! | `pretrained.rs` | a folder of pre-trained weights |
//! | `names.rs` | the names that tensors of BERT go by |
//! | `tokeniser.rs` | words to token ids |
//! | `truncation.rs` | how long a sentence may be |
//! | `text.rs` | the sentences of a batch |

mod names;
mod pretrained;
mod text;
mod tokeniser;
mod truncation;

pub use pretrained::{BertWeights, PretrainedBert, read_state_dict};
pub use text::BertText;
pub use tokeniser::Tokeniser;
pub use truncation::{Truncation, UnknownTruncation};
