//! Devices by their names, those of other processes as well.

#[cfg(feature = "remote")]
mod client;

use crate::device::{DeviceError, REMOTE, local_device, local_devices};
use burn::tensor::Device;

#[cfg(feature = "remote")]
pub(crate) use client::guarded;

/// The device called `name`: of this machine, such as `flex` or `cuda:1`, or one that another process
/// lends, such as `remote:ws://127.0.0.1:3000`.
///
/// # Errors
///
/// [`DeviceError`] if no device has this name, or it is not compiled in, or not on this machine, or
/// nobody lends it.
pub fn device(name: &str) -> Result<Device, DeviceError> {
    match name.strip_prefix(REMOTE) {
        Some(address) => open(address),
        None => local_device(name),
    }
}

/// The devices of a list such as `cuda:0,cuda:1`, or the one device that is named.
///
/// Several devices train one model by reading the batches of one optimiser step side by side.
///
/// # Errors
///
/// As [`device`], or if the list has a device of the CPU or of another process, or one twice.
pub fn devices(list: &str) -> Result<Vec<Device>, DeviceError> {
    let only = list.trim();
    if only.starts_with(REMOTE) && !only.contains(',') {
        return Ok(vec![device(only)?]);
    }
    local_devices(list)
}

#[cfg(feature = "remote")]
fn open(address: &str) -> Result<Device, DeviceError> {
    client::open(address)
}

#[cfg(not(feature = "remote"))]
fn open(_: &str) -> Result<Device, DeviceError> {
    Err(DeviceError::NotCompiledIn { name: "remote" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(list: &str) -> String {
        devices(list).map(drop).unwrap_err().to_string()
    }

    #[cfg(not(feature = "remote"))]
    #[test]
    fn a_lent_device_names_the_feature_of_its_own() {
        assert_eq!(
            message("remote:ws://127.0.0.1:3000"),
            "device remote is not compiled in, build with --features remote"
        );
    }

    #[test]
    fn a_lent_device_works_alone() {
        let expected = "device remote:ws://127.0.0.1:3000: cannot train one model together";
        assert!(message("remote:ws://127.0.0.1:3000,cuda").starts_with(expected));
    }
}
