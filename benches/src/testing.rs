//! What the tests of several parts need.

use crate::Compute;
use burn::tensor::Device;

/// The best device on the processor.
pub(crate) fn cpu() -> Device {
    Compute::open("cpu").unwrap().device
}
