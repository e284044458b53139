//! Equality with values produced by running the official PyTorch code.
//!
//! The folder is `datasets/golden`, or the one `MISA_GOLDEN_DIR` names; its README tells how the
//! values were made. Cases are found by looking, so that a new case needs no new code, and a case
//! that these tests cannot run is a failure.

#![allow(clippy::unwrap_used)]

mod folder;
mod models;
mod parts;
mod recipe;
mod tensors;
