//! How words become the tokens that BERT reads.
//!
//! | File | Holds |
//! |---|---|
//! | `tokeniser.rs` | words to token ids; `no_tokeniser.rs` without the feature `bert` |
//! | `truncation.rs` | how long a sentence may be |
//! | `text.rs` | the sentences of a batch |
//! | `script.rs` | scripts without spaces between words |
//! | `casing.rs` | whether letters keep their case |
//! | `counts.rs` | what BERT reads of a text, in numbers |

#[cfg_attr(not(feature = "bert"), path = "no_tokeniser.rs")]
mod tokeniser;

mod casing;
mod counts;
mod script;
mod text;
mod truncation;

pub use casing::Casing;
pub use counts::TokenCounts;
pub use text::BertText;
pub use tokeniser::Tokeniser;
pub use truncation::{Truncation, UnknownTruncation};
