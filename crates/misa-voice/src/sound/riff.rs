//! What of the header of WAV is read in another way than it stands there: lengths that cannot be, because whoever wrote
//! them did not know them, and lists of tags.

use crate::sound::source::Source;
use std::io::{self, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// Bytes before the first chunk: `RIFF`, a length, `WAVE`.
const HEAD: u64 = 12;
/// Bytes before what a chunk holds: its name and its length.
const CHUNK: u64 = 8;
/// Chunks that are looked at.
const MOST: usize = 1024;
/// The length that readers take for none.
pub(crate) const UNKNOWN: u32 = u32::MAX;
/// The name of chunks that nobody reads.
const NO_CHUNK: [u8; 4] = *b"JUNK";

/// The chunks before the data, and the data.
struct Header {
    /// Bytes of the file behind the first eight, as stated.
    riff: u32,
    /// Where the chunk of the number of frames is.
    fact: Option<u64>,
    /// Where lists are: of tags, and of marks in the sound.
    lists: Vec<u64>,
    /// Where the chunk of the data is.
    data: u64,
    /// Bytes of data, as stated.
    length: u32,
}

/// What must be read instead of the bytes of a WAV file at some places, so that its sound is read to the end of the
/// file: where its data would end behind the file as it states it, or none are stated and no chunk follows them. Lists
/// before the data become chunks that nobody reads: symphonia takes two bytes, not one, behind a list of odd length.
/// Reading begins again from the first byte.
pub(crate) fn corrections(source: &mut Source<'_>) -> io::Result<Vec<(u64, [u8; 4])>> {
    let header = Header::of(source)?;
    source.seek(SeekFrom::Start(0))?;
    let Some(header) = header else {
        return Ok(Vec::new());
    };
    let all = source.byte_len().unwrap_or_default();
    let start = header.data + CHUNK;
    let end = start + u64::from(header.length);
    let stated_end = match header.riff {
        UNKNOWN => u64::MAX,
        riff => CHUNK + u64::from(riff),
    };
    let has_none = header.length == 0 && all > start && stated_end <= start;
    let is_beyond = stated_end < end;
    let lists = header.lists.iter();
    let mut corrections: Vec<_> = lists.map(|&list| (list, NO_CHUNK)).collect();
    if has_none || is_beyond {
        corrections.push((4, UNKNOWN.to_le_bytes()));
    }
    let is_unknown = has_none || is_beyond && end > all || header.length == UNKNOWN;
    if is_unknown {
        corrections.push((start - 4, UNKNOWN.to_le_bytes()));
        // Who did not know the bytes did not know the frames.
        corrections.extend(header.fact.map(|fact| (fact, NO_CHUNK)));
    }
    Ok(corrections)
}

impl Header {
    /// `None` where the file ends before its data.
    fn of(source: &mut Source<'_>) -> io::Result<Option<Self>> {
        let Some(riff) = chunk_at(source, 0)? else {
            return Ok(None);
        };
        let (mut place, mut fact, mut lists) = (HEAD, None, Vec::new());
        for _ in 0..MOST {
            let Some((name, length)) = chunk_at(source, place)? else {
                return Ok(None);
            };
            match &name {
                b"data" => {
                    return Ok(Some(Self {
                        riff: riff.1,
                        fact,
                        lists,
                        data: place,
                        length,
                    }));
                }
                b"fact" => fact = Some(place),
                b"LIST" => lists.push(place),
                _ => {}
            }
            // Chunks begin at even bytes.
            let length = u64::from(length);
            place += CHUNK + length + length % 2;
        }
        Ok(None)
    }
}

/// Name and length of the chunk at a byte, if the file has as many.
fn chunk_at(source: &mut Source<'_>, place: u64) -> io::Result<Option<([u8; 4], u32)>> {
    source.seek(SeekFrom::Start(place))?;
    let mut bytes = Vec::with_capacity(CHUNK as usize);
    source.by_ref().take(CHUNK).read_to_end(&mut bytes)?;
    let chunk = bytes.split_first_chunk::<4>();
    Ok(chunk.and_then(|(name, length)| {
        let length = length.first_chunk::<4>()?;
        Some((*name, u32::from_le_bytes(*length)))
    }))
}
