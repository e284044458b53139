//! Errors in settings.

use std::io;
use std::path::{Path, PathBuf};
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
    /// The file is too large for settings.
    #[error("{path}: {bytes} bytes, expected settings of at most {limit}", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest one read.
        limit: u64,
    },
    /// The text is not valid TOML.
    #[error("{origin}: {message}")]
    Syntax {
        /// File and line, or the option of the command line.
        origin: String,
        /// What the parser says.
        message: String,
    },
    /// A newer version of this program wrote the file.
    #[error(
        "{origin}: written by a newer misa (version {found} of settings); this is misa {program}, \
         which reads up to version {newest}",
        program = env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// File and line.
        origin: String,
        /// The version of the file.
        found: String,
        /// The newest version that this program reads.
        newest: u32,
    },
    /// There is no such setting.
    #[error("{origin}: unknown setting `{key}`, {advice}")]
    Unknown {
        /// File and line, or the option of the command line.
        origin: String,
        /// The key with its tables.
        key: String,
        /// The name that was probably meant, or all names.
        advice: String,
    },
    /// There is no such setting to explain.
    #[error("unknown setting `{key}`, {advice}")]
    NoSetting {
        /// What was asked for.
        key: String,
        /// The name that was probably meant, or where to find all names.
        advice: String,
    },
    /// A value that the setting may not have.
    #[error("{origin}: `{key}` is {}, expected {expected}", found.as_deref().unwrap_or("missing"))]
    Value {
        /// File and line, or the option of the command line.
        origin: String,
        /// The key with its tables.
        key: String,
        /// The value; `None` if it is missing.
        found: Option<String>,
        /// The values that the setting may have.
        expected: String,
    },
    /// A number that settings cannot hold.
    #[error("{origin}: `{key}` is {found}, expected a finite number below 2^63")]
    Number {
        /// File and line, or the option of the command line.
        origin: String,
        /// The key with its tables.
        key: String,
        /// The number.
        found: String,
    },
    /// A path that settings and reports, which are text, cannot hold.
    #[error("{origin}: {path} is not valid UTF-8, expected a path that settings can hold", path = path.display())]
    Path {
        /// The option of the command line.
        origin: String,
        /// The path.
        path: PathBuf,
    },
    /// A `--set` without a value.
    #[error("`{text}`: expected KEY=VALUE")]
    Option {
        /// The text after `--set`.
        text: String,
    },
    /// Two options of the command line give a value to the same setting.
    #[error("{first} and {second}: both set `{key}`, expected one of them")]
    Twice {
        /// The first option.
        first: String,
        /// The second one.
        second: String,
        /// The setting.
        key: String,
    },
    /// An option that is read only where another setting has a value.
    #[error("{option}: `{needed}` is not set, expected {needed_option} too")]
    Needs {
        /// The option.
        option: String,
        /// The setting that has no value.
        needed: &'static str,
        /// The option that sets it.
        needed_option: &'static str,
    },
}

/// The text of a path, which came from `origin`.
pub(crate) fn text_of<'a>(path: &'a Path, origin: &str) -> Result<&'a str, SettingsError> {
    path.to_str().ok_or_else(|| SettingsError::Path {
        origin: origin.to_string(),
        path: path.to_path_buf(),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_path_that_is_not_text_is_refused_by_its_option() {
        let path = Path::new(OsStr::from_bytes(b"mosi-\xff.pkl"));
        assert_eq!(
            text_of(path, "--data").unwrap_err().to_string(),
            "--data: mosi-\u{fffd}.pkl is not valid UTF-8, expected a path that settings can hold"
        );
        assert_eq!(text_of(Path::new("a"), "--data").unwrap(), "a");
    }
}
