//! What can be wrong with settings.

use std::{
    io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Settings that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The file is larger than settings are.
    #[error("{path}: {bytes} bytes, expected settings of at most {limit}", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest one read.
        limit: u64,
    },
    /// The text is no TOML.
    #[error("{place}: {message}")]
    Syntax {
        /// File and line, or the option of the command line.
        place: String,
        /// What the parser says.
        message: String,
    },
    /// A newer version of this program wrote the file.
    #[error(
        "{place}: written by a newer misa (version {found} of settings); this is misa {program}, \
         which reads up to version {newest}",
        program = env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// File and line.
        place: String,
        /// The version of the file.
        found: String,
        /// The newest version that this program reads.
        newest: u32,
    },
    /// There is no such setting.
    #[error("{place}: unknown setting `{key}`, {advice}")]
    Unknown {
        /// File and line, or the option of the command line.
        place: String,
        /// The key with its tables.
        key: String,
        /// What was meant, or what there is.
        advice: String,
    },
    /// A value of another kind.
    #[error("{place}: `{key}` is {found}: {message}")]
    Value {
        /// File and line, or the option of the command line.
        place: String,
        /// The key with its tables.
        key: String,
        /// The value.
        found: String,
        /// What is wrong with it.
        message: String,
    },
    /// A number that settings cannot hold.
    #[error("{place}: `{key}` is {found}, expected a finite number below 2^63")]
    Number {
        /// File and line, or the option of the command line.
        place: String,
        /// The key with its tables.
        key: String,
        /// The number.
        found: String,
    },
    /// A path that settings and reports, which are text, cannot hold.
    #[error("{place}: {path} is no UTF-8, expected a path that settings can hold", path = path.display())]
    Path {
        /// The option of the command line.
        place: String,
        /// The path, with marks for what is none.
        path: PathBuf,
    },
    /// An option that sets nothing.
    #[error("`{text}`: expected KEY=VALUE")]
    Option {
        /// The option.
        text: String,
    },
}

/// The text of a path, which `place` gave.
pub(crate) fn text_of<'a>(path: &'a Path, place: &str) -> Result<&'a str, SettingsError> {
    path.to_str().ok_or_else(|| SettingsError::Path {
        place: place.to_string(),
        path: path.to_path_buf(),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    #[test]
    fn a_path_that_is_no_text_is_refused_by_its_option() {
        let path = Path::new(OsStr::from_bytes(b"mosi-\xff.pkl"));
        assert_eq!(
            text_of(path, "--data").unwrap_err().to_string(),
            "--data: mosi-\u{fffd}.pkl is no UTF-8, expected a path that settings can hold"
        );
        assert_eq!(text_of(Path::new("a"), "--data").unwrap(), "a");
    }
}
