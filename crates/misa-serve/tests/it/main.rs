//! A server, as its clients see it.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod batches;
mod common;
mod contract;
mod description;
mod drain;
mod limits;
mod reload;
mod secrets;
mod sounds;
