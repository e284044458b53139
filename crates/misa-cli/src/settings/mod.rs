//! Settings in layers: defaults, files, the command line.
//!
//! | File | Holds |
//! | --- | --- |
//! | `layers.rs` | layers put on one another |
//! | `text.rs` | TOML to values that know their line |
//! | `resolved.rs` | the result, and where each value came from |
//! | `error.rs`, `advice.rs` | what can be wrong, and what was probably meant |
//! | `run.rs` | everything that a run is told |

mod advice;
mod error;
mod layers;
mod resolved;
mod run;
mod text;

pub use error::SettingsError;
pub(crate) use error::text_of;
pub use layers::Layers;
pub use resolved::Resolved;
pub use run::{DataSettings, RunSettings};
