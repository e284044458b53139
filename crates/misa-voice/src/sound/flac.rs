//! Frames of a FLAC file that are missing.
//!
//! The reader goes over what it takes for no frame, also over frames of another rate, and says nothing.

use crate::sound::source::Source;
use std::io::{self, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;
use symphonia::core::packet::Packet;
use symphonia::core::units::Timestamp;

/// Bytes at the beginning of the first frame that tell it from others: its header, which holds its number.
const FIRST: u64 = 16;
/// Blocks before the first frame that are looked at; others are damage that the reader finds.
const MOST_BLOCKS: usize = 1024;

/// The frames of a FLAC file.
pub(super) struct FlacFrames {
    /// The first bytes where frames begin.
    first: Vec<u8>,
    /// Samples before the next frame.
    next: Option<Timestamp>,
    /// Bytes of all frames.
    pub bytes: u64,
    /// The packet that was read last.
    last: Vec<u8>,
}

impl FlacFrames {
    /// Those of a file, from whose first byte reading begins again.
    pub fn of(source: &mut Source<'_>) -> io::Result<Self> {
        let all = source.byte_len().unwrap_or(0);
        let mut start = 4;
        for _ in 0..MOST_BLOCKS {
            source.seek(SeekFrom::Start(start))?;
            let mut header = Vec::with_capacity(4);
            source.by_ref().take(4).read_to_end(&mut header)?;
            let &[kind, a, b, c] = header.as_slice() else {
                break;
            };
            start += 4 + u64::from(u32::from_be_bytes([0, a, b, c]));
            if kind & 0x80 != 0 {
                break;
            }
        }
        source.seek(SeekFrom::Start(start))?;
        let mut first = Vec::with_capacity(FIRST as usize);
        source.by_ref().take(FIRST).read_to_end(&mut first)?;
        source.seek(SeekFrom::Start(0))?;
        Ok(Self {
            first,
            next: None,
            last: Vec::new(),
            bytes: all.saturating_sub(start),
        })
    }

    /// Takes the next frame, and says whether it follows the one before.
    pub fn follows(&mut self, packet: &Packet) -> bool {
        self.last.clear();
        self.last.extend_from_slice(&packet.data);
        let end = packet.pts.checked_add(packet.dur);
        // Numbers of frames may begin anywhere, as in a part of a stream, but not behind what is no frame.
        // A frame of silence may be shorter than a header.
        let known = self.first.len().min(packet.data.len());
        let is_first =
            packet.data.starts_with(&self.first[..known]) || packet.pts == Timestamp::ZERO;
        match std::mem::replace(&mut self.next, end) {
            None => is_first,
            Some(expected) => expected == packet.pts,
        }
    }

    /// Whether the last packet is one frame. The checksum of frames that follow one another is right as well, so the
    /// reader takes a frame and what it does not know for one.
    pub fn is_last_single(&self) -> bool {
        let start = self.last.get(..2).unwrap_or_default();
        let mut sum = 0;
        let mut ends = self.last.iter().enumerate().filter_map(|(at, byte)| {
            let is_end = at > 0 && sum == 0;
            sum = checksum(sum, *byte);
            is_end.then_some(at)
        });
        !ends.any(|at| self.last[at..].starts_with(start))
    }
}

/// The checksum of a frame after one more byte: 0 after all of them.
fn checksum(sum: u16, byte: u8) -> u16 {
    (0..8).fold(sum ^ u16::from(byte) << 8, |sum, _| {
        let next = sum << 1;
        if sum & 0x8000 == 0 {
            next
        } else {
            next ^ 0x8005
        }
    })
}
