//! What the tests of sweep files share.

use super::{Cell, SweepError, SweepFile};
use std::fs;

pub(super) fn cells(text: &str) -> Result<Vec<Cell>, SweepError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.toml");
    fs::write(&path, text).unwrap();
    SweepFile::read(&path)?.cells(&path, "")
}
