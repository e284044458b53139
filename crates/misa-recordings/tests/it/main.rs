//! What the crate promises to its users.

mod track_errors;
mod track_hostile;
mod track_properties;
mod track_tables;
