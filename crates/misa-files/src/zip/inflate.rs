//! Unpacking a deflated member.

use super::entry::shown;
use super::{Entry, ZipError};
use crate::Source;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io;

/// Packed bytes that are read at once.
pub(super) const PIECE: usize = 1 << 15;

/// The bytes of a deflated member: as many as it claims, with the checksum it claims.
///
/// Room is made as bytes arrive, so that a false claim costs no more than what there is.
pub(super) fn inflate(source: &Source<'_>, entry: &Entry) -> Result<Vec<u8>, ZipError> {
    let mut inflater = Decompress::new(false);
    let mut unpacked = Vec::new();
    let mut piece = [0; PIECE];
    loop {
        let taken = inflater.total_in();
        let len = (entry.packed_len - taken).min(PIECE as u64) as usize;
        let at = entry.start + taken;
        source
            .read(at, &mut piece[..len])
            .map_err(|source| unread(at, source))?;
        make_room(&mut unpacked, entry)?;
        let before = unpacked.len();
        let status = inflater
            .decompress_vec(&piece[..len], &mut unpacked, FlushDecompress::None)
            .map_err(|_| damaged(entry, taken))?;
        if status == Status::StreamEnd || unpacked.len() as u64 > entry.len {
            return finish(unpacked, inflater.total_in(), entry);
        }
        // Without progress there is none to come.
        if inflater.total_in() == taken && unpacked.len() == before {
            return Err(damaged(entry, taken));
        }
    }
}

/// Doubles the room, up to the claimed length and one byte, which shows that there are more.
fn make_room(unpacked: &mut Vec<u8>, entry: &Entry) -> Result<(), ZipError> {
    if unpacked.len() < unpacked.capacity() {
        return Ok(());
    }
    let most = (entry.len - unpacked.len() as u64).saturating_add(1);
    let room = most.min(unpacked.len().max(PIECE) as u64) as usize;
    unpacked
        .try_reserve_exact(room)
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
