//! How words become the tokens that BERT reads.
//!
//! | File | Holds |
//! |---|---|
//! | `tokeniser.rs` | words to token ids; `no_tokeniser.rs` without the feature `bert` |
//! | `truncation.rs` | how long a sentence may be |
//! | `text.rs` | the sentences of a batch |

#[cfg_attr(not(feature = "bert"), path = "no_tokeniser.rs")]
mod tokeniser;

mod text;
mod truncation;

pub use text::BertText;
pub use tokeniser::Tokeniser;
pub use truncation::{Truncation, UnknownTruncation};
