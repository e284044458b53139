//! The public interface: hostile bodies, round trips.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod body;
mod hostile;
mod reading;
mod round_trips;
