//! One member of an archive.

use super::ZipError;

/// How the bytes of a member are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// As they are.
    Stored,
    /// Deflated.
    Deflated,
    /// By a method that is not read, with its number.
    Other(u16),
}

/// A member of an archive, as the directory describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) name: String,
    pub(super) method: Method,
    pub(super) encrypted: bool,
    pub(super) checksum: u32,
    pub(super) packed_len: u64,
    pub(super) len: u64,
    /// Where the member's own header is.
    pub(super) header: u64,
    /// Where its packed bytes start.
    pub(super) start: u64,
}

impl Entry {
    /// Name of the member, folders separated by `/`. It is a key, not a place: nothing is ever
    /// written, and names that lead out of the archive are refused.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the bytes are packed.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Bytes of the member once it is unpacked, as the directory claims.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the member holds nothing, as the directory claims.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that the member takes in the file.
    pub fn packed_len(&self) -> u64 {
        self.packed_len
    }

    /// Where the packed bytes start in the file.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Whether `found` is the checksum of the directory. While fuzzing all are: damage must get
    /// further than to them.
    pub(super) fn agrees(&self, found: u32) -> bool {
        found == self.checksum || cfg!(fuzzing)
    }

    pub(super) fn checksum_error(&self, found: u32) -> ZipError {
        ZipError::Checksum {
            name: shown(&self.name),
            expected: self.checksum,
            found,
        }
    }
}

/// A name as messages show it.
pub(super) fn shown(name: &str) -> String {
    // Long enough for every real name, short enough for a message.
    const SHOWN: usize = 120;
    name.escape_debug().take(SHOWN).collect()
}
