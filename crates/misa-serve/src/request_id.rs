//! The name of a request in its answer and in the log.

use axum::http::HeaderMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// The header that holds it, in requests and in responses.
pub(crate) const HEADER: &str = "x-request-id";

const LONGEST: usize = 64;

/// Makes ids that no other process and no earlier request has.
#[derive(Debug, Default)]
pub(crate) struct RequestIds {
    random: RandomState,
    made: AtomicU64,
}

impl RequestIds {
    /// The id that the client chose, if it has up to 64 letters, digits, `.`, `_` and `-`, or a new one.
    pub fn of(&self, headers: &HeaderMap) -> String {
        let chosen = headers.get(HEADER).and_then(|value| value.to_str().ok());
        match chosen {
            Some(id) if is_sane(id) => id.to_string(),
            _ => self.make(),
        }
    }

    /// A new id.
    pub fn make(&self) -> String {
        let mut hasher = self.random.build_hasher();
        hasher.write_u64(self.made.fetch_add(1, Ordering::Relaxed));
        format!("{:016x}", hasher.finish())
    }
}

fn is_sane(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !id.is_empty() && id.len() <= LONGEST && id.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn id(chosen: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_str(chosen).unwrap());
        RequestIds::default().of(&headers)
    }

    #[test]
    fn a_sane_id_is_kept_and_another_replaced() {
        assert_eq!(id("Trace-1.a_b"), "Trace-1.a_b");
        let longest = "x".repeat(LONGEST);
        assert_eq!(id(&longest), longest);
        for wrong in ["", "a b", "a\"b", "a/b", &"x".repeat(LONGEST + 1)] {
            let made = id(wrong);
            assert!(is_sane(&made) && made.len() == 16, "{wrong}: {made}");
        }
    }

    #[test]
    fn new_ids_differ() {
        let ids = RequestIds::default();
        assert_ne!(ids.make(), ids.make());
        assert_ne!(RequestIds::default().make(), RequestIds::default().make());
    }
}
