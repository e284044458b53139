//! What the examples and the benches share: the choice of a device.

mod device;

pub use device::{DeviceError, device, names};
