//! Projections to two dimensions.

mod affinity;
mod pca;
mod tsne;

pub(crate) use pca::{Pca, pca};
pub(crate) use tsne::tsne;
