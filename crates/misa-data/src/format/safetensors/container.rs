//! The tensors of our own file.

use super::columns::ABSENT;
use super::{LAYOUT, VERSION};
use crate::{DataError, Vocabulary};
use misa_files::Source;
use misa_terms::{Conflict, JsonFault};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::path::Path;

/// Longest header that is read. Ours have about 4 KiB, because the number of tensors is fixed.
const MAX_HEADER: u64 = 1 << 20;

/// A safetensors file whose header has been read and agrees with the size of the file.
#[derive(Debug)]
pub(super) struct Container {
    pub source: Source<'static>,
    pub metadata: Metadata,
    /// Offset of the data.
    pub base: u64,
    pub path: String,
    /// Version of the layout.
    version: u32,
}

impl Container {
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let wrong = |expected: &str, found: String| {
            DataError::layout(format!("{}: header", path.display()), expected, found)
        };
        let source = Source::open(path).map_err(DataError::io(path))?;
        let size = source.len();
        let mut length = [0; 8];
        source.read(0, &mut length).map_err(DataError::io(path))?;
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER {
            let expected = format!("at most {MAX_HEADER} bytes");
            return Err(wrong(&expected, format!("{length} bytes")));
        }
        let present = size.saturating_sub(8);
        if length > present {
            let found = format!("{present} bytes: the file is cut off");
            return Err(wrong(&format!("{length} bytes"), found));
        }
        let header = source.bytes(8, length as usize);
        let header = header.map_err(DataError::io(path))?.into_owned();
        let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| {
            let found = JsonFault::new(&header, &error).instead_with_place();
            wrong("a safetensors header", found)
        })?;
        let base = 8 + length;
        let data = metadata.data_len() as u64;
        if data != size - base {
            return Err(wrong(
                &format!("{data} bytes of data"),
                format!("{} bytes", size - base),
            ));
        }
        let mut container = Self {
            source,
            metadata,
            base,
            path: path.display().to_string(),
            version: 0,
        };
        container.version = container.read_version(path)?;
        Ok(container)
    }

    /// The version of the layout; fails unless this program reads it.
    fn read_version(&self, path: &Path) -> Result<u32, DataError> {
        let found = self.entry("format")?;
        let version = found.strip_prefix(LAYOUT);
        match version.and_then(|version| version.parse::<u32>().ok()) {
            Some(version) if version <= VERSION => Ok(version),
            Some(version) => Err(DataError::Version {
                path: path.to_owned(),
                found: version,
                newest: VERSION,
            }),
            None => {
                let expected = format!("format \"{LAYOUT}{VERSION}\"");
                Err(self.layout("header", &expected, format!("{found:?}")))
            }
        }
    }

    pub fn place(&self, name: &str) -> String {
        format!("{}: {name}", self.path)
    }

    pub fn layout(&self, name: &str, expected: &str, found: impl Into<String>) -> DataError {
        DataError::layout(self.place(name), expected, found)
    }

    pub fn entry(&self, key: &str) -> Result<&str, DataError> {
        let entries = self.metadata.metadata().as_ref();
        entries
            .and_then(|entries| entries.get(key))
            .map(String::as_str)
            .ok_or_else(|| self.layout("header", &format!("an entry {key:?}"), "none"))
    }

    /// Fails unless the checksum stored as `key` equals `found`.
    pub fn compare(&self, key: &str, found: String, path: &Path) -> Result<(), DataError> {
        let expected = self.entry(key)?.to_owned();
        if found == expected {
            return Ok(());
        }
        let path = path.to_owned();
        Err(DataError::Checksum {
            path,
            expected,
            found,
        })
    }

    pub fn info(&self, name: &str, dtypes: &[Dtype]) -> Result<TensorInfo, DataError> {
        match self.metadata.info(name) {
            Some(info) if dtypes.contains(&info.dtype) => Ok(info.clone()),
            Some(info) => {
                let found = format!("{} {:?}", info.dtype, info.shape);
                Err(self.layout(name, &format!("elements {dtypes:?}"), found))
            }
            None => Err(self.layout(name, "a tensor", "none")),
        }
    }

    pub fn tensor<const N: usize>(
        &self,
        name: &str,
        dtype: Dtype,
    ) -> Result<Vec<[u8; N]>, DataError> {
        let info = self.info(name, &[dtype])?;
        let (start, end) = info.data_offsets;
        // The sizes in the header were checked against the file.
        let bytes = self.source.bytes(self.base + start as u64, end - start);
        let bytes = bytes.map_err(DataError::io(Path::new(&self.path)))?;
        let (elements, _) = bytes.as_chunks::<N>();
        Ok(elements.to_vec())
    }

    /// `len` counts, which must add up to `total`.
    pub fn counts(&self, name: &str, len: usize, total: usize) -> Result<Vec<usize>, DataError> {
        let counts: Vec<usize> = self
            .tensor(name, Dtype::U32)?
            .into_iter()
            .map(|bytes| u32::from_le_bytes(bytes) as usize)
            .collect();
        let sum = counts
            .iter()
            .try_fold(0_usize, |sum, &count| sum.checked_add(count));
        if counts.len() != len || sum != Some(total) {
            let expected = format!("{len} counts that add up to {total}");
            return Err(self.layout(name, &expected, format!("{} counts", counts.len())));
        }
        Ok(counts)
    }

    /// The flags of the absent steps of a column with `rows` steps, if it has any.
    pub fn absent(&self, column: &str, rows: usize) -> Result<Option<Vec<bool>>, DataError> {
        let name = format!("{column}.{ABSENT}");
        if self.metadata.info(&name).is_none() {
            return Ok(None);
        }
        if self.version < VERSION {
            let expected = format!("no flags of absent steps before {LAYOUT}{VERSION}");
            return Err(self.layout(&name, &expected, "some"));
        }
        let flags: Vec<[u8; 1]> = self.tensor(&name, Dtype::U8)?;
        if flags.len() != rows {
            let expected = format!("{rows} flags, one for each step");
            return Err(self.layout(&name, &expected, flags.len().to_string()));
        }
        let flags = flags.iter().map(|&[flag]| match flag {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.layout(&name, "flags of 0 or 1", other.to_string())),
        });
        flags.collect::<Result<_, _>>().map(Some)
    }

    pub fn texts(&self, name: &str) -> Result<Vec<String>, DataError> {
        let bytes: Vec<[u8; 1]> = self.tensor(name, Dtype::U8)?;
        let bytes = bytes.as_flattened();
        let ends: Vec<[u8; 8]> = self.tensor(&format!("{name}.ends"), Dtype::U64)?;
        let mut start = 0;
        let mut texts = Vec::with_capacity(ends.len());
        for end in ends {
            let end = usize::try_from(u64::from_le_bytes(end)).ok();
            let text = end.and_then(|end| std::str::from_utf8(bytes.get(start..end)?).ok());
            match (text, end) {
                (Some(text), Some(end)) => {
                    texts.push(text.to_owned());
                    start = end;
                }
                _ => return Err(self.layout(name, "UTF-8 texts within their bytes", "others")),
            }
        }
        if start != bytes.len() {
            return Err(self.layout(name, "every byte in a text", format!("{start} in texts")));
        }
        Ok(texts)
    }

    pub fn vocabulary(&self) -> Result<Vocabulary, DataError> {
        let words = self.texts("vocabulary")?;
        let ids: Vec<[u8; 4]> = self.tensor("vocabulary.ids", Dtype::U32)?;
        if ids.len() != words.len() {
            let expected = format!("{} ids", words.len());
            return Err(self.layout("vocabulary.ids", &expected, ids.len().to_string()));
        }
        let mut vocabulary = Vocabulary::new();
        for (word, id) in words.iter().zip(ids) {
            let id = u32::from_le_bytes(id);
            vocabulary.insert(id, word).map_err(|conflict| {
                let expected = match conflict {
                    Conflict::Word(known) => format!("{known:?} for id {id}"),
                    Conflict::Id(known) => format!("id {known} for {word:?}"),
                    Conflict::Range => format!("ids below {}", Vocabulary::MAX_LEN),
                };
                self.layout("vocabulary", &expected, format!("{word:?} with id {id}"))
            })?;
        }
        Ok(vocabulary)
    }
}
