//! The files of the kit: one clip in the format of each tool.

use std::path::{Path, PathBuf};

/// The path of a file of the kit; of its folder, if the name is empty.
pub fn kit(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/kit")
        .join(name)
}
