//! Errors of archives.

use std::io;
use thiserror::Error;

/// An archive that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ZipError {
    /// Bytes that cannot be read, or that lie beyond the end.
    #[error("byte {offset}: expected {expected}")]
    Read {
        /// Where the bytes should be.
        offset: u64,
        /// What they should be.
        expected: &'static str,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// There is no end record, which every archive has.
    #[error("last {searched} bytes: expected the end record of a zip archive, found none")]
    NoEnd {
        /// Bytes that were searched.
        searched: u64,
    },
    /// A record without its signature.
    #[error("byte {offset}: expected {expected}, found 0x{found:08x}")]
    Signature {
        /// Offset of the record.
        offset: u64,
        /// The expected record.
        expected: &'static str,
        /// Its first four bytes.
        found: u64,
    },
    /// An archive that is split into several files.
    #[error("byte {offset}: expected an archive in one file, found one part of a split archive")]
    Split {
        /// Offset of the end record.
        offset: u64,
    },
    /// A record that does not end where the next one starts.
    #[error("byte {offset}: {what} of {len} bytes, expected its end at byte {end}")]
    Extent {
        /// Where the record starts.
        offset: u64,
        /// The record.
        what: &'static str,
        /// Its length.
        len: u64,
        /// Where it should end.
        end: u64,
    },
    /// More members than the directory has room for.
    #[error("byte {offset}: directory of {len} bytes, found {count} entries")]
    Count {
        /// Where the directory starts.
        offset: u64,
        /// Its length.
        len: u64,
        /// The stated number of entries.
        count: u64,
    },
    /// Extra fields that are damaged, or that lack a 64-bit size.
    #[error("byte {offset}: extra fields of \"{name}\" are damaged")]
    Extra {
        /// Offset of the directory entry.
        offset: u64,
        /// The member.
        name: String,
    },
    /// A name that points outside the archive.
    #[error("byte {offset}: name \"{name}\", expected a relative path without `..`")]
    Name {
        /// Offset of the directory entry.
        offset: u64,
        /// The name.
        name: String,
    },
    /// Two members with the same name.
    #[error("\"{name}\": expected one entry of that name, found two")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A member whose local header has a different name.
    #[error("byte {offset}: header of another entry, expected that of \"{name}\"")]
    Header {
        /// Offset of the member's local header.
        offset: u64,
        /// The member.
        name: String,
    },
    /// Two members, or a member and the directory, that share bytes.
    #[error("\"{name}\": ends at byte {end}, expected at most {limit}, where the next record is")]
    Overlap {
        /// The first of the two.
        name: String,
        /// Where it ends.
        end: u64,
        /// Where the next record starts.
        limit: u64,
    },
    /// A limit of [`Limits`](super::Limits) is exceeded.
    #[error("\"{name}\": {what}, expected at most {limit}, found {found}")]
    Limit {
        /// The member that exceeds the limit; empty for the whole archive.
        name: String,
        /// What exceeds it.
        what: &'static str,
        /// The limit.
        limit: u64,
        /// The value in the archive.
        found: u64,
    },
    /// An encrypted member.
    #[error("\"{name}\": encrypted, expected a readable entry")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// A compression method that is not supported.
    #[error("\"{name}\": packed by method {found}, expected 0 (stored) or 8 (deflated)")]
    Method {
        /// The member.
        name: String,
        /// Number of the method.
        found: u16,
    },
    /// A member whose length differs from the one in the directory.
    #[error("\"{name}\": expected {expected} bytes, found {found}")]
    Length {
        /// The member.
        name: String,
        /// The stated length.
        expected: u64,
        /// The actual length; unpacking stops one byte after the stated one.
        found: u64,
    },
    /// Bytes that are not valid deflated data.
    #[error("\"{name}\": byte {offset} of the packed bytes: expected deflated data")]
    Deflate {
        /// The member.
        name: String,
        /// Packed bytes read so far.
        offset: u64,
    },
    /// Bytes that do not match their checksum.
    #[error(
        "\"{name}\": checksum 0x{found:08x}, expected 0x{expected:08x}; the file is damaged: get it again"
    )]
    Checksum {
        /// The member.
        name: String,
        /// The checksum in the directory.
        expected: u32,
        /// The checksum of the bytes.
        found: u32,
    },
}
