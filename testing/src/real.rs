//! Real data sets, which are not part of the repository.

use std::{
    env, fs,
    panic::Location,
    path::{Path, PathBuf},
    thread,
};

/// The file or folder `name` of the real data; notes the test as skipped where there is none.
///
/// A note is a file in `skipped-tests` of the target folder; `scripts/check` lists them at its end.
#[track_caller]
pub fn real_data(name: &str) -> Option<PathBuf> {
    let beside = || crate::repository().join("../shared/data");
    let path = crate::named("MISA_DATA_DIR")
        .unwrap_or_else(beside)
        .join(name);
    if path.exists() {
        return Some(path);
    }
    let test = test_name(Location::caller());
    println!("skipped: {test}: no real data in {}", path.display());
    note(&test, name);
    None
}

/// Package and name of the running test; where it has none, the line that asks.
fn test_name(caller: &Location<'_>) -> String {
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let line = format!("{}:{}", caller.file(), caller.line());
    let thread = thread::current();
    let test = thread.name().filter(|name| *name != "main");
    format!("{package} {}", test.unwrap_or(&line))
}

/// A note that cannot be written is no fault of the test.
fn note(test: &str, data: &str) {
    let Some(folder) = notes() else {
        return;
    };
    let file = test.replace(|c: char| !c.is_alphanumeric() && c != '_', "-");
    let _ = fs::create_dir_all(&folder);
    let _ = fs::write(folder.join(file), format!("{test} (needs {data})\n"));
}

/// Test programs are in `PROFILE/deps` of the target folder.
fn notes() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let target = program.ancestors().nth(3).map(Path::to_path_buf)?;
    Some(target.join("skipped-tests"))
}
