//! What unit tests share.

use burn::prelude::Device;
use std::sync::Once;

/// The processor, with random numbers that are the same in every run of a test that has a process of its own.
pub fn device() -> Device {
    static SEEDED: Once = Once::new();
    let device = Device::flex();
    SEEDED.call_once(|| device.seed(1));
    device
}
