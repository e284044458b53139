//! What the crate promises to its users.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod array_errors;
mod array_hostile;
mod array_tracks;
