//! The public interface: formats, damage, messages.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod clips;
mod csd;
mod doctor;
mod formats;
mod hostile;
mod messages;
mod properties;
mod real;
mod support;
mod tables;
