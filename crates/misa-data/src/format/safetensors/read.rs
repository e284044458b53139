//! Reading our own file.

use super::{LAYOUT, VERSION};
use crate::checksum::{self, Checksum};
use crate::format::Format;
use crate::intake::{Heading, Intake};
use crate::{DataError, Note, Sequence, Split, TextSequence, Utterance, Vocabulary};
use misa_files::Source;
use misa_terms::{Conflict, Modality};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::path::Path;

/// Longest header that is read. Ours have about 4 KiB, because the number of tensors is fixed.
const MAX_HEADER: u64 = 1 << 20;

/// The data set in one file.
pub(crate) fn read(path: &Path, intake: &mut Intake<'_>) -> Result<Heading, DataError> {
    let file = Container::open(path)?;
    let vocabulary = match file.metadata.info("vocabulary") {
        Some(_) => Some(file.vocabulary()?),
        None => None,
    };
    let stored: Vec<Note> = serde_json::from_str(file.entry("notes")?)
        .map_err(|error| file.layout("notes", "notes", error.to_string()))?;
    // These notes are determined again while the utterances pass the intake.
    let stored = stored.iter().filter(|note| !note.kind.is_found_again());
    intake.notes.extend(stored);
    let mut checksum = Checksum::default();
    for split in Split::ALL {
        match file.metadata.info(&format!("{split}.label")) {
            Some(_) => file.split(split, &mut checksum, intake)?,
            None => checksum.split(0),
        }
    }
    file.compare("checksum", checksum.finish(), path)?;
    let found = checksum::of_vocabulary(vocabulary.as_ref());
    file.compare("vocabulary", found, path)?;
    Ok(Heading {
        format: Format::Safetensors,
        vocabulary,
    })
}

/// A safetensors file whose header has been read and agrees with the size of the file.
#[derive(Debug)]
struct Container {
    source: Source<'static>,
    metadata: Metadata,
    /// Offset of the data.
    base: u64,
    path: String,
}

impl Container {
    fn open(path: &Path) -> Result<Self, DataError> {
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
        let container = Self {
            source,
            metadata,
            base,
            path: path.display().to_string(),
        };
        container.check_version(path)?;
        Ok(container)
    }

    /// Fails unless this program reads the layout.
    fn check_version(&self, path: &Path) -> Result<(), DataError> {
        let found = self.entry("format")?;
        let version = found.strip_prefix(LAYOUT);
        match version.and_then(|version| version.parse::<u32>().ok()) {
            Some(version) if version <= VERSION => Ok(()),
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

    /// Fails unless the checksum stored as `key` equals `found`.
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

    fn tensor<const N: usize>(&self, name: &str, dtype: Dtype) -> Result<Vec<[u8; N]>, DataError> {
        let info = self.info(name, &[dtype])?;
        let (start, end) = info.data_offsets;
        // The sizes in the header were checked against the file.
        let bytes = self.source.bytes(self.base + start as u64, end - start);
        let bytes = bytes.map_err(DataError::io(Path::new(&self.path)))?;
        let (elements, _) = bytes.as_chunks::<N>();
        Ok(elements.to_vec())
    }

    /// `len` counts, which must add up to `total`.
    fn counts(&self, name: &str, len: usize, total: usize) -> Result<Vec<usize>, DataError> {
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

    fn texts(&self, name: &str) -> Result<Vec<String>, DataError> {
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

    fn vocabulary(&self) -> Result<Vocabulary, DataError> {
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

    fn split(
        &self,
        split: Split,
        checksum: &mut Checksum,
        intake: &mut Intake<'_>,
    ) -> Result<(), DataError> {
        let labels: Vec<[u8; 4]> = self.tensor(&format!("{split}.label"), Dtype::F32)?;
        let count = labels.len();
        let ids = self.texts(&format!("{split}.id"))?;
        if ids.len() != count {
            let expected = format!("{count} ids");
            return Err(self.layout(&format!("{split}.id"), &expected, ids.len().to_string()));
        }
        let mut words = self.texts(&format!("{split}.words"))?.into_iter();
        let counts = self.counts(&format!("{split}.words.counts"), count, words.len())?;
        let mut text = Column::open(self, split, Modality::Text, count)?;
        let mut visual = Column::open(self, split, Modality::Visual, count)?;
        let mut acoustic = Column::open(self, split, Modality::Acoustic, count)?;
        let place = self.place(split.name());
        checksum.split(count);
        for (index, (label, id)) in labels.into_iter().zip(ids).enumerate() {
            let utterance = Utterance {
                id,
                words: words.by_ref().take(counts[index]).collect(),
                text: text.text(index)?,
                visual: visual.sequence(index)?,
                acoustic: acoustic.sequence(index)?,
                label: f32::from_le_bytes(label),
            };
            checksum.add(&utterance);
            intake.push(split, &place, utterance)?;
        }
        Ok(())
    }
}

/// The steps of one modality of one split, utterance after utterance.
#[derive(Debug)]
struct Column<'c> {
    container: &'c Container,
    name: String,
    /// A separate source, so that three columns do not compete for one window of the file.
    source: Source<'static>,
    dtype: Dtype,
    /// Values of a step.
    d_input: usize,
    steps: Vec<usize>,
    offset: u64,
}

impl<'c> Column<'c> {
    fn open(
        container: &'c Container,
        split: Split,
        modality: Modality,
        count: usize,
    ) -> Result<Self, DataError> {
        let name = format!("{split}.{modality}");
        let info = match modality {
            Modality::Text => container.info(&name, &[Dtype::U32, Dtype::F32])?,
            _ => container.info(&name, &[Dtype::F32])?,
        };
        let (rows, d_input) = match (info.dtype, info.shape.as_slice()) {
            (Dtype::U32, &[rows]) => (rows, 1),
            (Dtype::F32, &[rows, d_input]) if d_input > 0 => (rows, d_input),
            _ => {
                let expected = "[steps] word ids or [steps, d_input] features";
                return Err(container.layout(&name, expected, format!("{:?}", info.shape)));
            }
        };
        let steps = container.counts(&format!("{name}.steps"), count, rows)?;
        let path = Path::new(&container.path);
        Ok(Self {
            container,
            name,
            source: Source::open(path).map_err(DataError::io(path))?,
            dtype: info.dtype,
            d_input,
            steps,
            offset: container.base + info.data_offsets.0 as u64,
        })
    }

    /// The four-byte values of the next utterance.
    fn next(&mut self, index: usize) -> Result<Vec<[u8; 4]>, DataError> {
        // This cannot overflow, because the steps of all utterances were checked against the file.
        let len = 4 * self.steps[index] * self.d_input;
        let path = Path::new(&self.container.path);
        let bytes = self.source.bytes(self.offset, len);
        let bytes = bytes.map_err(DataError::io(path))?;
        self.offset += len as u64;
        let (values, _) = bytes.as_chunks::<4>();
        Ok(values.to_vec())
    }

    fn sequence(&mut self, index: usize) -> Result<Sequence, DataError> {
        let values = self.next(index)?.into_iter().map(f32::from_le_bytes);
        Sequence::new(self.d_input, values.collect())
            .ok_or_else(|| self.container.layout(&self.name, "whole steps", "others"))
    }

    fn text(&mut self, index: usize) -> Result<TextSequence, DataError> {
        if self.dtype == Dtype::F32 {
            return self.sequence(index).map(TextSequence::Features);
        }
        let ids = self.next(index)?.into_iter().map(u32::from_le_bytes);
        Ok(TextSequence::Words(ids.collect()))
    }
}
