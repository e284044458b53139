//! Reading our own file.

use super::LAYOUT;
use crate::dataset::Parts;
use crate::format::Format;
use crate::format::fields::of_utterance;
use crate::note::Notes;
use crate::vocabulary::Conflict;
use crate::{DataError, Note, Sequence, Split, TextSequence, Utterance, Vocabulary, checksum};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Longest header that is read. Ours have about 4 KiB: the number of tensors is fixed.
const MAX_HEADER: u64 = 1 << 20;

/// The data set in one file.
pub(crate) fn read(path: &Path) -> Result<Parts, DataError> {
    let mut source = Source::open(path)?;
    let vocabulary = match source.metadata.info("vocabulary") {
        Some(_) => Some(source.vocabulary()?),
        None => None,
    };
    let mut splits = [const { Vec::new() }; 3];
    for split in Split::ALL {
        if source.metadata.info(&format!("{split}.label")).is_some() {
            splits[split.index()] = source.split(split)?;
        }
    }
    source.compare("checksum", checksum::of(&splits), path)?;
    source.compare(
        "vocabulary",
        checksum::of_vocabulary(vocabulary.as_ref()),
        path,
    )?;
    let stored: Vec<Note> = serde_json::from_str(source.entry("notes")?)
        .map_err(|error| source.layout("notes", "notes", error.to_string()))?;
    let mut notes = Notes::default();
    // Found again when the data set is put together.
    notes.extend(stored.iter().filter(|note| !note.kind.is_found_again()));
    Ok(Parts {
        format: Format::Safetensors,
        places: Split::ALL.map(|split| source.place(split.name())),
        splits,
        vocabulary,
        notes,
    })
}

/// A safetensors file whose header has been read and agrees with the size of the file.
#[derive(Debug)]
struct Source {
    file: BufReader<File>,
    metadata: Metadata,
    /// Where the data starts.
    base: u64,
    path: String,
}

impl Source {
    fn open(path: &Path) -> Result<Self, DataError> {
        let wrong = |expected: &str, found: String| {
            DataError::layout(format!("{}: header", path.display()), expected, found)
        };
        let file = File::open(path).map_err(DataError::io(path))?;
        let size = file.metadata().map_err(DataError::io(path))?.len();
        let mut file = BufReader::new(file);
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(DataError::io(path))?;
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER.min(size.saturating_sub(8)) {
            let expected = format!("at most {MAX_HEADER} bytes of the file's {size}");
            return Err(wrong(&expected, format!("{length} bytes")));
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header).map_err(DataError::io(path))?;
        let metadata: Metadata = serde_json::from_slice(&header)
            .map_err(|error| wrong("a safetensors header", error.to_string()))?;
        let base = 8 + length;
        let data = metadata.data_len() as u64;
        if data != size - base {
            return Err(wrong(
                &format!("{data} bytes of data"),
                format!("{} bytes", size - base),
            ));
        }
        let source = Self {
            file,
            metadata,
            base,
            path: path.display().to_string(),
        };
        match source.entry("format")? {
            LAYOUT => Ok(source),
            found => Err(wrong(&format!("format {LAYOUT:?}"), format!("{found:?}"))),
        }
    }

    fn place(&self, name: &str) -> String {
        format!("{}: {name}", self.path)
    }

    fn layout(&self, name: &str, expected: &str, found: impl Into<String>) -> DataError {
        DataError::layout(self.place(name), expected, found)
    }

    fn entry(&self, key: &str) -> Result<&str, DataError> {
        let entries = self.metadata.metadata().as_ref();
        entries
            .and_then(|entries| entries.get(key))
            .map(String::as_str)
            .ok_or_else(|| self.layout("header", &format!("an entry {key:?}"), "none"))
    }

