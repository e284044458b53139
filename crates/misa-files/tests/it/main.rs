//! The public interface on valid, damaged and malicious files.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod array_mutations;
mod cost;
mod hdf5;
mod hdf5_hostile;
mod hdf5_real;
mod hostile;
mod kinds;
mod mat;
mod mutations;
mod npy;
mod pickles;
mod support;
mod torch;
mod torch_files;
mod torch_hostile;
mod unread;
mod zip;
#[cfg(target_os = "linux")]
mod zip_memory;
