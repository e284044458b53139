//! Tests on made-up and on published weights, in one program.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod errors;
mod graph;
mod hostile;
mod made_up;
mod network;
mod plain;
mod published;
mod segments;
mod sounds;
