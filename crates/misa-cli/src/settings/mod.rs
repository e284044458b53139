//! Settings in layers: defaults, files, the command line.
//!
//! | File | Holds |
//! | --- | --- |
//! | `layers.rs` | layers, each on top of the one before |
//! | `tree.rs` | settings as a tree of tables, and keys in it |
//! | `text.rs` | TOML to values with the lines they are on |
//! | `resolved.rs` | the result, and where each value comes from |
//! | `error.rs`, `advice.rs` | what can be wrong, and what was probably meant |
//! | `run.rs` | the settings of a run |

mod advice;
mod error;
mod layers;
mod resolved;
mod run;
mod text;
mod tree;

pub use error::SettingsError;
pub(crate) use error::text_of;
pub use layers::Layers;
pub use resolved::Resolved;
pub use run::{DataSettings, RunSettings};
pub(crate) use text::read_value;
