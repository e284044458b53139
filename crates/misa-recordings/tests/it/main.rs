//! Tests of whole files and of their faults, in one program.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod alignment;
mod alignment_properties;
mod array_errors;
mod array_hostile;
mod array_tracks;
mod assembling;
mod kit;
mod merbench;
mod recipe_errors;
mod recipes;
mod recording_names;
#[cfg(feature = "sound")]
mod sounds;
mod table_errors;
mod tables;
mod track_errors;
mod track_hostile;
mod track_properties;
mod track_tables;
mod tracks;
mod word_errors;
mod word_files;
mod word_formats;
mod words_hostile;
mod words_kit;
mod words_properties;
