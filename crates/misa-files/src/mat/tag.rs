//! The tag of an element: its type and its length, and its data if there is little of it.

use super::error::{MatError, Position};
use super::stream::Stream;

/// Type of an element that is an array.
pub(super) const MATRIX: u32 = 14;
/// Type of an element that is packed.
pub(super) const PACKED: u32 = 15;

/// Bytes of a tag.
pub(super) const TAG: u64 = 8;

/// Bytes of data that are read at once; a multiple of every element's size.
const PIECE: u64 = 1 << 16;

/// The tag of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub kind: u32,
    /// Bytes of data.
    pub len: u64,
    /// The data, if it is in the tag.
    small: Option<[u8; 4]>,
    /// Bytes that follow the data to fill a multiple of 8.
    padding: u64,
    pub position: Position,
}

impl Stream<'_> {
    /// The next tag, in a part of the file that has `room` bytes left. Takes tag, data and padding from
    /// `room`, so it is what is left after the element.
    pub fn tag(&mut self, room: &mut u64) -> Result<Tag, MatError> {
        let position = self.position();
        let mut bytes = [0; TAG as usize];
        *room = take(*room, TAG, position, "the tag of an element")?;
        self.fill(&mut bytes, "the tag of an element")?;
        let [a, b, c, d, small @ ..] = bytes;
        let first = self.number([a, b, c, d]);
        if first >> 16 != 0 {
            let len = u64::from(first >> 16);
            if len > 4 {
                return Err(MatError::Value {
                    position,
                    what: "bytes of a small element",
                    found: len as i64,
                    expected: "at most 4",
                });
            }
            return Ok(Tag {
                kind: first & 0xffff,
                len,
                small: Some(small),
                padding: 0,
                position,
            });
        }
        let len = u64::from(self.number(small));
        *room = take(*room, len, position, "an element")?;
        // Packed elements are not padded, and the last of a part need not be.
        let padding = if first == PACKED {
            0
        } else {
            len.wrapping_neg() % 8
        };
        let padding = padding.min(*room);
        *room -= padding;
        Ok(Tag {
            kind: first,
            len,
            small: None,
            padding,
            position,
        })
    }

    /// A number of four bytes in the order of the file.
    pub fn number(&self, bytes: [u8; 4]) -> u32 {
        if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    }

    /// Passes the data of an element in pieces to `take`.
    pub fn pieces(
        &mut self,
        tag: &Tag,
        mut take: impl FnMut(&[u8]) -> Result<(), MatError>,
    ) -> Result<(), MatError> {
        if let Some(small) = tag.small {
            return take(&small[..tag.len as usize]);
        }
        let mut piece = vec![0; tag.len.min(PIECE) as usize];
        let mut rest = tag.len;
        while rest > 0 {
            let len = rest.min(PIECE);
            let piece = &mut piece[..len as usize];
            self.fill(piece, "the data of an element")?;
            take(piece)?;
            rest -= len;
        }
        self.skip(tag.padding)
    }

    /// The data of an element, at most `limit` bytes.
    pub fn data(&mut self, tag: &Tag, limit: u64, what: &'static str) -> Result<Vec<u8>, MatError> {
        if tag.len > limit {
            return Err(MatError::Limit {
                position: tag.position,
                what,
                found: tag.len,
                limit,
            });
        }
        let mut data = Vec::new();
        self.pieces(tag, |piece| {
            data.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(data)
    }

    /// Passes the data of an element.
    pub fn pass(&mut self, tag: &Tag) -> Result<(), MatError> {
        if tag.small.is_some() {
            return Ok(());
        }
        self.skip(tag.len + tag.padding)
    }
}

impl Tag {
    /// Refuses an element of another type.
    pub fn check(&self, kinds: &[u32], expected: &'static str) -> Result<(), MatError> {
        if kinds.contains(&self.kind) {
            return Ok(());
        }
        Err(MatError::Kind {
            position: self.position,
            expected,
            found: self.kind,
        })
    }
}

/// What is left of `room` after `len` bytes.
fn take(room: u64, len: u64, position: Position, what: &'static str) -> Result<u64, MatError> {
    room.checked_sub(len).ok_or(MatError::Truncated {
        position,
        what,
        expected: len,
        found: room,
    })
}
