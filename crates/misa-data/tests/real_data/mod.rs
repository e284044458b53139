//! Where real data is, if it is at hand.

use std::path::{Path, PathBuf};

/// A folder of `MISA_DATA_DIR`, or of the data beside the repository; says so where there is none.
pub fn data_folder(name: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("MISA_DATA_DIR").map_or(shared, PathBuf::from);
    let folder = folder.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no real data in {}", folder.display());
    None
}
