//! What can be wrong with an archive.

use std::io;
use thiserror::Error;

/// An archive that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ZipError {
    /// Bytes that the system does not give, or that lie beyond the end.
    #[error("byte {offset}: expected {expected}")]
    Read {
        /// Where the bytes should be.
        offset: u64,
        /// What they should be.
        expected: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No end record, which every archive has.
    #[error("last {searched} bytes: expected the end record of a zip archive, found none")]
    NoEnd {
        /// Bytes that were searched.
        searched: u64,
    },
    /// A record that does not start as it should.
    #[error("byte {offset}: expected {expected}, found 0x{found:08x}")]
    Signature {
        /// Place of the record.
        offset: u64,
        /// The record.
        expected: &'static str,
        /// Its first four bytes.
        found: u64,
    },
    /// One of several files.
    #[error("byte {offset}: expected an archive in one file, found a part of one")]
    Split {
        /// Place of the end record.
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
        /// The claimed number of entries.
        count: u64,
    },
    /// Extra fields that do not fit each other, or sizes of 64 bits that are missing.
    #[error("byte {offset}: extra fields of \"{name}\" are damaged")]
    Extra {
        /// Place of the directory entry.
        offset: u64,
        /// The member.
        name: String,
    },
    /// A name that leads out of the archive.
    #[error("byte {offset}: name \"{name}\", expected a relative path without `..`")]
    Name {
        /// Place of the directory entry.
        offset: u64,
        /// The name.
        name: String,
    },
    /// Two members of one name.
    #[error("\"{name}\": expected one entry of that name, found two")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// A member whose own header names another one.
    #[error("byte {offset}: header of another entry, expected that of \"{name}\"")]
    Header {
        /// Place of the member's header.
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
    /// A bound of [`Limits`](super::Limits) would be exceeded.
    #[error("\"{name}\": {what}, expected at most {limit}, found {found}")]
    Limit {
        /// The member at which it was noticed; empty for the whole archive.
        name: String,
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
        /// What the archive asks for.
        found: u64,
    },
    /// An encrypted member.
    #[error("\"{name}\": encrypted, expected a readable entry")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// A way of packing that is not read.
    #[error("\"{name}\": packed by method {found}, expected 0 (stored) or 8 (deflated)")]
    Method {
        /// The member.
        name: String,
        /// Number of the method.
        found: u16,
    },
    /// A member that has another length than the directory claims.
    #[error("\"{name}\": expected {expected} bytes, found {found}")]
    Length {
        /// The member.
        name: String,
        /// The claimed length.
        expected: u64,
        /// Bytes there are, or the first one too many.
        found: u64,
    },
    /// Deflated bytes that are none.
    #[error("\"{name}\": byte {offset} of the packed ones: expected deflated bytes")]
    Deflate {
        /// The member.
        name: String,
        /// Packed bytes read so far.
        offset: u64,
    },
    /// Bytes other than those that were packed.
    #[error("\"{name}\": checksum 0x{found:08x}, expected 0x{expected:08x}")]
    Checksum {
        /// The member.
        name: String,
        /// The checksum in the directory.
        expected: u32,
        /// That of the bytes.
        found: u32,
    },
}
