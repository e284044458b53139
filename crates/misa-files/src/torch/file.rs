//! An open file.

use super::legacy::{self, Extents};
use super::reference::Reference;
use super::{Limits, Tensor, TorchError};
use crate::Source;
use crate::pickle::{Global, Pickle, Value};
use crate::zip::{Archive, Entry, Method};
use std::cell::Cell;
use std::io::ErrorKind;

/// A PyTorch file: its values, and where its storages are.
#[derive(Debug)]
pub struct File<'a> {
    pickle: Pickle<'a>,
    storages: Storages<'a>,
    limit: u64,
    /// Bytes that tensors may still expand to.
    budget: Cell<u64>,
}

#[derive(Debug)]
enum Storages<'a> {
    Archive {
        archive: Box<Archive<'a>>,
        /// Folder of all members.
        folder: String,
        big_endian: bool,
    },
    Legacy {
        source: &'a Source<'a>,
        extents: Extents,
    },
}

impl<'a> File<'a> {
    /// Opens the file in `source`, of either kind. No storage is read yet.
    ///
    /// # Errors
    ///
    /// [`TorchError`] when this is not such a file, names anything that is not allowed, contradicts
    /// itself, or exceeds `limits`.
    pub fn open(source: &'a Source<'a>, limits: &Limits) -> Result<Self, TorchError> {
        let mut start = [0; 2];
        let is_archive = source.read(0, &mut start).is_ok() && start == *b"PK";
        let (pickle, storages, unpacked) = if is_archive {
            let archive = Archive::open(source.into(), &limits.archive)?;
            let unpacked = unpacked(&archive);
            let (pickle, storages) = open_archive(source, archive, limits)?;
            (pickle, storages, unpacked)
        } else {
            let (pickle, extents) = legacy::read(source, limits)?;
            (pickle, Storages::Legacy { source, extents }, source.len())
        };
        let limit = limits.pickle.budget(unpacked);
        Ok(Self {
            pickle,
            storages,
            limit,
            budget: Cell::new(limit),
        })
    }

    /// The outermost value. [`tensor`](Self::tensor) reads the tensors in it.
    pub fn root(&self) -> Value<'_> {
        self.pickle.root()
    }

    /// The tensor or parameter in `value`, a value of this file; `None` for other values.
    ///
    /// # Errors
    ///
    /// [`TorchError`] when its storage is missing, has a different length or checksum, or ends before
    /// the tensor does. Older files have no checksums.
    pub fn tensor(&self, value: Value<'_>) -> Result<Option<Tensor<'_>>, TorchError> {
        let call = match value.call() {
            Some((Global::Parameter, arguments)) => arguments.get(0).and_then(Value::call),
            call => call,
        };
        let Some((Global::Tensor, arguments)) = call else {
            return Ok(None);
        };
        let id = arguments
            .get(0)
            .and_then(Value::persistent)
            .ok_or_else(|| TorchError::Tensor {
                expected: "a storage",
                found: arguments.get(0).map_or_else(String::new, Value::describe),
            })?;
        let reference = Reference::read(id)?;
        let (bytes, big_endian) = self.storage(&reference)?;
        Tensor::new(self, bytes, &reference, big_endian, arguments).map(Some)
    }

    /// The bytes of a storage, and whether they are in big-endian order.
    fn storage(&self, reference: &Reference) -> Result<(Source<'_>, bool), TorchError> {
        let missing = || reference.missing("a storage of that key");
        let (bytes, big_endian) = match &self.storages {
            Storages::Archive {
                archive,
                folder,
                big_endian,
            } => {
                let name = format!("{folder}/data/{}", reference.key);
                let entry = archive.entry(&name).ok_or_else(missing)?;
                // Checked before anything is unpacked.
                reference.check(entry.len())?;
                (archive.read(entry)?, *big_endian)
            }
            Storages::Legacy { source, extents } => {
                let &(start, len) = extents.get(&reference.key).ok_or_else(missing)?;
                (source.part(start, len).ok_or_else(missing)?, false)
            }
        };
        reference.check(bytes.len())?;
        Ok((bytes, big_endian))
    }

    /// Takes `bytes` from the memory budget of tensors, before they allocate it.
    pub(super) fn charge(&self, bytes: usize) -> Result<(), TorchError> {
        let remaining = self
            .budget
            .get()
            .checked_sub(bytes as u64)
            .ok_or(TorchError::Limit { limit: self.limit })?;
        self.budget.set(remaining);
        Ok(())
    }
}

