//! Writing our own file.

use super::columns::{SplitColumns, Texts, features};
use super::{LAYOUT, MODALITY_LABELS, RECIPES, VERSION, WITHOUT_ABSENT};
use crate::{
    DataError, Overview, Sequence, Split, UtteranceDataset, Vocabulary, checksum, write_whole,
};
use misa_terms::{PerModality, recipes_to_json};
use safetensors::tensor::{Dtype, TensorInfo};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

/// Writes `data` to a temporary file next to `path`, which then replaces it.
pub(crate) fn write(data: &UtteranceDataset, path: &Path) -> Result<(), DataError> {
    let mut columns = vocabulary_columns(data.vocabulary());
    for split in Split::ALL {
        let utterances = data.split(split);
        if utterances.is_empty() {
            continue;
        }
        let mut small = SplitColumns::default();
        utterances.iter().for_each(|utterance| small.add(utterance));
        let values = PerModality::from_fn(|modality| {
            let sequences = utterances
                .iter()
                .map(|utterance| features(utterance, modality));
            sequences.collect::<Option<_>>().map(Content::Sequences)
        });
        small.write(Some(split), values, &mut columns);
    }
    let checksums = Checksums {
        content: data.checksum().to_owned(),
        modality_labels: data.modality_label_checksum(),
    };
    assemble(path, &columns, &checksums, data.overview())?;
    Ok(())
}

/// What the metadata says about the content.
pub(super) struct Checksums {
    /// Of the utterances.
    pub content: String,
    /// Of the labels by single modalities, if there are any.
    pub modality_labels: Option<String>,
}

/// Assembles the file and returns its size in bytes.
pub(super) fn assemble(
    path: &Path,
    columns: &[Column<'_>],
    checksums: &Checksums,
    overview: &Overview,
) -> Result<u64, DataError> {
    let header = header(columns, checksums, overview);
    let header = header.map_err(|error| DataError::io(path)(error.into()))?;
    let written = write_whole(path, |mut file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        columns
            .iter()
            .try_for_each(|column| column.content.write(&mut file))
    });
    written.map_err(DataError::io(path))
}

/// One tensor to write.
#[derive(Debug)]
pub(super) struct Column<'a> {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    content: Content<'a>,
    /// Whether it flags absent steps.
    is_mask: bool,
}

#[derive(Debug)]
pub(super) enum Content<'a> {
    Bytes(Vec<u8>),
    /// Written from the utterances, because memory may not hold a second copy.
    Sequences(Vec<&'a Sequence>),
    /// The whole of a file of this many bytes.
    Part(File, usize),
}

impl Column<'_> {
    pub fn bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            dtype: Dtype::U8,
            shape: vec![bytes.len()],
            content: Content::Bytes(bytes),
            is_mask: false,
        }
    }

    /// Flags of absent steps, which make the file one of the newest version.
    pub fn absent(name: impl Into<String>, flags: Vec<u8>) -> Self {
        Self {
            is_mask: true,
            ..Self::bytes(name, flags)
        }
    }

    pub fn numbers<const N: usize>(
        name: impl Into<String>,
        dtype: Dtype,
        values: impl Iterator<Item = [u8; N]>,
    ) -> Self {
        let bytes: Vec<u8> = values.flatten().collect();
        Self {
            dtype,
            shape: vec![bytes.len() / N],
            ..Self::bytes(name, bytes)
        }
    }

    pub fn counts(name: impl Into<String>, values: &[u32]) -> Self {
        Self::numbers(name, Dtype::U32, values.iter().map(|n| n.to_le_bytes()))
    }
}

impl<'a> Column<'a> {
    pub fn features(name: String, shape: [usize; 2], content: Content<'a>) -> Self {
        Self {
            name,
            dtype: Dtype::F32,
            shape: shape.into(),
            content,
            is_mask: false,
        }
    }
}

impl Content<'_> {
    fn size(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Sequences(sequences) => sequences
                .iter()
                .map(|sequence| 4 * sequence.values().len())
                .sum(),
            Self::Part(_, size) => *size,
        }
    }

    fn write(&self, file: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => file.write_all(bytes),
            Self::Sequences(sequences) => sequences
                .iter()
                .try_for_each(|sequence| write_values(sequence, file)),
            Self::Part(part, _) => {
                let mut part = part;
                part.rewind()?;
                io::copy(&mut part, file).map(drop)
            }
        }
    }
}

/// The values of a sequence, little-endian.
pub(super) fn write_values(sequence: &Sequence, file: &mut impl Write) -> io::Result<()> {
    let mut values = sequence.values().iter();
    values.try_for_each(|value| file.write_all(&value.to_le_bytes()))
}

/// The header of the file, with its entries in an order that only depends on the data.
struct Header<'a> {
    metadata: BTreeMap<&'static str, String>,
    columns: &'a [Column<'a>],
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.columns.len()))?;
        map.serialize_entry("__metadata__", &self.metadata)?;
        let mut end = 0;
        for column in self.columns {
            let start = end;
            end += column.content.size();
            let info = TensorInfo {
                dtype: column.dtype,
                shape: column.shape.clone(),
                data_offsets: (start, end),
            };
            map.serialize_entry(&column.name, &info)?;
        }
        map.end()
    }
}

fn header(
    columns: &[Column<'_>],
    checksums: &Checksums,
    overview: &Overview,
) -> serde_json::Result<String> {
    let has_absent = columns.iter().any(|column| column.is_mask);
    let version = if has_absent { VERSION } else { WITHOUT_ABSENT };
    let vocabulary = checksum::of_vocabulary(overview.vocabulary.as_ref());
    let mut metadata = BTreeMap::from([
        ("format", format!("{LAYOUT}{version}")),
        ("checksum", checksums.content.clone()),
        ("vocabulary", vocabulary),
        ("notes", serde_json::to_string(&overview.notes)?),
    ]);
    metadata.extend(recipes_to_json(&overview.recipes).map(|recipes| (RECIPES, recipes)));
    let of_labels = checksums.modality_labels.clone();
    metadata.extend(of_labels.map(|checksum| (MODALITY_LABELS, checksum)));
    let mut header = serde_json::to_string(&Header { metadata, columns })?;
    // The format requires the data to start at a multiple of eight.
    while header.len() % 8 != 0 {
        header.push(' ');
    }
    Ok(header)
}

pub(super) fn vocabulary_columns<'a>(vocabulary: Option<&Vocabulary>) -> Vec<Column<'a>> {
    let mut columns = Vec::new();
    if let Some(vocabulary) = vocabulary {
        let mut words = Texts::default();
        vocabulary.iter().for_each(|(_, word)| words.push(word));
        words.write("vocabulary", &mut columns);
        let ids: Vec<u32> = vocabulary.iter().map(|(id, _)| id).collect();
        columns.push(Column::counts("vocabulary.ids", &ids));
    }
    columns
}
