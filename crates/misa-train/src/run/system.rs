//! The program, versions and machine of a run.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use std::{env, fs};

/// Version of Burn this crate is built with.
const BURN: &str = "0.22.1";

/// Program, versions and machine of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Version of this crate.
    pub misa: String,
    /// Version of Burn.
    pub burn: String,
    /// Operating system and processor architecture.
    pub platform: String,
    /// Device as Burn names it.
    pub device: String,
    /// The command line.
    pub command: Vec<String>,
}

impl System {
    /// This process, training on `device`.
    pub fn current(device: &Device) -> Self {
        Self {
            misa: env!("CARGO_PKG_VERSION").to_string(),
            burn: BURN.to_string(),
            platform: format!("{} {}", env::consts::OS, env::consts::ARCH),
            device: format!("{device:?}"),
            command: command(),
        }
    }
}

/// The command line of this process, as text.
pub(crate) fn command() -> Vec<String> {
    let arguments = env::args_os();
    arguments
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect()
}

/// Largest resident memory of this process so far, in bytes; `None` on other systems than Linux.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn burn_is_the_version_that_is_locked() {
        // In the repository, or in the package.
        let folders = ["../../Cargo.lock", "Cargo.lock"];
        let mut paths = folders
            .map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
            .into_iter();
        let lock = fs::read_to_string(paths.find(|path| path.exists()).unwrap()).unwrap();
        let entry = format!("name = \"burn\"\nversion = \"{BURN}\"");
        assert!(lock.replace("\r\n", "\n").contains(&entry));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn peak_memory_is_known_and_plausible() {
        let bytes = peak_memory().unwrap();
        assert!((1 << 20..1 << 40).contains(&bytes), "{bytes}");
    }
}
