//! Older files: a sequence of pickles, followed by the storages.

use super::reference::{Reference, shown};
use super::{Limits, TorchError};
use crate::Source;
use crate::pickle::{Pickle, Value};
use std::collections::BTreeMap;

/// First value of the file, as stored in its pickle.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// The only version of this format.
const PROTOCOL: i64 = 1001;

/// Where storages are in the file: first byte and number of bytes, by key.
pub(super) type Extents = BTreeMap<String, (u64, u64)>;

/// The pickle of values, and where the storages are.
pub(super) fn read<'a>(
    source: &'a Source<'_>,
    limits: &Limits,
) -> Result<(Pickle<'a>, Extents), TorchError> {
    let system_start = check_start(source, limits)?;
    let (_, values_start) = pickle(source, system_start, limits, "system of the writer")?;
    let (values, keys_start) = pickle(source, values_start, limits, "values")?;
    let (keys, storages_start) = pickle(source, keys_start, limits, "keys of the storages")?;
    let references = references(&values)?;
    let extents = extents(source, storages_start, keys.root(), &references)?;
    Ok((values, extents))
}

/// Checks the magic number and the version, and returns the offset after them.
fn check_start(source: &Source<'_>, limits: &Limits) -> Result<u64, TorchError> {
    // Bytes of a pickle that holds the number.
    const LONGEST: u64 = 32;
    let expected = "an archive or the magic number of PyTorch";
    let wrong = || TorchError::format(0, expected);
    let start_len = source.len().min(LONGEST) as usize;
    let start = source
        .bytes(0, start_len)
        .map_err(|source| TorchError::unread(0, expected, source))?;
    // Checked before anything is parsed, because most files are of another kind.
    if !start.windows(MAGIC.len()).any(|bytes| bytes == MAGIC) {
        return Err(wrong());
    }
    let (magic, version_start) = pickle(source, 0, limits, "magic number")?;
    if version_start > LONGEST || magic.root().kind() != "int" {
        return Err(wrong());
    }
    let (protocol, end) = pickle(source, version_start, limits, "version")?;
    if protocol.root().as_int() != Some(PROTOCOL) {
        return Err(TorchError::format(version_start, "version 1001"));
    }
    Ok(end)
}

fn pickle<'a>(
    source: &'a Source<'_>,
    offset: u64,
    limits: &Limits,
    part: &'static str,
) -> Result<(Pickle<'a>, u64), TorchError> {
    Pickle::parse_torch(source, offset, &limits.pickle)
        .map_err(|source| TorchError::Pickle { part, source })
}

/// Every storage that the values refer to, which states the size of its elements.
fn references(values: &Pickle<'_>) -> Result<BTreeMap<String, Reference>, TorchError> {
    let mut references = BTreeMap::new();
    for id in values.persistent_ids() {
        let reference = Reference::read(id)?;
        // Tensors that share a storage must agree on it; others are refused when they are read.
        references.entry(reference.key.clone()).or_insert(reference);
    }
    Ok(references)
}

/// The extents of the storages, which follow each other in the order of `keys`, each after its number
/// of elements.
fn extents(
    source: &Source<'_>,
    mut offset: u64,
    keys: Value<'_>,
    references: &BTreeMap<String, Reference>,
) -> Result<Extents, TorchError> {
    let keys = keys
        .items()
        .ok_or_else(|| TorchError::format(offset, "a list of keys before"))?;
    let mut extents = Extents::new();
    for key in keys.iter() {
        let key = key.to_text().map_err(TorchError::value("keys"))?;
        let missing = |expected| TorchError::Missing {
            key: shown(&key),
            expected,
        };
        let reference = references
            .get(&key)
            .ok_or_else(|| missing("a tensor that uses it"))?;
        let (start, bytes) = storage(source, offset, reference)?;
        if extents.insert(key.clone(), (start, bytes)).is_some() {
            return Err(missing("one of that key"));
        }
        offset = start + bytes;
    }
    if offset != source.len() {
        return Err(TorchError::format(offset, "the end of the file"));
    }
    Ok(extents)
}

/// Offset of the elements of the storage at `offset`, and their number of bytes.
fn storage(
    source: &Source<'_>,
    offset: u64,
    reference: &Reference,
) -> Result<(u64, u64), TorchError> {
    let mut count = [0; 8];
    source
        .read(offset, &mut count)
        .map_err(|source| TorchError::unread(offset, "the length of a storage", source))?;
    let size = reference.dtype.size() as u64;
    reference.check(u64::from_le_bytes(count).saturating_mul(size))?;
    let (start, bytes) = (offset + 8, reference.bytes());
    if !source.has(start, bytes) {
        return Err(TorchError::format(start, "the elements of a storage"));
    }
    Ok((start, bytes))
}
