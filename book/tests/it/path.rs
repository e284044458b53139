//! Paths below the root of the repository.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Folders of what programs write, and git ignores.
const WRITTEN: [&str; 5] = ["target", "runs", "corpus", "artifacts", "node_modules"];

/// The root of the repository.
pub fn root() -> &'static Path {
    let book = Path::new(env!("CARGO_MANIFEST_DIR"));
    book.parent().expect("the package has a folder of its own")
}

/// `path` without `.` and `..`; `None` if it leaves the folder in which it begins.
pub fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            part => normal.push(part),
        }
    }
    Some(normal)
}

/// Every file below `folder` with the extension `kind`, seen from `folder`, in order.
pub fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(folder, OsStr::new(kind), &mut files);
    files.sort();
    let seen = files.iter().map(|file| file.strip_prefix(folder).unwrap());
    seen.map(Path::to_path_buf).collect()
}

fn collect(folder: &Path, kind: &OsStr, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // A link would lead out of the repository.
        let is_folder = entry.file_type().unwrap().is_dir();
        if is_folder && !name.starts_with('.') && !WRITTEN.contains(&&*name) {
            collect(&entry.path(), kind, files);
        } else if !is_folder && entry.path().extension() == Some(kind) {
            files.push(entry.path());
        }
    }
}

#[test]
fn parts_that_lead_up_are_resolved() {
    let normal = |path| normal(Path::new(path));
    assert_eq!(
        normal("docs/results/../json.md"),
        Some("docs/json.md".into())
    );
    assert_eq!(normal("docs/../../shared"), None);
}
