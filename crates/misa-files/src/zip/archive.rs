//! An open archive.

use super::directory::Directory;
use super::entry::shown;
use super::{Entry, Limits, Method, ZipError, inflate};
use crate::Source;
use flate2::Crc;

/// A zip archive whose directory was read and checked.
#[derive(Debug)]
pub struct Archive<'a> {
    source: Source<'a>,
    /// In the order of the directory.
    entries: Vec<Entry>,
    /// Places in `entries`, ordered by name.
    by_name: Vec<usize>,
    limits: Limits,
}

impl<'a> Archive<'a> {
    /// Opens the archive in `source`. No member is read yet.
    ///
    /// Differs: bytes before the first member must belong to the archive, so programs that unpack
    /// themselves are refused.
    ///
    /// # Errors
    ///
    /// [`ZipError`] when this is no archive, when its directory contradicts itself or the file,
    /// when members share bytes or names, or when it exceeds `limits`.
    pub fn open(source: Source<'a>, limits: &Limits) -> Result<Self, ZipError> {
        let directory = Directory::find(&source, limits)?;
        let entries = directory.entries(&source)?;
        check_places(&entries, directory.start)?;
        check_sizes(&entries, limits)?;
        Ok(Self {
            by_name: ordered_names(&entries)?,
            entries,
            source,
            limits: *limits,
        })
    }

    /// The members, in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The member of this name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        let found = self
            .by_name
            .binary_search_by(|&index| self.entries[index].name().cmp(name))
            .ok()?;
        Some(&self.entries[self.by_name[found]])
    }

    /// The bytes of a member: where they are if they are stored so, else unpacked and compared
    /// with their checksum. For the checksum of stored members see [`verify`](Self::verify).
    ///
    /// # Errors
    ///
    /// [`ZipError`] when the member is encrypted, packed by another method than deflate, exceeds
    /// the limits or is damaged.
    pub fn read(&self, entry: &Entry) -> Result<Source<'_>, ZipError> {
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

    /// Reads all of a member to compare it with its checksum.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and [`ZipError::Checksum`].
    pub fn verify(&self, entry: &Entry) -> Result<(), ZipError> {
        let member = self.read(entry)?;
        let (mut crc, mut at) = (Crc::new(), 0);
        let mut piece = [0; inflate::PIECE];
        while at < member.len() {
            let len = (member.len() - at).min(piece.len() as u64) as usize;
            member
                .read(at, &mut piece[..len])
                .map_err(|source| inflate::unread(entry.start + at, source))?;
            crc.update(&piece[..len]);
            at += len as u64;
        }
        if !entry.agrees(crc.sum()) {
            return Err(entry.checksum_error(crc.sum()));
        }
        Ok(())
    }

    fn stored(&self, entry: &Entry) -> Result<Source<'_>, ZipError> {
        let found = entry.packed_len;
        let part = self.source.part(entry.start, found);
        part.filter(|_| found == entry.len)
            .ok_or_else(|| ZipError::Length {
                name: shown(entry.name()),
                expected: entry.len,
                found,
            })
    }
}

/// Members follow each other and end before the directory.
fn check_places(entries: &[Entry], directory: u64) -> Result<(), ZipError> {
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

/// No member claims more than it can hold, and all of them together not too much.
fn check_sizes(entries: &[Entry], limits: &Limits) -> Result<(), ZipError> {
    let packed = |entry: &&Entry| entry.method == Method::Deflated;
    let mut total: u64 = 0;
    for entry in entries.iter().filter(packed) {
        let most = entry.packed_len.saturating_mul(limits.expansion);
        check(entry, "bytes from so few", most, entry.len)?;
        total = total.saturating_add(entry.len);
        let what = "unpacked bytes up to here";
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
