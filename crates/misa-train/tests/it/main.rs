//! The crate from outside: runs, from the first step to the report.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod bert;
mod beyond;
mod learns;
mod runs;
mod support;
mod trainer;
