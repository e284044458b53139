//! Agreement between devices.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod backends;
