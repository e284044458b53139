//! What a run is asked to do: settings, published ones, and what they ask of data.

pub(crate) mod bert;
pub(crate) mod clip;
pub(crate) mod config;
mod conflicts;
pub(crate) mod preset;
pub(crate) mod pretraining;
pub(crate) mod requirements;
pub(crate) mod schedule;
