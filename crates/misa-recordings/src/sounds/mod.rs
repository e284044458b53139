//! Features of a voice from its sound.
//!
//! | File | Holds |
//! |---|---|
//! | `files.rs` | the sounds of a folder |
//! | `features.rs` | the recipes that need nothing but sound |
//! | `hearing.rs` | where somebody speaks |
//! | `reader.rs` | a track from the sound of a recording |
//! | `table.rs` | a track as comma-separated values |
//! | `report.rs` | what is told of a sound |

mod features;
mod files;
mod hearing;
mod reader;
mod report;
mod table;

pub use features::SoundRecipe;
pub use files::{EXTENSIONS, SoundFile, sound_files, sounds_of};
pub use hearing::{HearSpeech, Hearing};
pub use reader::{SoundReader, SoundTrack};
pub use report::SoundReport;
pub use table::write_table;
