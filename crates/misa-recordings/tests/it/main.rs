//! What the crate promises to its users.

mod alignment;
mod alignment_properties;
