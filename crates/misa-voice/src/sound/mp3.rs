//! Frames of an MP3 file that follow one another.
//!
//! - Source: ISO/IEC 11172-3 and 13818-3, layer III.

use crate::sound::source::Source;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// Kilobits a second of MPEG 1, by their number in a header; those of MPEG 2 and 2.5.
const BITRATES: [[u64; 15]; 2] = [
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// Samples a second of MPEG 1; half and a quarter of them in MPEG 2 and 2.5.
const RATES: [u64; 3] = [44_100, 48_000, 32_000];
/// Frames that are looked at: those of 14 hours of MPEG 1 at 48,000 Hz.
const MOST_FRAMES: usize = 1 << 21;

/// The frames before the first bytes that are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mp3Frames {
    /// Bytes of the first.
    pub first: u64,
    /// Bytes of all of them.
    pub all: u64,
}

impl Mp3Frames {
    /// Those of a file, from whose first byte reading begins again.
    pub fn of(source: &mut Source<'_>) -> io::Result<Self> {
        let length = source.byte_len().unwrap_or(0);
        source.seek(SeekFrom::Start(0))?;
        let mut frames = Self::default();
        let mut reader = BufReader::new(&mut *source);
        for _ in 0..MOST_FRAMES {
            let mut header = [0; 4];
            if length - frames.all < 4 {
                break;
            }
            reader.read_exact(&mut header)?;
            let bytes = frame_bytes(header).filter(|bytes| frames.all + bytes <= length);
            let Some(bytes) = bytes else { break };
            reader.seek_relative(bytes as i64 - 4)?;
            frames.all += bytes;
            if frames.first == 0 {
                frames.first = bytes;
            }
        }
        source.seek(SeekFrom::Start(0))?;
        Ok(frames)
    }
}

/// Bytes of the frame of a header; `None` if it is none of layer III.
fn frame_bytes([first, second, third, _]: [u8; 4]) -> Option<u64> {
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if first != 0xff || second >> 5 != 7 || version == 1 || layer != 1 {
        return None;
    }
    let is_first = version == 3;
    let bitrate = *BITRATES[usize::from(!is_first)].get(usize::from(third >> 4))?;
    let rate = RATES.get(usize::from(third >> 2 & 3))?;
    let (rate, samples) = match version {
        3 => (*rate, 1152),
        2 => (rate / 2, 576),
        _ => (rate / 4, 576),
    };
    let padding = u64::from(third >> 1 & 1);
    (bitrate > 0).then(|| samples * bitrate * 125 / rate + padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 144 * 128,000 / 44,100 = 417.96; 72 * 64,000 / 22,050 = 208.98, and a byte of padding.
    #[test]
    fn headers_tell_the_length_of_frames() {
        assert_eq!(frame_bytes([0xff, 0xfb, 0x90, 0]), Some(417));
        assert_eq!(frame_bytes([0xff, 0xf3, 0x82, 0]), Some(209));
        for none in [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], *b"TAGa"] {
            assert_eq!(frame_bytes(none), None);
        }
    }
}
