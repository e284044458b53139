//! The device that a program computes on, by its name.

use burn::tensor::Device;
#[cfg(any(feature = "wgpu", feature = "vulkan", feature = "metal"))]
use burn::tensor::DeviceKind;
#[cfg(any(
    feature = "wgpu",
    feature = "vulkan",
    feature = "metal",
    feature = "cuda"
))]
use burn::tensor::DeviceType;
use thiserror::Error;

/// Every device by its name, which is also that of its feature, and whether it is compiled in.
const DEVICES: [(&str, bool); 6] = [
    ("flex", cfg!(feature = "flex")),
    ("ndarray", cfg!(feature = "ndarray")),
    ("wgpu", cfg!(feature = "wgpu")),
    ("vulkan", cfg!(feature = "vulkan")),
    ("metal", cfg!(feature = "metal")),
    ("cuda", cfg!(feature = "cuda")),
];

/// What the name of a device of another process begins with; its address follows.
pub(crate) const REMOTE: &str = "remote:";

/// The device that works everywhere.
const DEFAULT: &str = "flex";

/// A device that cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceError {
    /// No device has this name.
    #[error(
        "unknown device `{name}`, expected flex, ndarray, wgpu, vulkan, metal, cuda, cuda:NUMBER or \
         remote:ws://HOST:PORT"
    )]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The program was built without it.
    #[error("device {name} is not compiled in, build with --features {name}")]
    NotCompiledIn {
        /// The device, and the feature to build with.
        name: &'static str,
    },
    /// The driver is missing or lists no device.
    #[error("device {name}: no {missing} found on this machine")]
    Absent {
        /// The name asked for.
        name: String,
        /// What the device needs.
        missing: &'static str,
    },
    /// There are fewer devices of this kind.
    #[error("device {name}: expected a number below {found}, the devices found")]
    Number {
        /// The name asked for.
        name: String,
        /// Devices of this kind.
        found: usize,
    },
    /// The address of a device of another process is none.
    #[error("device {name}: expected an address such as remote:ws://127.0.0.1:3000")]
    Address {
        /// The name asked for.
        name: String,
    },
    /// No process lends a device at its address.
    #[error("device {name}: nobody lends a device there ({reason}): start `misa lend`")]
    Unreachable {
        /// The name asked for.
        name: String,
        /// What was found instead.
        reason: String,
    },
    /// The process that lent a device is gone.
    #[error(
        "device {name}: the process that lent it is gone; a run has kept its last state: --resume \
         continues it, with this or another --device"
    )]
    Lost {
        /// Its name.
        name: String,
    },
    /// A device of this machine is needed.
    #[error("device {name}: is lent by another process, expected a device of this machine")]
    Lent {
        /// The name asked for.
        name: String,
    },
    /// This device cannot train one model together with others.
    #[error(
        "device {name}: cannot train one model together with others, expected different GPUs of \
         this machine"
    )]
    Together {
        /// The name in the list.
        name: String,
    },
    /// A list names a device twice.
    #[error("device {name}: named twice")]
    Twice {
        /// The name.
        name: String,
    },
}

/// The device of this machine called `name`: `flex`, `ndarray`, `wgpu`, `vulkan`, `metal`, `cuda` or
/// `cuda:1`.
///
/// Checks that it exists before anything runs on it: Burn would panic later, in another thread.
///
/// # Errors
///
/// [`DeviceError`] if no device has this name, or it is not compiled in, or not on this machine.
pub fn local_device(name: &str) -> Result<Device, DeviceError> {
    if name.starts_with(REMOTE) {
        return Err(DeviceError::Lent {
            name: name.to_owned(),
        });
    }
    let (kind, number) = parse(name)?;
    if !names().contains(&kind) {
        return Err(DeviceError::NotCompiledIn { name: kind });
    }
    open(kind, number, name)
}

/// The devices of a list such as `cuda:0,cuda:1`, or the one device that is named.
///
/// Several devices train one model by reading the batches of one optimiser step side by side.
///
/// - Differs: of Burn's ways to use several devices, the one with the optimiser on the first.
///   Checked with two workers on a CPU; several GPUs have not been tried.
///
/// # Errors
///
/// As [`local_device`], or if the list has a device of the CPU or of another process, or one twice.
pub fn local_devices(list: &str) -> Result<Vec<Device>, DeviceError> {
    let names: Vec<&str> = list.split(',').map(str::trim).collect();
    if names.len() > 1 {
        for (place, name) in names.iter().enumerate() {
            let own = || (*name).to_owned();
            let is_remote = name.starts_with(REMOTE);
            // Threads of one CPU share its random state, so that no run could be repeated.
            if is_remote || matches!(parse(name)?.0, "flex" | "ndarray") {
                return Err(DeviceError::Together { name: own() });
            }
            if names[..place].contains(&names[place]) {
                return Err(DeviceError::Twice { name: own() });
            }
        }
    }
    names.into_iter().map(local_device).collect()
}

/// The names of the devices compiled in.
pub fn names() -> Vec<&'static str> {
    let compiled = DEVICES.into_iter().filter(|(_, is_compiled)| *is_compiled);
    compiled.map(|(name, _)| name).collect()
}

/// The device where none is named: the first one compiled in, or `flex`, which is refused with what
/// to build with where there is none.
pub fn default_device() -> &'static str {
    names().first().copied().unwrap_or(DEFAULT)
}

/// The kind of a device and its number. Only CUDA devices are numbered.
fn parse(name: &str) -> Result<(&'static str, usize), DeviceError> {
    let (kind, number) = match name.split_once(':') {
        Some(("cuda", number)) => ("cuda", number.parse().ok()),
        _ => (name, Some(0)),
    };
    let known = DEVICES.into_iter().find(|(known, _)| *known == kind);
    match (known, number) {
        (Some((kind, _)), Some(number)) => Ok((kind, number)),
        _ => Err(DeviceError::Unknown {
            name: name.to_owned(),
        }),
    }
}

