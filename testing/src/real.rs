//! Real data sets and weights, which are not part of the repository.

use std::panic::Location;
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

/// The file or folder `name` of the real data; if it does not exist, notes the test as skipped.
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
    skip(
        Location::caller(),
        name,
        &format!("no real data in {}", path.display()),
    );
    None
}

/// The folder of MiniLM, a pre-trained BERT, that `MISA_BERT_DIR` names (see CONTRIBUTING.md); without the variable,
/// notes the test as skipped.
///
/// # Panics
///
/// Panics if the variable names a folder that does not exist.
#[track_caller]
pub fn real_bert() -> Option<PathBuf> {
    let Some(folder) = crate::named("MISA_BERT_DIR") else {
        skip(Location::caller(), "MISA_BERT_DIR", "no pre-trained BERT");
        return None;
    };
    assert!(folder.is_dir(), "no BERT in {}", folder.display());
    Some(folder)
}

fn skip(caller: &Location<'_>, needs: &str, why: &str) {
    let test = test_name(caller);
    println!("skipped: {test}: {why}");
    note(&test, needs);
}

/// Package and name of the running test, or the line of the call if the thread has no name.
fn test_name(caller: &Location<'_>) -> String {
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    let line = format!("{}:{}", caller.file(), caller.line());
    let thread = thread::current();
    let test = thread.name().filter(|name| *name != "main");
    format!("{package} {}", test.unwrap_or(&line))
}

/// Writes a note. The test must not fail if that is not possible, so errors are ignored.
fn note(test: &str, data: &str) {
    let Some(folder) = notes() else {
        return;
    };
    let file = test.replace(|c: char| !c.is_alphanumeric() && c != '_', "-");
    let _ = fs::create_dir_all(&folder);
    let _ = fs::write(folder.join(file), format!("{test} (needs {data})\n"));
}

/// The folder of notes, in the target folder; test programs are in its `PROFILE/deps`.
fn notes() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let target = program.ancestors().nth(3).map(Path::to_path_buf)?;
    Some(target.join("skipped-tests"))
}
