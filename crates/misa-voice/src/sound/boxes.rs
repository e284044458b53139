//! The boxes that MP4 files are made of.
//!
//! - Source: ISO/IEC 14496-12.

use crate::sound::source::Source;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes of a box that are looked at.
const MOST_BYTES: usize = 128;

/// A box: its type, and where its content is.
pub(super) struct Part {
    pub kind: [u8; 4],
    pub content: Range<u64>,
}

/// An unsigned number, the highest byte first.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The first bytes of what is in a box.
pub(super) fn content(source: &mut Source<'_>, part: &Part) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(part.content.start))?;
    let bytes = (part.content.end - part.content.start).min(MOST_BYTES as u64);
    let mut content = Vec::with_capacity(MOST_BYTES);
    source.by_ref().take(bytes).read_to_end(&mut content)?;
    Ok(content)
}

/// The boxes in a part of the file, at most `most`.
pub(super) fn parts(
    source: &mut Source<'_>,
    range: Range<u64>,
    most: usize,
) -> io::Result<Vec<Part>> {
    let (mut parts, mut at) = (Vec::new(), range.start);
    while parts.len() < most && range.end.saturating_sub(at) >= 8 {
        source.seek(SeekFrom::Start(at))?;
        let mut header = Vec::with_capacity(16);
        source.by_ref().take(16).read_to_end(&mut header)?;
        let Some(&[a, b, c, d, ref kind @ ..]) = header.first_chunk::<8>() else {
            break;
        };
        let (size, start) = match number(&[a, b, c, d]) {
            0 => (range.end - at, 8),
            1 => (header.get(8..16).map_or(0, number), 16),
            size => (size, 8),
        };
        let end = at.saturating_add(size).min(range.end);
        if size < start {
            break;
        }
        parts.push(Part {
            kind: *kind,
            content: (at + start).min(end)..end,
        });
        at = end;
    }
    Ok(parts)
}
