//! The directory of an archive, and the end record behind it.

use super::entry::shown;
use super::{Entry, Limits, Method, ZipError};
use crate::Source;
use crate::dtype::byte_text;
use std::borrow::Cow;

const END: usize = 22;
const END_64: usize = 56;
const LOCATOR: usize = 20;
const ENTRY: usize = 46;
const HEADER: usize = 30;

/// The value of a 32-bit field whose real value is in the 64-bit extra field.
const ELSEWHERE: u64 = u32::MAX as u64;

/// The position of the directory according to the end record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directory {
    pub start: u64,
    len: u64,
    count: u64,
}

impl Directory {
    /// Finds the directory of an archive.
    pub fn find(source: &Source<'_>, limits: &Limits) -> Result<Self, ZipError> {
        let (position, end) = end_record(source)?;
        let (end_of_directory, directory) = match locator(source, position)? {
            Some(record) => (record, end_64(source, record, position)?),
            None => (position, Self::from_end(&end, position)?),
        };
        directory.check(end_of_directory, limits)
    }

    fn from_end(end: &[u8; END], offset: u64) -> Result<Self, ZipError> {
        let whole = number(end, 4, 4) == 0 && number(end, 8, 2) == number(end, 10, 2);
        let directory = Self {
            start: number(end, 16, 4),
            len: number(end, 12, 4),
            count: number(end, 10, 2),
        };
        whole.then_some(directory).ok_or(ZipError::Split { offset })
    }

    fn check(self, end: u64, limits: &Limits) -> Result<Self, ZipError> {
        let (offset, len, count) = (self.start, self.len, self.count);
        if offset.checked_add(len) != Some(end) {
            let what = "directory";
            return Err(ZipError::Extent {
                offset,
                what,
                len,
                end,
            });
        }
        if count > limits.entries {
            return Err(ZipError::Limit {
                name: String::new(),
                what: "entries",
                limit: limits.entries,
                found: count,
            });
        }
        if count > len / ENTRY as u64 {
            return Err(ZipError::Count { offset, len, count });
        }
        Ok(self)
    }

    /// Reads all entries, and the header that each one points to.
    pub fn entries(&self, source: &Source<'_>) -> Result<Vec<Entry>, ZipError> {
        let (mut offset, end) = (self.start, self.start + self.len);
        let mut entries = Vec::new();
        for _ in 0..self.count {
            let (entry, next) = entry(source, offset, end)?;
            entries.push(entry);
            offset = next;
        }
        if offset != end {
            return Err(ZipError::Count {
                offset: self.start,
                len: self.len,
                count: self.count,
            });
        }
        Ok(entries)
    }
}

/// The last end record, whose comment must reach the end of the file.
fn end_record(source: &Source<'_>) -> Result<(u64, [u8; END]), ZipError> {
    const LONGEST: u64 = END as u64 + u16::MAX as u64;
    let searched = source.len().min(LONGEST);
    let start = source.len() - searched;
    let tail = bytes(source, start, searched as usize, "the end record")?;
    for position in (0..(tail.len() + 1).saturating_sub(END)).rev() {
        if !tail[position..].starts_with(b"PK\x05\x06") {
            continue;
        }
        let mut record = [0; END];
        record.copy_from_slice(&tail[position..position + END]);
        if position + END + number(&record, 20, 2) as usize == tail.len() {
            return Ok((start + position as u64, record));
        }
    }
    Err(ZipError::NoEnd { searched })
}

/// Offset of the 64-bit end record, if there is one: its locator is just before the end record.
fn locator(source: &Source<'_>, end: u64) -> Result<Option<u64>, ZipError> {
    let Some(offset) = end.checked_sub(LOCATOR as u64) else {
        return Ok(None);
    };
    let locator: [u8; LOCATOR] = array(source, offset, "the locator of the end record")?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    if number(&locator, 4, 4) != 0 || number(&locator, 16, 4) > 1 {
        return Err(ZipError::Split { offset });
    }
    Ok(Some(number(&locator, 8, 8)))
}

fn end_64(source: &Source<'_>, offset: u64, end: u64) -> Result<Directory, ZipError> {
    let what = "the 64-bit end record";
    let record: [u8; END_64] = array(source, offset, what)?;
    signature(&record, b"PK\x06\x06", offset, what)?;
    // The stated length excludes itself and the signature.
    let len = number(&record, 4, 8).saturating_add(12);
    let end = end - LOCATOR as u64;
    if offset.checked_add(len) != Some(end) {
        return Err(ZipError::Extent {
            offset,
            what,
            len,
            end,
        });
    }
    if number(&record, 16, 8) != 0 || number(&record, 24, 8) != number(&record, 32, 8) {
        return Err(ZipError::Split { offset });
    }
    Ok(Directory {
        start: number(&record, 48, 8),
        len: number(&record, 40, 8),
        count: number(&record, 32, 8),
    })
}

