//! Unpacking an element in pieces.

use super::error::{MatError, Position};
use crate::Source;
use flate2::{Decompress, FlushDecompress, Status};

/// Packed bytes that are read at once.
const PIECE: usize = 1 << 13;

/// A zlib stream that is unpacked as far as it is read. It holds no more than a piece and its window.
pub(super) struct Inflater<'s> {
    source: &'s Source<'s>,
    /// Where the stream starts in the file.
    start: u64,
    /// Packed bytes of the stream.
    len: u64,
    inflater: Decompress,
    piece: Vec<u8>,
    /// Bytes of `piece` that are used up.
    used: usize,
    has_ended: bool,
}

impl<'s> Inflater<'s> {
    /// The stream in `len` bytes from `start` on, which the caller has checked to exist.
    pub fn new(source: &'s Source<'s>, start: u64, len: u64) -> Self {
        Self {
            source,
            start,
            len,
            inflater: Decompress::new(true),
            piece: Vec::new(),
            used: 0,
            has_ended: false,
        }
    }

    pub fn start(&self) -> u64 {
        self.start
    }

    /// Fills `target` with the next bytes, and returns how many there are: fewer only at the end.
    pub fn read(&mut self, target: &mut [u8]) -> Result<usize, MatError> {
        let mut filled = 0;
        while filled < target.len() && !self.has_ended {
            self.refill()?;
            let (taken, made) = (self.inflater.total_in(), self.inflater.total_out());
            let status = self
                .inflater
                .decompress(
                    &self.piece[self.used..],
                    &mut target[filled..],
                    FlushDecompress::None,
                )
                .map_err(|_| self.damaged())?;
            let taken = self.inflater.total_in() - taken;
            let made = self.inflater.total_out() - made;
            self.used += taken as usize;
            filled += made as usize;
            self.has_ended = status == Status::StreamEnd;
            // A step without progress means that the data is damaged or cut.
            if taken == 0 && made == 0 && !self.has_ended {
                return Err(self.damaged());
            }
        }
        Ok(filled)
    }

    /// Checks that the stream ends here, with its checksum, and fills its element.
    pub fn finish(&mut self) -> Result<(), MatError> {
        let made = self.read(&mut [0])?;
        if made == 0 && self.inflater.total_in() == self.len {
            return Ok(());
        }
        Err(MatError::Extra {
            position: Position {
                offset: self.start,
                unpacked: Some(self.inflater.total_out() - made as u64),
            },
            what: "a packed element",
        })
    }

    fn refill(&mut self) -> Result<(), MatError> {
        if self.used < self.piece.len() {
            return Ok(());
        }
        let taken = self.inflater.total_in();
        let len = (self.len - taken).min(PIECE as u64) as usize;
        let offset = self.start + taken;
        self.piece.resize(len, 0);
        self.used = 0;
        self.source
            .read(offset, &mut self.piece)
            .map_err(|source| MatError::Read {
                position: Position {
                    offset,
                    unpacked: None,
                },
                expected: "packed bytes",
                source,
            })
    }

    fn damaged(&self) -> MatError {
        MatError::Deflate { offset: self.start }
    }
}
