//! The public interface: journals of Optuna, damaged ones, and those that several write.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod actions;
mod damage;
mod events;
mod optuna;
mod round_trips;
#[path = "../../examples/show_journal/state.rs"]
mod state;
mod writers;
