//! The model behind the page, natively: the same code that a browser runs.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod answers;
mod faults;
mod models;