    /// Fails unless the checksum that was stored as `key` is the one found.
    fn compare(&self, key: &str, found: String, path: &Path) -> Result<(), DataError> {
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

    fn info(&self, name: &str, dtypes: &[Dtype]) -> Result<TensorInfo, DataError> {
        match self.metadata.info(name) {
            Some(info) if dtypes.contains(&info.dtype) => Ok(info.clone()),
            Some(info) => {
                let found = format!("{} {:?}", info.dtype, info.shape);
                Err(self.layout(name, &format!("elements {dtypes:?}"), found))
            }
            None => Err(self.layout(name, "a tensor", "none")),
        }
    }

    fn seek(&mut self, info: &TensorInfo) -> Result<(), DataError> {
        let start = self.base + info.data_offsets.0 as u64;
        let sought = self.file.seek(SeekFrom::Start(start));
        sought
            .map(drop)
            .map_err(DataError::io(Path::new(&self.path)))
    }

    /// The next bytes; the header guarantees that the file has them.
    fn bytes(&mut self, count: usize) -> Result<Vec<u8>, DataError> {
        let mut bytes = vec![0; count];
        self.file
            .read_exact(&mut bytes)
            .map_err(DataError::io(Path::new(&self.path)))?;
        Ok(bytes)
    }

    fn tensor<const N: usize>(
        &mut self,
        name: &str,
        dtype: Dtype,
    ) -> Result<Vec<[u8; N]>, DataError> {
        let info = self.info(name, &[dtype])?;
        self.seek(&info)?;
        let bytes = self.bytes(info.data_offsets.1 - info.data_offsets.0)?;
        let (elements, _) = bytes.as_chunks::<N>();
        Ok(elements.to_vec())
    }

    /// Counts that add up to `total`, `len` of them.
    fn counts(&mut self, name: &str, len: usize, total: usize) -> Result<Vec<usize>, DataError> {
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

    fn texts(&mut self, name: &str) -> Result<Vec<String>, DataError> {
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

    fn vocabulary(&mut self) -> Result<Vocabulary, DataError> {
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

    fn split(&mut self, split: Split) -> Result<Vec<Utterance>, DataError> {
        let labels: Vec<[u8; 4]> = self.tensor(&format!("{split}.label"), Dtype::F32)?;
        let count = labels.len();
        let ids = self.texts(&format!("{split}.id"))?;
        if ids.len() != count {
            let expected = format!("{count} ids");
            return Err(self.layout(&format!("{split}.id"), &expected, ids.len().to_string()));
        }
        let mut words = self.texts(&format!("{split}.words"))?.into_iter();
        let counts = self.counts(&format!("{split}.words.counts"), count, words.len())?;
        let text = self.text(split, count)?;
        let visual = self.sequences(&format!("{split}.visual"), count)?;
        let acoustic = self.sequences(&format!("{split}.acoustic"), count)?;
        let place = self.place(split.name());
        let mut utterances = Vec::with_capacity(count);
        for ((((label, id), count), text), (visual, acoustic)) in labels
            .into_iter()
            .zip(ids)
            .zip(counts)
            .zip(text)
            .zip(visual.into_iter().zip(acoustic))
        {
            let words = words.by_ref().take(count).collect();
            let label = f32::from_le_bytes(label);
            let utterance = Utterance::new(id.as_str(), words, text, visual, acoustic, label);
            utterances.push(utterance.map_err(of_utterance(&place, &id))?);
        }
        Ok(utterances)
    }

    fn text(&mut self, split: Split, count: usize) -> Result<Vec<TextSequence>, DataError> {
        let name = format!("{split}.text");
        if self.info(&name, &[Dtype::U32, Dtype::F32])?.dtype == Dtype::F32 {
            let features = self.sequences(&name, count)?;
            return Ok(features.into_iter().map(TextSequence::Features).collect());
        }
        let ids: Vec<[u8; 4]> = self.tensor(&name, Dtype::U32)?;
        let steps = self.counts(&format!("{name}.steps"), count, ids.len())?;
        let mut ids = ids.into_iter().map(u32::from_le_bytes);
        let words = |steps| TextSequence::Words(ids.by_ref().take(steps).collect());
        Ok(steps.into_iter().map(words).collect())
    }

    /// The feature rows of one modality, utterance by utterance.
    fn sequences(&mut self, name: &str, count: usize) -> Result<Vec<Sequence>, DataError> {
        let info = self.info(name, &[Dtype::F32])?;
        let &[rows, d_input] = info.shape.as_slice() else {
            return Err(self.layout(name, "[steps, d_input]", format!("{:?}", info.shape)));
        };
        let steps = self.counts(&format!("{name}.steps"), count, rows)?;
        self.seek(&info)?;
        steps
            .into_iter()
            .map(|steps| {
                // No overflow: all steps together are as many bytes as the file has.
                let bytes = self.bytes(4 * steps * d_input)?;
                let (values, _) = bytes.as_chunks::<4>();
                let values = values
                    .iter()
                    .map(|&value| f32::from_le_bytes(value))
                    .collect();
                let wrong = || self.layout(name, "at least 1 feature", "0");
                Sequence::new(d_input, values).ok_or_else(wrong)
            })
            .collect()
    }
}