/// The entry at `offset`, and the offset of the next one.
fn entry(source: &Source<'_>, offset: u64, end: u64) -> Result<(Entry, u64), ZipError> {
    let what = "a directory entry";
    let record: [u8; ENTRY] = array(source, offset, what)?;
    signature(&record, b"PK\x01\x02", offset, what)?;
    let length = |field| number(&record, field, 2);
    let (name_len, extra_len, comment_len) = (length(28), length(30), length(32));
    let len = ENTRY as u64 + name_len + extra_len + comment_len;
    let next = offset + len;
    if next > end {
        return Err(ZipError::Extent {
            offset,
            what,
            len,
            end,
        });
    }
    let name_start = offset + ENTRY as u64;
    let name = bytes(source, name_start, name_len as usize, "a name")?;
    let extra = bytes(
        source,
        name_start + name_len,
        extra_len as usize,
        "extra fields",
    )?;
    let text = checked_name(&name, offset)?;
    let flags = number(&record, 8, 2);
    let mut sizes = [(24, 4), (20, 4), (42, 4)].map(|(start, width)| number(&record, start, width));
    if read_elsewhere(&mut sizes, &extra).is_none() {
        let name = shown(&text);
        return Err(ZipError::Extra { offset, name });
    }
    let [len, packed_len, header] = sizes;
    let entry = Entry {
        start: data_start(source, header, &name, &text)?,
        name: text,
        method: match number(&record, 10, 2) {
            0 => Method::Stored,
            8 => Method::Deflated,
            other => Method::Other(other as u16),
        },
        // Encrypted, strongly encrypted, and a directory that hides its values.
        encrypted: flags & (1 | 1 << 6 | 1 << 13) != 0,
        checksum: number(&record, 16, 4) as u32,
        packed_len,
        len,
        header,
    };
    Ok((entry, next))
}

fn checked_name(bytes: &[u8], offset: u64) -> Result<String, ZipError> {
    let name = byte_text(bytes);
    let leads_out = name.starts_with('/')
        || name.contains(['\0', '\\'])
        || name.split('/').any(|part| part == "..");
    if leads_out {
        let name = shown(&name);
        return Err(ZipError::Name { offset, name });
    }
    Ok(name)
}

/// Replaces each value that equals [`ELSEWHERE`] by the next one in the 64-bit extra field, which holds
/// them in this order. `None` if the extra fields are damaged or lack a value.
fn read_elsewhere(sizes: &mut [u64; 3], mut extra: &[u8]) -> Option<()> {
    let mut wide: &[u8] = &[];
    // Some writers pad with up to three zeros.
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let (field, rest) = rest.split_at_checked(number(head, 2, 2) as usize)?;
        if number(head, 0, 2) == 1 {
            wide = field;
        }
        extra = rest;
    }
    for size in sizes.iter_mut().filter(|size| **size == ELSEWHERE) {
        let (value, rest) = wide.split_at_checked(8)?;
        *size = number(value, 0, 8);
        wide = rest;
    }
    Some(())
}

/// Offset of the bytes of the member whose local header is at `offset`.
fn data_start(source: &Source<'_>, offset: u64, name: &[u8], text: &str) -> Result<u64, ZipError> {
    let what = "the header of an entry";
    let header: [u8; HEADER] = array(source, offset, what)?;
    signature(&header, b"PK\x03\x04", offset, what)?;
    let (name_len, extra_len) = (number(&header, 26, 2), number(&header, 28, 2));
    let name_start = offset + HEADER as u64;
    if bytes(source, name_start, name_len as usize, "a name")? != name {
        let name = shown(text);
        return Err(ZipError::Header { offset, name });
    }
    Ok(name_start + name_len + extra_len)
}

fn signature(
    record: &[u8],
    expected: &[u8; 4],
    offset: u64,
    what: &'static str,
) -> Result<(), ZipError> {
    if record.starts_with(expected) {
        return Ok(());
    }
    Err(ZipError::Signature {
        offset,
        expected: what,
        found: number(record, 0, 4),
    })
}

/// The little-endian number of `width` bytes at `start` of a record.
fn number(record: &[u8], start: usize, width: usize) -> u64 {
    let bytes = record[start..start + width].iter().rev();
    bytes.fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn array<const N: usize>(
    source: &Source<'_>,
    offset: u64,
    expected: &'static str,
) -> Result<[u8; N], ZipError> {
    let mut array = [0; N];
    source
        .read(offset, &mut array)
        .map_err(|source| ZipError::Read {
            offset,
            expected,
            source,
        })?;
    Ok(array)
}

fn bytes<'s>(
    source: &'s Source<'_>,
    offset: u64,
    len: usize,
    expected: &'static str,
) -> Result<Cow<'s, [u8]>, ZipError> {
    source.bytes(offset, len).map_err(|source| ZipError::Read {
        offset,
        expected,
        source,
    })
}
