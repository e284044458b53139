//! What `scripts/web` has built.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The WebAssembly.
const WASM: &str = "misa_web_bg.wasm";
/// The files of the folder, and where they belong in an exported one.
const FILES: [(&str, &str); 4] = [
    (WASM, "wasm/misa_web_bg.wasm"),
    ("misa_web.js", "wasm/misa_web.js"),
    ("server.js", "page/server.js"),
    ("worker.js", "page/worker.js"),
];
/// What stands before the version in the WebAssembly, and after it.
const MARK: (&[u8], u8) = (b"misa-web ", b';');
/// Bytes of a version.
const VERSION: usize = 40;
/// Bytes of a file; what is built has about 4 MB.
const MOST: u64 = 64 << 20;

/// What `scripts/web` has built, by the paths in an exported folder.
pub(super) struct Built {
    pub files: Vec<(String, Vec<u8>)>,
}

impl Built {
    /// What is in `folder`, or in `web` beside this program or one folder above it.
    ///
    /// # Errors
    ///
    /// If a file is missing, too large or of another version.
    pub fn find(folder: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let program = std::env::current_exe().ok();
        let above = program
            .iter()
            .flat_map(|program| program.ancestors().skip(1).take(2));
        let places: Vec<PathBuf> = match folder {
            Some(folder) => vec![folder.to_path_buf()],
            None => above.map(|folder| folder.join("web")).collect(),
        };
        let found = places.iter().find(|folder| folder.join(WASM).is_file());
        let found = found.ok_or_else(|| {
            let places: Vec<String> = places.iter().map(|path| path.display().to_string()).collect();
            format!(
                "{}: expected {WASM}, found none: build it with `scripts/web` in misa's repository, and name the \
                 folder with --wasm",
                places.join(", ")
            )
        })?;
        let files = FILES.iter().map(|(name, path)| {
            let bytes = read(&found.join(name))?;
            if *name == WASM {
                check_version(&found.join(name), &bytes)?;
            }
            Ok((path.to_string(), bytes))
        });
        let files: Result<_, Box<dyn Error>> = files.collect();
        Ok(Self { files: files? })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let io =
        |error: std::io::Error| format!("{}: {error}: build it with `scripts/web`", path.display());
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > MOST {
        let path = path.display();
        return Err(format!("{path}: expected at most {MOST} bytes, found {bytes}").into());
    }
    Ok(fs::read(path).map_err(io)?)
}

/// Refuses a file of another version of misa than this program's.
fn check_version(path: &Path, wasm: &[u8]) -> Result<(), Box<dyn Error>> {
    let expected = env!("CARGO_PKG_VERSION");
    let found = version(wasm);
    if found.as_deref() == Some(expected) {
        return Ok(());
    }
    let found = found.map_or("a file without a version".to_string(), |found| {
        format!("misa {found}")
    });
    Err(format!(
        "{}: expected misa {expected}, found {found}: build it again with `scripts/web`",
        path.display()
    )
    .into())
}

/// The version that the file holds.
fn version(wasm: &[u8]) -> Option<String> {
    let (before, after) = MARK;
    let begin = wasm.windows(before.len()).position(|part| part == before)? + before.len();
    let rest = &wasm[begin..wasm.len().min(begin + VERSION)];
    let end = rest.iter().position(|byte| *byte == after)?;
    String::from_utf8(rest[..end].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_in_the_file() {
        assert_eq!(
            version(b"\0asm misa-web 0.1.0;..."),
            Some("0.1.0".to_string())
        );
        for other in [&b"\0asm"[..], b"misa-web ", b"misa-web 0.1.0", &[b'x'; 100]] {
            assert_eq!(version(other), None);
        }
        assert_eq!(
            version(&[b"misa-web ".as_slice(), &[b'0'; 60], b";"].concat()),
            None
        );
        let refused = check_version(Path::new("a.wasm"), b"misa-web 9.9.9;").unwrap_err();
        let expected = concat!(
            "a.wasm: expected misa ",
            env!("CARGO_PKG_VERSION"),
            ", found misa 9.9.9: build it again"
        );
        assert!(refused.to_string().starts_with(expected), "{refused}");
    }

    #[test]
    fn a_folder_that_lacks_a_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = || Built::find(Some(folder.path())).err().unwrap().to_string();
        assert!(
            refused()
                .contains("expected misa_web_bg.wasm, found none: build it with `scripts/web`")
        );
        let mark = concat!("misa-web ", env!("CARGO_PKG_VERSION"), ";");
        fs::write(folder.path().join(WASM), mark).unwrap();
        assert!(refused().contains("misa_web.js"), "{}", refused());
        for name in ["misa_web.js", "server.js", "worker.js"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let built = Built::find(Some(folder.path())).unwrap();
        assert_eq!(built.files.len(), FILES.len());
    }
}
