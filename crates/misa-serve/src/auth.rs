//! Keys of users and administrators.

use crate::ServeError;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use subtle::{Choice, ConstantTimeEq};

/// Fewest characters of a key. What is shorter can be guessed.
const SHORTEST: usize = 16;
/// Largest file of keys, in bytes.
const LARGEST: u64 = 1_048_576;

/// Keys, of which only digests stay in memory.
///
/// Every key is compared, each in a time that does not depend on where it differs.
#[derive(Clone)]
pub(crate) struct Keys(Vec<[u8; 32]>);

impl Keys {
    /// The keys of a file, one per line; blank lines are skipped.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, has no key, or one that is too short or has other than visible
    /// ASCII characters.
    pub fn read(path: &Path) -> Result<Self, ServeError> {
        let invalid = |message: String| ServeError::Keys {
            path: path.to_path_buf(),
            message,
        };
        let read = || -> std::io::Result<String> {
            let size = fs::metadata(path)?.len();
            if size > LARGEST {
                let message = format!("expected at most {LARGEST} bytes, found {size}");
                return Err(std::io::Error::other(message));
            }
            fs::read_to_string(path)
        };
        let text = read().map_err(|error| invalid(error.to_string()))?;
        let mut digests = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let key = line.trim();
            if key.is_empty() {
                continue;
            }
            let line = index + 1;
            if key.len() < SHORTEST {
                let found = key.len();
                return Err(invalid(format!(
                    "line {line}: expected a key of at least {SHORTEST} characters, found {found}"
                )));
            }
            if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(invalid(format!(
                    "line {line}: expected a key of visible ASCII characters without spaces"
                )));
            }
            digests.push(digest(key));
        }
        if digests.is_empty() {
            return Err(invalid("no key, expected one per line".to_string()));
        }
        Ok(Self(digests))
    }

    /// Whether the request has one of the keys, as `Authorization: Bearer KEY`.
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(key) = bearer(headers) else {
            return false;
        };
        let found = digest(key);
        let is_any = self
            .0
            .iter()
            .fold(Choice::from(0), |any, key| any | key.ct_eq(&found));
        is_any.into()
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn keys(text: &str) -> Result<Keys, ServeError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, text).unwrap();
        Keys::read(&path)
    }

    fn with(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn each_key_of_the_file_opens() {
        let keys = keys("0123456789abcdef\n\n  fedcba9876543210  \r\n").unwrap();
        assert!(keys.allow(&with("Bearer 0123456789abcdef")));
        assert!(keys.allow(&with("bearer fedcba9876543210")));
        for wrong in [
            "Bearer 0123456789abcdeF",
            "Bearer 0123456789abcdef0",
            "Bearer ",
            "Bearer",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
            "",
        ] {
            assert!(!keys.allow(&with(wrong)), "{wrong}");
        }
        assert!(!keys.allow(&HeaderMap::new()));
    }

    #[test]
    fn a_file_without_a_good_key_is_refused_without_quoting_it() {
        let message = |text: &str| {
            let error = keys(text).map(drop).unwrap_err().to_string();
            error.rsplit_once("keys: ").unwrap().1.to_string()
        };
        assert_eq!(message(" \n"), "no key, expected one per line");
        assert_eq!(
            message("\nsecret\n"),
            "line 2: expected a key of at least 16 characters, found 6"
        );
        assert_eq!(
            message("secret secret secret"),
            "line 1: expected a key of visible ASCII characters without spaces"
        );
    }
}
