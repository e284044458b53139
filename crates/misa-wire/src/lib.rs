//! Clips as they travel: requests for predictions in JSON and in safetensors, read from anybody.
//!
//! Every limit is checked before memory is allocated, unknown and repeated keys are refused, and every fault
//! says where it is, what was expected and what was found. Nothing is dropped or replaced. The crate depends
//! on no tensor library.
//!
//! | File | Holds |
//! |---|---|
//! | `request.rs` | a request, its reading and writing |
//! | `limits.rs`, `tally.rs` | limits on a request, and what of them is used |
//! | `error.rs` | what can be wrong |
//! | `draft.rs` | a clip of which not all parts have been read yet |
//! | `text.rs`, `values.rs` | the rules for texts and numbers, whatever they are sent in |
//! | `json/` | clips in JSON |
//! | `safetensors/` | clips in safetensors |

mod draft;
mod error;
mod json;
mod limits;
mod request;
mod safetensors;
mod tally;
mod text;
mod values;

pub use error::{WireError, WireErrorKind};
pub use limits::Limits;
pub use request::{Request, clip_from_json_line};
pub use safetensors::HEADER_BYTES;

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
