//! What the examples and the benches share: the choice of a device.

mod device;

pub use device::{DeviceError, device, names};

/// Holds the README's code to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
