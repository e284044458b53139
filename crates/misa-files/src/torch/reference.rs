//! References to storages in a pickle.

use super::TorchError;
use crate::dtype::Dtype;
use crate::pickle::{Global, Value};

/// A tensor's reference to its storage: type and number of elements, and the key in the file.
#[derive(Debug)]
pub(super) struct Reference {
    pub dtype: Dtype,
    pub key: String,
    /// Number of elements.
    pub len: usize,
}

impl Reference {
    /// Reads `("storage", class, key, device, length)`. Older files have a sixth item, which is `None`
    /// unless the storage is a part of another one.
    pub fn read(id: Value<'_>) -> Result<Self, TorchError> {
        let wrong = |expected, value: Value<'_>| TorchError::Reference {
            expected,
            found: value.describe(),
        };
        let tuple = "a tuple of 5 or 6";
        let items = id
            .items()
            .filter(|items| matches!(items.len(), 5 | 6))
            .ok_or_else(|| wrong(tuple, id))?;
        let item = |index| items.get(index).ok_or_else(|| wrong(tuple, id));
        let (kind, class, key, len) = (item(0)?, item(1)?, item(2)?, item(4)?);
        let text = |value: Value<'_>| value.to_text().map_err(TorchError::value("reference"));
        if text(kind)? != "storage" {
            return Err(wrong("\"storage\"", kind));
        }
        let Some(Global::Storage(dtype)) = class.global() else {
            return Err(wrong("a class of storages", class));
        };
        let elements = len.as_int().and_then(|len| usize::try_from(len).ok());
        if let Some(part) = items.get(5).filter(|part| !part.is_none()) {
            return Err(wrong("no storage inside another", part));
        }
        Ok(Self {
            dtype,
            key: text(key)?,
            len: elements.ok_or_else(|| wrong("a number of elements", len))?,
        })
    }

    /// Bytes of the elements; `u64::MAX` if they overflow.
    pub fn bytes(&self) -> u64 {
        (self.len as u64).saturating_mul(self.dtype.size() as u64)
    }

    /// Fails if the storage has a different length.
    pub fn check(&self, found: u64) -> Result<(), TorchError> {
        let expected = self.bytes();
        if found == expected {
            return Ok(());
        }
        Err(TorchError::Storage {
            key: shown(&self.key),
            expected,
            found,
        })
    }

    pub fn missing(&self, expected: &'static str) -> TorchError {
        let key = shown(&self.key);
        TorchError::Missing { key, expected }
    }
}

/// A key, shortened for messages.
pub(super) fn shown(key: &str) -> String {
    key.chars().take(40).collect()
}
