//! The device on which is measured, and its threads.

use crate::{BenchError, DeviceError, local_device, names};
use burn::tensor::Device;
use std::num::NonZeroUsize;
use std::thread;

/// Any device that computes on the processor; other implementations know it by this name.
const CPU: &str = "cpu";
/// Devices that compute on the processor, the best one first.
const ON_CPU: [&str; 2] = ["flex", "ndarray"];

/// A device and its names.
#[derive(Clone, Debug, PartialEq)]
pub struct Compute {
    /// The device, without gradients.
    pub device: Device,
    /// Its name here, such as `flex` or `cuda:1`.
    pub name: String,
    /// What computes, in the words of every implementation: `cpu`, or the name of another device.
    pub kind: String,
}

impl Compute {
    /// The device called `name`. The best one on the processor is also called `cpu`.
    ///
    /// # Errors
    ///
    /// [`DeviceError`] if there is no such device.
    pub fn open(name: &str) -> Result<Self, DeviceError> {
        let compiled = names();
        let on_cpu = ON_CPU.into_iter().find(|name| compiled.contains(name));
        let name = match name {
            CPU => on_cpu.unwrap_or(ON_CPU[0]),
            other => other,
        };
        let kind = if ON_CPU.contains(&name) { CPU } else { name };
        Ok(Self {
            device: local_device(name)?,
            name: name.to_owned(),
            kind: kind.to_owned(),
        })
    }
}

/// Processors that this process may use.
pub fn available_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Sets the number of threads that Burn's devices on the processor compute with.
///
/// # Errors
///
/// [`BenchError::Threads`] if something has been computed already: the number is then fixed.
pub fn use_threads(count: usize) -> Result<(), BenchError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count);
    pool.build_global().map_err(BenchError::Threads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "flex")]
    #[test]
    fn the_processor_has_a_name_of_its_own() {
        for name in ["cpu", "flex"] {
            let compute = Compute::open(name).unwrap();
            assert_eq!(compute.device, local_device("flex").unwrap());
            assert_eq!((compute.name, compute.kind), ("flex".into(), "cpu".into()));
        }
    }

    #[test]
    fn an_unknown_device_is_named() {
        let error = Compute::open("gpu").unwrap_err().to_string();
        assert!(error.starts_with("unknown device `gpu`"), "{error}");
    }
}
