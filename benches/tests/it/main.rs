//! Agreement between devices.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod backends;
