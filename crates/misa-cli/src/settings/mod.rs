//! Settings in layers: defaults, files, the command line.
//!
//! | File | Holds |
//! | --- | --- |
//! | `layers.rs` | layers, each on top of the one before |
//! | `tree.rs` | settings as a tree of tables, and keys in it |
//! | `text.rs` | TOML to values with the lines they are on |
//! | `resolved.rs` | the result, and where each value comes from |
//! | `assignment.rs` | a value that a layer gave to a key |
//! | `value.rs`, `expected.rs` | whether a value is one that its setting may have, and which ones are |
//! | `error.rs`, `advice.rs` | what can be wrong, and what was probably meant |
//! | `reference.rs`, `page.rs` | every setting with its meaning, and the page of all of them |
//! | `run.rs`, `preset.rs` | the settings of a run, and those of each preset |

mod advice;
mod assignment;
mod error;
mod expected;
mod layers;
mod page;
mod preset;
mod reference;
mod resolved;
mod run;
mod text;
mod tree;
mod value;

pub(crate) use advice::{settings_meant, settings_named};
pub(crate) use assignment::Assignment;
pub use error::SettingsError;
pub(crate) use error::text_of;
pub use layers::Layers;
pub(crate) use layers::ON;
pub(crate) use page::page;
pub(crate) use preset::preset_layers;
pub(crate) use reference::{SettingReference, reference};
pub use resolved::Resolved;
pub(crate) use run::with_files;
pub use run::{DataSettings, RunSettings};
pub(crate) use text::read_value;
pub(crate) use value::typed;
