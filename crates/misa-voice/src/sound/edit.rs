//! Which part of decoded sound is the sound of the file.
//!
//! Encoders of AAC add frames before the sound and after it. MP4 files say how many, in an edit list, which symphonia
//! does not read.
//!
//! - Source: ISO/IEC 14496-12, the boxes `mvhd`, `mdhd`, `hdlr` and `elst`.
//! - Differs: a delay of the sound behind the picture (an empty edit) is not kept, as FFmpeg does not; several edits
//!   of one track are not followed.

use crate::sound::boxes::{Part, content, number, parts};
use crate::sound::source::Source;
use std::io::{self, Seek, SeekFrom};
use std::ops::Range;

/// Boxes of one level that are looked at.
const MOST_BOXES: usize = 1024;

/// The part of decoded frames that is sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Frames before it.
    pub skip: u64,
    /// Its frames, where the file states them.
    pub keep: Option<u64>,
    /// Units a second in which the file states both.
    units: u64,
}

impl Edit {
    /// The edit that an MP4 file states for its first track of sound.
    pub fn of(source: &mut Source<'_>) -> io::Result<Self> {
        let edit = read(source)?;
        source.seek(SeekFrom::Start(0))?;
        Ok(edit.unwrap_or_default())
    }

    /// The edit, if it is stated in frames of `rate`, as it nearly always is.
    pub fn in_frames(self, rate: u32) -> Option<Self> {
        Some(self).filter(|edit| edit.units == u64::from(rate))
    }

    /// Which frames of a block belong to the sound. The block follows `before` frames.
    pub fn of_block(&self, before: u64, frames: usize) -> Range<usize> {
        let within = |frame: u64| frame.saturating_sub(before).min(frames as u64) as usize;
        let end = self
            .keep
            .map_or(frames, |keep| within(self.skip.saturating_add(keep)));
        within(self.skip).min(end)..end
    }
}

fn read(source: &mut Source<'_>) -> io::Result<Option<Edit>> {
    let all = parts(source, 0..u64::MAX, MOST_BOXES)?;
    let Some(movie) = all.iter().find(|part| &part.kind == b"moov") else {
        return Ok(None);
    };
    let tracks = parts(source, movie.content.clone(), MOST_BOXES)?;
    let Some(units) = tracks.iter().find(|part| &part.kind == b"mvhd") else {
        return Ok(None);
    };
    let (movie_units, _) = clock(&content(source, units)?);
    for track in tracks.iter().filter(|part| &part.kind == b"trak") {
        if let Some(sound) = sound_of(source, track)? {
            let list = within(source, track, &[b"edts", b"elst"])?.unwrap_or_default();
            return Ok(edit(&list, sound, movie_units));
        }
    }
    Ok(None)
}

/// Units a second and length of a track, if it is one of sound.
fn sound_of(source: &mut Source<'_>, track: &Part) -> io::Result<Option<(u64, u64)>> {
    let handler = within(source, track, &[b"mdia", b"hdlr"])?.unwrap_or_default();
    if handler.get(8..12) != Some(b"soun".as_slice()) {
        return Ok(None);
    }
    let header = within(source, track, &[b"mdia", b"mdhd"])?;
    Ok(header.map(|header| clock(&header)))
}

/// The edit of a list with one entry that is not empty.
fn edit(list: &[u8], (units, length): (u64, u64), movie_units: u64) -> Option<Edit> {
    let is_long = list.first() == Some(&1);
    let entry = if is_long { 20 } else { 12 };
    let (time, stated) = if is_long { (8, 8) } else { (4, 4) };
    let entries = list.get(8..)?.chunks_exact(entry);
    let mut real = entries.filter(|entry| entry[time] & 0x80 == 0);
    let (only, None) = (real.next()?, real.next()) else {
        return None;
    };
    let (duration, skip) = (number(&only[..stated]), number(&only[time..time + stated]));
    let rest = (length > 0).then(|| length.saturating_sub(skip));
    // Times of the movie are coarser than frames: up to one of its units more may be meant.
    let part = (duration > 0 && movie_units > 0).then(|| {
        let frames = u128::from(duration) * u128::from(units) / u128::from(movie_units);
        let unit = (units / movie_units).saturating_sub(1);
        u64::try_from(frames)
            .unwrap_or(u64::MAX)
            .saturating_add(unit)
    });
    let keep = [rest, part].into_iter().flatten().min();
    Some(Edit { skip, keep, units })
}

/// Units a second and length, from a header of a movie or of a track.
fn clock(header: &[u8]) -> (u64, u64) {
    let is_long = header.first() == Some(&1);
    let (at, size) = if is_long { (20, 8) } else { (12, 4) };
    let field = |range: Range<usize>| header.get(range).map_or(0, number);
    (field(at..at + 4), field(at + 4..at + 4 + size))
}

/// The content of a box inside of boxes.
fn within(source: &mut Source<'_>, part: &Part, path: &[&[u8; 4]]) -> io::Result<Option<Vec<u8>>> {
    let Some((first, rest)) = path.split_first() else {
        return content(source, part).map(Some);
    };
    let inner = parts(source, part.content.clone(), MOST_BOXES)?;
    match inner.iter().find(|part| part.kind == **first) {
        Some(part) => within(source, part, rest),
        None => Ok(None),
    }
}
