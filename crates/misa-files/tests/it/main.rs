//! The crate from outside: files that are right, wrong, and made to harm.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod array_mutations;
mod cost;
mod hdf5;
mod hdf5_hostile;
mod hdf5_real;
mod hostile;
mod mutations;
mod npy;
mod pickles;
mod support;
mod torch;
mod torch_files;
mod zip;
