//! The crate from outside: formats, damage, messages.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod csd;
mod doctor;
mod formats;
mod hostile;
mod messages;
mod properties;
mod real;
mod support;
