//! One optimiser step: the learner, its gradients and its optimiser.

pub(crate) mod frames;
pub(crate) mod generation;
pub(crate) mod hidden;
pub(crate) mod learner;
pub(crate) mod masking;
pub(crate) mod optimiser;
pub(crate) mod output;
mod own_graph;
pub(crate) mod team;
pub(crate) mod trainer;
pub(crate) mod word_vectors;
