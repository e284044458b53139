//! HTK's parameter files: a header of 12 bytes, then rows of `f32`, all big-endian.

use super::clock::rows_a_second;
use super::notes::Notes;
use crate::tracks::{
    Anchor, NamedTrack, ROWS_A_SECOND, TrackFile, TrackFormat, TrackNoteKind, TrackOptions,
    stretches,
};
use crate::{Fault, FaultKind, Place, Track};
use misa_files::Source;
use std::collections::HashMap;

/// Bytes before the rows.
const HEADER: u64 = 12;
/// Units of the period in a second.
const PER_SECOND: f64 = 1e7;
/// Bits of the kind that say what a row is, without what is said about it.
const BASE: u16 = 0x3f;
/// A kind whose rows are made of `i16`: sound, reflection coefficients, discrete.
const SHORT: [u16; 3] = [0, 5, 10];
/// Bits of a kind whose rows are compressed, or end in a checksum.
const PACKED: u16 = 0x0400 | 0x1000;
/// Bytes that are read at once.
const BLOCK: u64 = 1 << 16;

/// What the header says.
#[derive(Clone, Copy, Debug)]
struct Header {
    rows: i32,
    period: i32,
    row_bytes: u16,
    kind: u16,
}

impl Header {
    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (rows, rest) = bytes.split_first_chunk()?;
        let (period, rest) = rest.split_first_chunk()?;
        let (row_bytes, rest) = rest.split_first_chunk()?;
        Some(Self {
            rows: i32::from_be_bytes(*rows),
            period: i32::from_be_bytes(*period),
            row_bytes: u16::from_be_bytes(*row_bytes),
            kind: u16::from_be_bytes(*rest.first_chunk()?),
        })
    }

    /// Columns of a row, by the length of the file: the header has 16 bits for their bytes, which are too few
    /// for large sets, and only agree then.
    fn columns(self, len: u64) -> Option<u64> {
        let rows = u64::try_from(self.rows).ok().filter(|&rows| rows > 0)?;
        let bytes = len.checked_sub(HEADER)?;
        let row_bytes = bytes / rows;
        let fits = bytes % rows == 0 && row_bytes % 4 == 0 && row_bytes > 0;
        (fits && row_bytes as u16 == self.row_bytes).then_some(row_bytes / 4)
    }
}

/// Whether header and length of a file that begins with `head` agree as in HTK.
pub(super) fn is_htk(head: &[u8], len: u64) -> bool {
    Header::of_bytes(head).is_some_and(|header| header.period > 0 && header.columns(len).is_some())
}

/// The track of an HTK file. Columns have no names in it, so they are called by their numbers, from 0.
///
/// - Differs: openSMILE writes a period of 10 ms whatever it was told; `rate` is used instead where it is told.
///
/// # Errors
///
/// If header and length of the file do not agree, or its rows are of another kind, or it is too large.
pub(super) fn read(source: &Source<'_>, options: &TrackOptions) -> Result<TrackFile, Fault> {
    let head = bytes(source, 0, source.len().min(HEADER))?;
    let header = Header::of_bytes(&head).ok_or_else(|| {
        let found = format!("{} bytes", source.len());
        Fault::new(
            FaultKind::Malformed,
            Place::File,
            "a header of 12 bytes",
            found,
        )
    })?;
    let (rows, columns) = checked_size(header, source.len(), options)?;
    let step = step(header, options)?;
    let wanted = wanted_columns(columns, options)?;
    let mut notes = Notes::default();
    let values = values(source, rows, columns, &wanted)?;
    let without = values.iter().filter(|value| value.is_nan()).count();
    notes.add(TrackNoteKind::NoNumber, without);
    let starts: Vec<f64> = (0..rows)
        .map(|row| options.first + step(row as f64))
        .collect();
    let valid = match wanted.len() {
        0 => vec![true; rows],
        width => values
            .chunks(width)
            .map(|row| row.iter().any(|value| !value.is_nan()))
            .collect(),
    };
    let track = Track {
        columns: wanted.iter().map(usize::to_string).collect(),
        times: stretches(&starts, Anchor::Start, Some(step(1.0))).unwrap_or_default(),
        values,
        valid,
    };
    let tracks = vec![NamedTrack {
        name: None,
        track,
        other_faces: 0,
        is_whole: false,
    }];
    Ok(TrackFile {
        format: TrackFormat::Htk,
        tracks,
        notes: notes.into_vec(),
    })
}

