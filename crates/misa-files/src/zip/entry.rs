//! One member of an archive.

use super::ZipError;

/// How the bytes of a member are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Without compression.
    Stored,
    /// With deflate.
    Deflated,
    /// By the method of this number, which is not supported.
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
    /// Offset of the member's local header.
    pub(super) header: u64,
    /// Offset of its packed bytes.
    pub(super) start: u64,
}

impl Entry {
    /// Name of the member, with folders separated by `/`. It is a key, not a path: nothing is ever
    /// extracted to disk, and names that point outside the archive are refused.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the bytes are packed.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Bytes of the member after unpacking, as stated in the directory.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the member is empty, as stated in the directory.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of the member in the file.
    pub fn packed_len(&self) -> u64 {
        self.packed_len
    }

    /// Offset of the packed bytes in the file.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Whether `found` is the checksum in the directory. While fuzzing, every checksum matches:
    /// otherwise damaged bytes would be rejected here and never reach the parsers.
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

/// A name, escaped and shortened for messages.
pub(super) fn shown(name: &str) -> String {
    // Long enough for every real name, short enough for a message.
    const SHOWN: usize = 120;
    name.escape_debug().take(SHOWN).collect()
}