// Without CUDA no device has a number, and without any GPU none can be absent.
#[allow(unused_variables)]
fn open(kind: &'static str, number: usize, name: &str) -> Result<Device, DeviceError> {
    match kind {
        #[cfg(feature = "flex")]
        "flex" => Ok(Device::flex()),
        #[cfg(feature = "ndarray")]
        "ndarray" =>
        {
            #[allow(
                deprecated,
                reason = "offered as long as Burn has it, to compare with flex"
            )]
            Ok(Device::ndarray())
        }
        #[cfg(feature = "wgpu")]
        "wgpu" => {
            found(DeviceType::Wgpu, "graphics adapter", number, name)?;
            Ok(Device::wgpu(DeviceKind::DefaultDevice))
        }
        #[cfg(feature = "vulkan")]
        "vulkan" => {
            found(DeviceType::Vulkan, "Vulkan adapter", number, name)?;
            Ok(Device::vulkan(DeviceKind::DefaultDevice))
        }
        #[cfg(feature = "metal")]
        "metal" => {
            found(DeviceType::Metal, "Metal adapter", number, name)?;
            Ok(Device::metal(DeviceKind::DefaultDevice))
        }
        #[cfg(feature = "cuda")]
        "cuda" => {
            found(DeviceType::Cuda, "working CUDA driver", number, name)?;
            Ok(Device::cuda(number))
        }
        _ => Err(DeviceError::NotCompiledIn { name: kind }),
    }
}

/// Fails unless the machine has device `number` of this kind. Listing them starts none.
#[cfg(any(
    feature = "wgpu",
    feature = "vulkan",
    feature = "metal",
    feature = "cuda"
))]
fn found(
    kind: DeviceType,
    missing: &'static str,
    number: usize,
    name: &str,
) -> Result<(), DeviceError> {
    let name = || name.to_owned();
    match Device::enumerate(kind).into_vec().len() {
        0 => Err(DeviceError::Absent {
            name: name(),
            missing,
        }),
        found if number >= found => Err(DeviceError::Number {
            name: name(),
            found,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str) -> String {
        local_device(name).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn names_are_those_of_features() {
        for (name, is_compiled) in DEVICES {
            assert_eq!(parse(name), Ok((name, 0)));
            assert_eq!(names().contains(&name), is_compiled);
        }
    }

    #[test]
    fn only_cuda_devices_are_numbered() {
        assert_eq!(parse("cuda:3"), Ok(("cuda", 3)));
        for name in ["cuda:", "cuda:x", "cuda:-1", "flex:0", "gpu", "Flex", ""] {
            assert_eq!(
                message(name),
                format!(
                    "unknown device `{name}`, expected flex, ndarray, wgpu, vulkan, metal, cuda, \
                     cuda:NUMBER or remote:ws://HOST:PORT"
                )
            );
        }
    }

    #[test]
    fn a_list_is_of_different_gpus() {
        let message = |list: &str| local_devices(list).map(drop).unwrap_err().to_string();
        assert!(message("flex,flex").starts_with("device flex: cannot train one model together"));
        assert!(message("cuda:0,ndarray").starts_with("device ndarray: cannot train"));
        let remote = "remote:ws://127.0.0.1:3000";
        let refused = format!("device {remote}: cannot train");
        assert!(message(&format!("cuda:0,{remote}")).starts_with(&refused));
        assert_eq!(message("cuda:1, cuda:1"), "device cuda:1: named twice");
        assert!(message("cuda:0,").starts_with("unknown device ``"));
    }

    #[test]
    fn a_device_left_out_names_its_feature() {
        for (name, is_compiled) in DEVICES {
            if !is_compiled {
                let expected =
                    format!("device {name} is not compiled in, build with --features {name}");
                assert_eq!(message(name), expected);
            }
        }
    }

    #[test]
    fn an_absent_device_says_what_is_missing() {
        let absent = DeviceError::Absent {
            name: "cuda:1".into(),
            missing: "working CUDA driver",
        };
        assert_eq!(
            absent.to_string(),
            "device cuda:1: no working CUDA driver found on this machine"
        );
        let beyond = DeviceError::Number {
            name: "cuda:2".into(),
            found: 2,
        };
        assert_eq!(
            beyond.to_string(),
            "device cuda:2: expected a number below 2, the devices found"
        );
    }

    /// Opens what is compiled in: a device, or one line that says what the machine lacks.
    #[test]
    fn what_is_compiled_in_opens_or_says_why_not() {
        for name in names() {
            match local_device(name) {
                Ok(_) => {}
                Err(DeviceError::Absent { .. }) => assert!(!matches!(name, "flex" | "ndarray")),
                Err(other) => panic!("{other}"),
            }
        }
    }

    /// Holds in a build without devices too, where it has to be refused rather than to panic.
    #[test]
    fn the_default_is_compiled_in_or_refused_by_name() {
        if names().is_empty() {
            assert_eq!(
                message(default_device()),
                "device flex is not compiled in, build with --features flex"
            );
        } else {
            assert_eq!(names()[0], default_device());
        }
    }

    #[test]
    fn a_lent_device_is_not_of_this_machine() {
        assert_eq!(
            message("remote:ws://127.0.0.1:3000"),
            "device remote:ws://127.0.0.1:3000: is lent by another process, expected a device of this machine"
        );
    }

    #[cfg(feature = "flex")]
    #[test]
    fn flex_is_always_available() {
        assert_eq!(local_device("flex"), Ok(Device::flex()));
    }
}
