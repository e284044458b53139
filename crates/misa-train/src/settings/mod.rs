//! The settings of a run, published settings, and what they require of the data.

pub(crate) mod bert;
pub(crate) mod clip;
pub(crate) mod config;
mod conflicts;
pub(crate) mod preset;
pub(crate) mod pretraining;
pub(crate) mod requirements;
pub(crate) mod schedule;