fn checked_size(header: Header, len: u64, options: &TrackOptions) -> Result<(usize, usize), Fault> {
    if SHORT.contains(&(header.kind & BASE)) || header.kind & PACKED != 0 {
        let found = format!("kind {}", header.kind);
        let kind = FaultKind::Unsupported;
        return Err(
            Fault::new(kind, Place::Byte(10), "rows of 32-bit numbers", found)
                .advised("write them without compression and checksum"),
        );
    }
    let limits = &options.limits;
    let Some(columns) = header.columns(len) else {
        let found = format!("{len} bytes, and {} bytes a row", header.row_bytes);
        let expected = format!("{} rows of equal length after 12 bytes", header.rows);
        return Err(
            Fault::new(FaultKind::Malformed, Place::File, expected, found)
                .advised("the file is damaged or unfinished: let the tool write it again"),
        );
    };
    let too_large = |expected: String| {
        let found = format!("{} of {columns} columns", header.rows);
        Fault::new(FaultKind::TooLarge, Place::File, expected, found)
    };
    let rows = usize::try_from(header.rows)
        .ok()
        .filter(|&rows| rows <= limits.rows);
    let rows = rows.ok_or_else(|| too_large(format!("at most {} rows", limits.rows)))?;
    let width = usize::try_from(columns)
        .ok()
        .filter(|&width| width <= limits.columns);
    let width =
        width.ok_or_else(|| too_large(format!("rows of at most {} columns", limits.columns)))?;
    match rows.checked_mul(width) {
        Some(values) if values <= limits.values => Ok((rows, width)),
        _ => Err(too_large(format!(
            "rows of at most {} values in all",
            limits.values
        ))),
    }
}

/// The start of a row by its number, in seconds from the first.
fn step(header: Header, options: &TrackOptions) -> Result<impl Fn(f64) -> f64, Fault> {
    let rate = rows_a_second(options)?;
    if rate.is_none() && header.period <= 0 {
        let (kind, place) = (FaultKind::Unclear, Place::Byte(4));
        let found = header.period.to_string();
        let fault = Fault::new(kind, place, "a period above 0", found);
        return Err(fault.advised(ROWS_A_SECOND));
    }
    let last = f64::from(header.rows);
    let time = move |row: f64| match rate {
        Some(rate) => row / rate,
        None => row * f64::from(header.period) / PER_SECOND,
    };
    let end = options.first + time(last);
    if end.abs() <= options.limits.seconds && options.first.abs() <= options.limits.seconds {
        return Ok(time);
    }
    let expected = format!("times up to {} seconds", options.limits.seconds);
    Err(Fault::new(
        FaultKind::Invalid,
        Place::File,
        expected,
        end.to_string(),
    ))
}

fn wanted_columns(columns: usize, options: &TrackOptions) -> Result<Vec<usize>, Fault> {
    let Some(wanted) = &options.columns else {
        return Ok((0..columns).collect());
    };
    let names: HashMap<String, usize> = (0..columns).map(|i| (i.to_string(), i)).collect();
    let column = |name: &String| {
        names.get(name).copied().ok_or_else(|| {
            let expected = format!("the column {}", crate::error::quoted(name));
            let found = format!("{columns} columns without names");
            let fault = Fault::new(FaultKind::Invalid, Place::File, expected, found);
            fault.advised(
                "HTK keeps no names: ask for numbers, from \"0\", or let openSMILE write CSV",
            )
        })
    };
    wanted.iter().map(column).collect()
}

fn values(
    source: &Source<'_>,
    rows: usize,
    columns: usize,
    wanted: &[usize],
) -> Result<Vec<f32>, Fault> {
    let row_bytes = columns as u64 * 4;
    let block = (BLOCK / row_bytes).max(1);
    let mut values = Vec::with_capacity(rows * wanted.len());
    let mut row = 0;
    while row < rows as u64 {
        let count = block.min(rows as u64 - row);
        let block = bytes(source, HEADER + row * row_bytes, count * row_bytes)?;
        for row in block.chunks_exact(row_bytes as usize) {
            let (numbers, _) = row.as_chunks::<4>();
            let number =
                |&column: &usize| numbers.get(column).map(|bytes| f32::from_be_bytes(*bytes));
            let number = |column| number(column).filter(|number| number.is_finite());
            values.extend(
                wanted
                    .iter()
                    .map(|column| number(column).unwrap_or(f32::NAN)),
            );
        }
        row += count;
    }
    Ok(values)
}

fn bytes<'s>(
    source: &'s Source<'_>,
    offset: u64,
    len: u64,
) -> Result<std::borrow::Cow<'s, [u8]>, Fault> {
    source.bytes(offset, len as usize).map_err(|error| {
        let (kind, place) = (FaultKind::Malformed, Place::Byte(offset));
        Fault::new(kind, place, "a file that can be read", error.to_string())
    })
}
