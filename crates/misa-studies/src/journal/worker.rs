//! Names of those who write to a journal.

use std::hash::{BuildHasher, RandomState};
use std::process;
use std::time::SystemTime;

/// A name that nobody else has: random, in the form of a UUID, and the number of the process.
pub(super) fn worker_id() -> String {
    format!("{}-{}", uuid(), process::id())
}

/// A random UUID. The keys of `RandomState` come from the system's random numbers.
pub(super) fn uuid() -> String {
    let now = SystemTime::now();
    let word = |salt: u8| RandomState::new().hash_one((salt, now, process::id()));
    // Version 4, variant 1.
    let high = word(0) & !0xf000 | 0x4000;
    let low = word(1) & !(0b11 << 62) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_have_the_form_of_a_uuid_and_differ() {
        let names: HashSet<String> = (0..1000).map(|_| uuid()).collect();
        assert_eq!(names.len(), 1000);
        for name in names {
            let lengths: Vec<usize> = name.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12]);
            assert_eq!(&name[14..15], "4");
            assert!(matches!(&name[19..20], "8" | "9" | "a" | "b"));
        }
    }
}
