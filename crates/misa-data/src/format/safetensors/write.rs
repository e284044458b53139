//! Writing our own file.

use super::LAYOUT;
use crate::{DataError, Sequence, Split, TextSequence, Utterance, UtteranceDataset, checksum};
use misa_core::Modality;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes `data` to a temporary file beside `path`, which then takes its place.
pub(crate) fn write(data: &UtteranceDataset, path: &Path) -> Result<(), DataError> {
    let columns = columns(data);
    let header = header(data, &columns).map_err(|error| DataError::io(path)(error.into()))?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(temporary(folder)?);
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        for column in &columns {
            column.content.write(&mut file)?;
        }
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(DataError::io(path))
}

/// A file that others may read, unlike temporary files usually.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".misa-").suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// One tensor to be written.
#[derive(Debug)]
struct Column<'a> {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Bytes(Vec<u8>),
    /// Written from where they are: together they may be larger than memory has room for twice.
    Sequences(Vec<&'a Sequence>),
}

impl Content<'_> {
    fn size(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Sequences(sequences) => sequences
                .iter()
                .map(|sequence| 4 * sequence.values().len())
                .sum(),
        }
    }

    fn write(&self, file: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => file.write_all(bytes),
            Self::Sequences(sequences) => {
                for value in sequences.iter().flat_map(|sequence| sequence.values()) {
                    file.write_all(&value.to_le_bytes())?;
                }
                Ok(())
            }
        }
    }
}

fn header(data: &UtteranceDataset, columns: &[Column<'_>]) -> serde_json::Result<String> {
    let metadata = HashMap::from([
        ("format".to_owned(), LAYOUT.to_owned()),
        ("checksum".to_owned(), data.checksum().to_owned()),
        (
            "vocabulary".to_owned(),
            checksum::of_vocabulary(data.vocabulary()),
        ),
        ("notes".to_owned(), serde_json::to_string(data.notes())?),
    ]);
    let mut end = 0;
    let tensors = columns.iter().map(|column| {
        let start = end;
        end += column.content.size();
        let info = TensorInfo {
            dtype: column.dtype,
            shape: column.shape.clone(),
            data_offsets: (start, end),
        };
        (column.name.clone(), info)
    });
    let metadata = Metadata::new(Some(metadata), tensors.collect())
        .map_err(<serde_json::Error as serde::ser::Error>::custom)?;
    let mut header = serde_json::to_string(&metadata)?;
    // The format wants the data to start at a multiple of eight.
    while header.len() % 8 != 0 {
        header.push(' ');
    }
    Ok(header)
}

fn columns(data: &UtteranceDataset) -> Vec<Column<'_>> {
    let mut columns = Vec::new();
    if let Some(vocabulary) = data.vocabulary() {
        texts(
            &mut columns,
            "vocabulary",
            vocabulary.iter().map(|(_, word)| word),
        );
        let ids = vocabulary.iter().map(|(id, _)| id);
        columns.push(numbers(
            "vocabulary.ids",
            Dtype::U32,
            ids.map(u32::to_le_bytes),
        ));
    }
    for split in Split::ALL {
        if !data.split(split).is_empty() {
            split_columns(&mut columns, split, data.split(split));
        }
    }
    columns
}

fn split_columns<'a>(columns: &mut Vec<Column<'a>>, split: Split, utterances: &'a [Utterance]) {
    let labels = utterances
        .iter()
        .map(|utterance| utterance.label.to_le_bytes());
    columns.push(numbers(format!("{split}.label"), Dtype::F32, labels));
    texts(
        columns,
        format!("{split}.id"),
        utterances.iter().map(|utterance| &*utterance.id),
    );
    let words = utterances.iter().flat_map(|utterance| &utterance.words);
    texts(columns, format!("{split}.words"), words.map(String::as_str));
    let counts = utterances
        .iter()
        .map(|utterance| (utterance.words.len() as u32).to_le_bytes());
    columns.push(numbers(format!("{split}.words.counts"), Dtype::U32, counts));
    for modality in Modality::ALL {
        let steps = utterances
            .iter()
            .map(|utterance| *utterance.steps().get(modality) as u32);
        let name = format!("{split}.{modality}.steps");
        columns.push(numbers(name, Dtype::U32, steps.map(u32::to_le_bytes)));
        columns.push(modality_column(split, modality, utterances));
    }
}

fn modality_column(split: Split, modality: Modality, utterances: &[Utterance]) -> Column<'_> {
    let name = format!("{split}.{modality}");
    let sequences: Vec<&Sequence> = utterances
        .iter()
        .filter_map(|utterance| match (modality, &utterance.text) {
            (Modality::Text, TextSequence::Features(text)) => Some(text),
            (Modality::Text, TextSequence::Words(_)) => None,
            (Modality::Visual, _) => Some(&utterance.visual),
            (Modality::Acoustic, _) => Some(&utterance.acoustic),
        })
        .collect();
    if let Some(first) = sequences.first() {
        let steps = sequences.iter().map(|sequence| sequence.steps()).sum();
        return Column {
            name,
            dtype: Dtype::F32,
            shape: vec![steps, first.d_input()],
            content: Content::Sequences(sequences),
        };
    }
    let ids = utterances
        .iter()
        .flat_map(|utterance| match &utterance.text {
            TextSequence::Words(ids) => ids.as_slice(),
            TextSequence::Features(_) => &[],
        });
    numbers(name, Dtype::U32, ids.map(|id| id.to_le_bytes()))
}

fn numbers<'a, const N: usize>(
    name: impl Into<String>,
    dtype: Dtype,
    values: impl Iterator<Item = [u8; N]>,
) -> Column<'a> {
    let bytes: Vec<u8> = values.flatten().collect();
    Column {
        name: name.into(),
        dtype,
        shape: vec![bytes.len() / N],
        content: Content::Bytes(bytes),
    }
}

fn texts<'t>(
    columns: &mut Vec<Column<'_>>,
    name: impl Into<String>,
    texts: impl Iterator<Item = &'t str> + Clone,
) {
    let name = name.into();
    let ends = texts.clone().scan(0_u64, |end, text| {
        *end += text.len() as u64;
        Some(end.to_le_bytes())
    });
    let ends = numbers(format!("{name}.ends"), Dtype::U64, ends);
    let bytes = texts.flat_map(str::bytes).map(|byte| [byte]);
    columns.push(numbers(name, Dtype::U8, bytes));
    columns.push(ends);
}
