//! The sequence of pickles that older files are.

use super::reference::{Reference, shown};
use super::{Limits, TorchError};
use crate::Source;
use crate::pickle::{Pickle, Value};
use std::collections::BTreeMap;

/// First value of the file, as the pickle stores it.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// The only version of the sequence there is.
const PROTOCOL: i64 = 1001;

/// Where storages are in the file: first byte and number of bytes, by key.
pub(super) type Places = BTreeMap<String, (u64, u64)>;

/// The pickle of values, and where the storages are.
pub(super) fn read<'a>(
    source: &'a Source<'_>,
    limits: &Limits,
) -> Result<(Pickle<'a>, Places), TorchError> {
    let at = check_start(source, limits)?;
    let (_, at) = pickle(source, at, limits, "system of the writer")?;
    let (values, at) = pickle(source, at, limits, "values")?;
    let (keys, at) = pickle(source, at, limits, "keys of the storages")?;
    let references = references(&values)?;
    let places = places(source, at, keys.root(), &references)?;
    Ok((values, places))
}

/// Checks the magic number and the version; says where they end.
fn check_start(source: &Source<'_>, limits: &Limits) -> Result<u64, TorchError> {
    // A pickle of the number with a header before it and padding of the protocol around.
    const LONGEST: u64 = 32;
    let expected = "an archive or the magic number of PyTorch";
    let wrong = || TorchError::format(0, expected);
    let start = source.len().min(LONGEST) as usize;
    let unread = |source| TorchError::unread(0, expected, source);
    let start = source.bytes(0, start).map_err(unread)?;
    // Before anything else is parsed: most files are of another kind.
    if !start.windows(MAGIC.len()).any(|bytes| bytes == MAGIC) {
        return Err(wrong());
    }
    let (magic, at) = pickle(source, 0, limits, "magic number")?;
    if at > LONGEST || magic.root().kind() != "int" {
        return Err(wrong());
    }
    let (protocol, end) = pickle(source, at, limits, "version")?;
    if protocol.root().as_int() != Some(PROTOCOL) {
        return Err(TorchError::format(at, "version 1001"));
    }
    Ok(end)
}

fn pickle<'a>(
    source: &'a Source<'_>,
    offset: u64,
    limits: &Limits,
    place: &'static str,
) -> Result<(Pickle<'a>, u64), TorchError> {
    Pickle::parse_torch(source, offset, &limits.pickle)
        .map_err(|source| TorchError::Pickle { place, source })
}

/// Every storage that the values name. The file itself does not say how large elements are.
fn references(values: &Pickle<'_>) -> Result<BTreeMap<String, Reference>, TorchError> {
    let mut references = BTreeMap::new();
    for id in values.persistent_ids() {
        let reference = Reference::read(id)?;
        // Tensors that share a storage agree on it, or are refused when they are read.
        references.entry(reference.key.clone()).or_insert(reference);
    }
    Ok(references)
}

/// Storages follow each other in the order of `keys`, each after its number of elements.
fn places(
    source: &Source<'_>,
    mut at: u64,
    keys: Value<'_>,
    references: &BTreeMap<String, Reference>,
) -> Result<Places, TorchError> {
    let keys = keys
        .items()
        .ok_or_else(|| TorchError::format(at, "a list of keys before"))?;
    let mut places = Places::new();
    for key in keys.iter() {
        let key = key.to_text().map_err(TorchError::value("keys"))?;
        let missing = |expected| TorchError::Missing {
            key: shown(&key),
            expected,
        };
        let reference = references.get(&key);
        let reference = reference.ok_or_else(|| missing("a tensor that uses it"))?;
        let (start, bytes) = storage(source, at, reference)?;
        if places.insert(key.clone(), (start, bytes)).is_some() {
            return Err(missing("one of that key"));
        }
        at = start + bytes;
    }
    if at != source.len() {
        return Err(TorchError::format(at, "the end of the file"));
    }
    Ok(places)
}

/// Where the elements of the storage at `at` start, and how many bytes they take.
fn storage(source: &Source<'_>, at: u64, reference: &Reference) -> Result<(u64, u64), TorchError> {
    let mut count = [0; 8];
    source
        .read(at, &mut count)
        .map_err(|source| TorchError::unread(at, "the length of a storage", source))?;
    let size = reference.dtype.size() as u64;
    reference.check(u64::from_le_bytes(count).saturating_mul(size))?;
    let (start, bytes) = (at + 8, reference.bytes());
    if !source.has(start, bytes) {
        return Err(TorchError::format(start, "the elements of a storage"));
    }
    Ok((start, bytes))
}
