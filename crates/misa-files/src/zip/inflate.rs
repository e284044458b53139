//! Unpacking a deflated member.

use super::entry::shown;
use super::{Entry, ZipError};
use crate::Source;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io;

/// Packed bytes that are read at once.
pub(super) const PIECE: usize = 1 << 15;

/// The unpacked bytes of a deflated member, checked against the stated length and checksum.
///
/// Memory is allocated as bytes are unpacked, so a false length costs no more than the real bytes.
pub(super) fn inflate(source: &Source<'_>, entry: &Entry) -> Result<Vec<u8>, ZipError> {
    let mut inflater = Decompress::new(false);
    let mut unpacked = Vec::new();
    let mut piece = [0; PIECE];
    loop {
        let taken = inflater.total_in();
        let len = (entry.packed_len - taken).min(PIECE as u64) as usize;
        let offset = entry.start + taken;
        source
            .read(offset, &mut piece[..len])
            .map_err(|source| unread(offset, source))?;
        reserve(&mut unpacked, entry)?;
        let before = unpacked.len();
        let status = inflater
            .decompress_vec(&piece[..len], &mut unpacked, FlushDecompress::None)
            .map_err(|_| damaged(entry, taken))?;
        if status == Status::StreamEnd || unpacked.len() as u64 > entry.len {
            return finish(unpacked, inflater.total_in(), entry);
        }
        // A step without progress means that the data is damaged.
        if inflater.total_in() == taken && unpacked.len() == before {
            return Err(damaged(entry, taken));
        }
    }
}

/// Doubles the capacity, up to the stated length plus one byte, which reveals that there are more.
fn reserve(unpacked: &mut Vec<u8>, entry: &Entry) -> Result<(), ZipError> {
    if unpacked.len() < unpacked.capacity() {
        return Ok(());
    }
    let most = (entry.len - unpacked.len() as u64).saturating_add(1);
    let additional = most.min(unpacked.len().max(PIECE) as u64) as usize;
    unpacked
        .try_reserve_exact(additional)
        .map_err(|error| unread(entry.start, error.into()))
}

fn finish(unpacked: Vec<u8>, taken: u64, entry: &Entry) -> Result<Vec<u8>, ZipError> {
    let length = |expected, found| ZipError::Length {
        name: shown(entry.name()),
        expected,
        found,
    };
    if unpacked.len() as u64 != entry.len {
        return Err(length(entry.len, unpacked.len() as u64));
    }
    if taken != entry.packed_len {
        return Err(length(entry.packed_len, taken));
    }
    let mut crc = Crc::new();
    crc.update(&unpacked);
    if !entry.agrees(crc.sum()) {
        return Err(entry.checksum_error(crc.sum()));
    }
    Ok(unpacked)
}

fn damaged(entry: &Entry, offset: u64) -> ZipError {
    ZipError::Deflate {
        name: shown(entry.name()),
        offset,
    }
}

pub(super) fn unread(offset: u64, source: io::Error) -> ZipError {
    ZipError::Read {
        offset,
        expected: "the bytes of an entry",
        source,
    }
}