/// Bytes of all members after unpacking.
fn unpacked(archive: &Archive<'_>) -> u64 {
    let members = archive.entries().iter().map(|entry| match entry.method() {
        // Checked against the packed bytes when the archive was opened; other claims are not.
        Method::Deflated => entry.len(),
        _ => entry.packed_len(),
    });
    members.fold(0, u64::saturating_add)
}

fn open_archive<'a>(
    source: &'a Source<'a>,
    archive: Archive<'a>,
    limits: &Limits,
) -> Result<(Pickle<'a>, Storages<'a>), TorchError> {
    let folder = folder(&archive)?;
    let part = "data.pkl";
    let Some(entry) = archive.entry(&format!("{folder}/{part}")) else {
        return Err(TorchError::NoPickle { found: 0 });
    };
    let bytes = detached(source, &archive, entry)?;
    let len = bytes.len();
    let (pickle, end) = Pickle::parse_torch(bytes, 0, &limits.pickle)
        .map_err(|source| TorchError::Pickle { part, source })?;
    if end != len {
        return Err(TorchError::format(
            entry.start() + end,
            "the end of `data.pkl`",
        ));
    }
    let order = archive.entry(&format!("{folder}/byteorder"));
    let big_endian = match order {
        Some(entry) => is_big_endian(&archive, entry)?,
        // Older files have no such member and are little-endian.
        None => false,
    };
    let storages = Storages::Archive {
        archive: Box::new(archive),
        folder,
        big_endian,
    };
    Ok((pickle, storages))
}

/// The folder of all members, which is named after the file.
fn folder(archive: &Archive<'_>) -> Result<String, TorchError> {
    let folders: Vec<&str> = archive
        .entries()
        .iter()
        .filter_map(|entry| entry.name().strip_suffix("/data.pkl"))
        .collect();
    match folders[..] {
        [folder] => Ok(folder.to_string()),
        _ => Err(TorchError::NoPickle {
            found: folders.len(),
        }),
    }
}

/// The bytes of a member, independent of the archive: a part of its source, or unpacked.
fn detached<'a>(
    source: &'a Source<'a>,
    archive: &Archive<'a>,
    entry: &Entry,
) -> Result<Source<'a>, TorchError> {
    let unread = |source| TorchError::unread(entry.start(), "`data.pkl`", source);
    let bytes = archive.read(entry)?;
    if entry.method() == Method::Stored {
        let part = source.part(entry.start(), entry.len());
        return part.ok_or_else(|| unread(ErrorKind::UnexpectedEof.into()));
    }
    let all = bytes.bytes(0, bytes.len() as usize).map_err(unread)?;
    Ok(Source::from(all.into_owned()))
}

fn is_big_endian(archive: &Archive<'_>, entry: &Entry) -> Result<bool, TorchError> {
    let expected = "`little` or `big`";
    let wrong = || TorchError::format(entry.start(), expected);
    let mut order = [0; 6];
    let len = usize::try_from(entry.len()).unwrap_or(usize::MAX);
    let order = order.get_mut(..len).ok_or_else(wrong)?;
    archive
        .read(entry)?
        .read(0, order)
        .map_err(|source| TorchError::unread(entry.start(), expected, source))?;
    match &*order {
        b"little" => Ok(false),
        b"big" => Ok(true),
        _ => Err(wrong()),
    }
}
