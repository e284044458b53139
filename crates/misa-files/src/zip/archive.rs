//! An open archive.

use super::directory::Directory;
use super::entry::shown;
use super::{Entry, Limits, Method, ZipError, inflate};
use crate::Source;
use flate2::Crc;
use std::cell::RefCell;
use std::collections::HashSet;

/// A zip archive whose directory has been read and checked.
#[derive(Debug)]
pub struct Archive<'a> {
    source: Source<'a>,
    /// In the order of the directory.
    entries: Vec<Entry>,
    /// Indices into `entries`, ordered by name.
    by_name: Vec<usize>,
    limits: Limits,
    /// Stored members that were compared with their checksums, by the offset of their header.
    compared: RefCell<HashSet<u64>>,
}

impl<'a> Archive<'a> {
    /// Opens the archive in `source`. No member is read yet.
    ///
    /// Differs: offsets count from the first byte of the file, so self-extracting programs are
    /// refused.
    ///
    /// # Errors
    ///
    /// [`ZipError`] when this is not an archive, its directory contradicts itself or the file,
    /// members share bytes or names, or it exceeds `limits`.
    pub fn open(source: Source<'a>, limits: &Limits) -> Result<Self, ZipError> {
        let directory = Directory::find(&source, limits)?;
        let entries = directory.entries(&source)?;
        check_extents(&entries, directory.start)?;
        check_sizes(&entries, limits)?;
        Ok(Self {
            by_name: ordered_names(&entries)?,
            entries,
            source,
            limits: *limits,
            compared: RefCell::default(),
        })
    }

    /// The members, in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The member called `name`.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        let position = self
            .by_name
            .binary_search_by(|&index| self.entries[index].name().cmp(name))
            .ok()?;
        Some(&self.entries[self.by_name[position]])
    }

    /// The bytes of a member, compared with its checksum. A stored member stays in the source: it is read to its
    /// end once, the first time that it is asked for. A deflated member is unpacked into memory each time.
    ///
    /// Differs: a stored member with the checksum 0 is not compared. PyTorch states 0 where it was told to compute
    /// none (`set_crc32_options`).
    ///
    /// # Errors
    ///
    /// [`ZipError`] when the member is encrypted, packed by another method than deflate, exceeds
    /// the limits or is damaged.
    pub fn read(&self, entry: &Entry) -> Result<Source<'_>, ZipError> {
        let member = self.member(entry)?;
        let is_due = entry.method == Method::Stored && entry.checksum != 0;
        if is_due && !self.compared.borrow().contains(&entry.header) {
            compare(&member, entry)?;
            self.compared.borrow_mut().insert(entry.header);
        }
        Ok(member)
    }

    /// Reads all of a member and compares it with its checksum, also with one of 0.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and [`ZipError::Checksum`].
    pub fn verify(&self, entry: &Entry) -> Result<(), ZipError> {
        compare(&self.member(entry)?, entry)
    }

    /// The bytes of a member; those of a stored one are not compared yet.
    fn member(&self, entry: &Entry) -> Result<Source<'_>, ZipError> {
        if entry.encrypted {
            let name = shown(entry.name());
            return Err(ZipError::Encrypted { name });
        }
        match entry.method {
            Method::Stored => self.stored(entry),
            Method::Deflated => {
                check(entry, "unpacked bytes", self.limits.entry_bytes, entry.len)?;
                inflate::inflate(&self.source, entry).map(Source::from)
            }
            Method::Other(found) => Err(ZipError::Method {
                name: shown(entry.name()),
                found,
            }),
        }
    }

    fn stored(&self, entry: &Entry) -> Result<Source<'_>, ZipError> {
        let found = entry.packed_len;
        self.source
            .part(entry.start, found)
            .filter(|_| found == entry.len)
            .ok_or_else(|| ZipError::Length {
                name: shown(entry.name()),
                expected: entry.len,
                found,
            })
    }
}

/// Compares the bytes of a member with its checksum.
fn compare(member: &Source<'_>, entry: &Entry) -> Result<(), ZipError> {
    let (mut crc, mut offset) = (Crc::new(), 0);
    let mut piece = [0; inflate::PIECE];
    while offset < member.len() {
        let len = (member.len() - offset).min(piece.len() as u64) as usize;
        member
            .read(offset, &mut piece[..len])
            .map_err(|source| inflate::unread(entry.start + offset, source))?;
        crc.update(&piece[..len]);
        offset += len as u64;
    }
    if !entry.agrees(crc.sum()) {
        return Err(entry.checksum_error(crc.sum()));
    }
    Ok(())
}

/// Checks that members do not overlap and end before the directory.
fn check_extents(entries: &[Entry], directory: u64) -> Result<(), ZipError> {
    let mut order: Vec<&Entry> = entries.iter().collect();
    order.sort_unstable_by_key(|entry| entry.header);
    let nexts = order.iter().skip(1).map(|entry| entry.header);
    for (entry, limit) in order.iter().zip(nexts.chain([directory])) {
        let end = entry.start.checked_add(entry.packed_len);
        if end.is_none_or(|end| end > limit) {
            return Err(ZipError::Overlap {
                name: shown(entry.name()),
                end: end.unwrap_or(u64::MAX),
                limit,
            });
        }
    }
    Ok(())
}

/// Checks that no member claims more bytes than deflate can produce, and that all of them together
/// stay within the limit.
fn check_sizes(entries: &[Entry], limits: &Limits) -> Result<(), ZipError> {
    let packed = |entry: &&Entry| entry.method == Method::Deflated;
    let mut total: u64 = 0;
    for entry in entries.iter().filter(packed) {
        let most = entry.packed_len.saturating_mul(limits.expansion);
        check(
            entry,
            "unpacked bytes for its packed bytes",
            most,
            entry.len,
        )?;
        total = total.saturating_add(entry.len);
        let what = "unpacked bytes up to this entry";
        check(entry, what, limits.total_bytes, total)?;
    }
    Ok(())
}

fn check(entry: &Entry, what: &'static str, limit: u64, found: u64) -> Result<(), ZipError> {
    if found <= limit {
        return Ok(());
    }
    Err(ZipError::Limit {
        name: shown(entry.name()),
        what,
        limit,
        found,
    })
}

fn ordered_names(entries: &[Entry]) -> Result<Vec<usize>, ZipError> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_unstable_by_key(|&index| entries[index].name());
    for pair in order.windows(2) {
        let name = entries[pair[0]].name();
        if name == entries[pair[1]].name() {
            let name = shown(name);
            return Err(ZipError::Duplicate { name });
        }
    }
    Ok(order)
}
