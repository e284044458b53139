//! Writing our own file utterance by utterance, without holding all of them in memory.

use super::columns::{SplitColumns, features};
use super::write::{Checksums, Content, assemble, vocabulary_columns, write_values};
use crate::checksum::{Checksum, LabelChecksum};
use crate::labelled::Labelled;
use crate::widths::{self, Widths, check_width};
use crate::{DataError, Overview, Sequence, Split, TextSequence, Utterance};
use misa_terms::{Modality, ModalityLabels, PerModality, folder};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek};
use std::path::{Path, PathBuf};

/// Writes the same file as [`UtteranceDataset::save`](crate::UtteranceDataset::save), byte for
/// byte, utterance by utterance.
///
/// Feature values are buffered in unnamed files next to the target, which need as much disk space
/// as the result. Memory holds ids, words and labels. The file appears only when it is complete.
///
/// ```
/// # fn main() -> Result<(), misa_data::DataError> {
/// # use misa_data::{OpenOptions, SyntheticConfig, UtteranceWriter};
/// # let folder = tempfile::tempdir().unwrap();
/// # let (from, to) = (folder.path().join("a.safetensors"), folder.path().join("b.safetensors"));
/// # SyntheticConfig::new().with_train(2).generate().dataset.save(&from)?;
/// let mut writer = UtteranceWriter::create(&to)?;
/// let overview = OpenOptions::new().stream(&from, |split, utterance| {
///     writer.push(split, &utterance)
/// })?;
/// writer.finish(&overview)?;
/// # assert_eq!(std::fs::read(&from).unwrap(), std::fs::read(&to).unwrap());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UtteranceWriter {
    path: PathBuf,
    widths: Widths,
    splits: [SplitWriter; 3],
    has_labels: bool,
    labelled: Labelled,
}

/// The result of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// SHA-256 of the utterances in hexadecimal, as of
    /// [`UtteranceDataset::checksum`](crate::UtteranceDataset::checksum).
    pub checksum: String,
    /// Size of the file in bytes.
    pub bytes: u64,
}

impl UtteranceWriter {
    /// A writer of the file `path`, which remains unchanged until [`finish`](Self::finish).
    ///
    /// # Errors
    ///
    /// [`DataError::Io`] or [`DataError::Missing`] when files cannot be created in its folder.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, DataError> {
        let path = path.into();
        // Checked now, not after hours of reading.
        tempfile::tempfile_in(folder(&path)).map_err(DataError::io(&path))?;
        Ok(Self {
            path,
            widths: Widths::from_fn(|_| None),
            splits: Default::default(),
            has_labels: true,
            labelled: Labelled::default(),
        })
    }

    /// Writes clips: their labels and splits are left out, so that they can be predicted and not trained on.
    #[must_use]
    pub fn without_labels(mut self) -> Self {
        self.has_labels = false;
        self
    }

    /// Adds the next utterance of a split. Splits may come in any order, and may alternate; clips without
    /// labels are all of one.
    ///
    /// # Errors
    ///
    /// [`DataError`] when the file cannot be written, or the utterance has a modality without steps, other
    /// sizes than the utterances before it, or labels by other modalities than those of its split.
    pub fn push(&mut self, split: Split, utterance: &Utterance) -> Result<(), DataError> {
        let checked = if self.has_labels {
            utterance.check()
        } else {
            utterance.check_steps()
        };
        checked.map_err(|source| DataError::Utterance {
            place: split.to_string(),
            id: utterance.id.clone(),
            source,
        })?;
        let (id, labels) = (&utterance.id, &utterance.modality_labels);
        self.labelled.check(Some(split), split.name(), id, labels)?;
        let widths = widths::of_utterance(utterance);
        check_width(split.name(), &utterance.id, &widths, &mut self.widths)?;
        let writer = &mut self.splits[split.index()];
        let written = writer.push(utterance, folder(&self.path));
        written.map_err(DataError::io(&self.path))
    }

    /// Completes the file; `overview` is the result of streaming the utterances.
    ///
    /// # Errors
    ///
    /// [`DataError`] when there are no utterances, or the file cannot be written.
    pub fn finish(self, overview: &Overview) -> Result<Written, DataError> {
        let path = &self.path;
        if self.widths.visual.is_none() {
            let place = path.display().to_string();
            return Err(DataError::NoUtterances {
                place,
                notes: Vec::new(),
            });
        }
        let mut columns = vocabulary_columns(overview.vocabulary.as_ref());
        let (mut checksum, mut of_labels) = (Checksum::default(), LabelChecksum::default());
        for (split, writer) in Split::ALL.into_iter().zip(self.splits) {
            let parts = writer.parts.map(|part| part.map(Part::close).transpose());
            let parts = parts.transpose().map_err(DataError::io(path))?;
            let small = writer.small;
            checksum.split(small.labels.len());
            of_labels.split(&small.modality_labels);
            let restored = restore(&small, &parts, &mut |utterance| checksum.add(&utterance));
            restored.map_err(DataError::io(path))?;
            if !small.labels.is_empty() {
                let values = parts.map(|part| part.map(|(file, size)| Content::Part(file, size)));
                small.write(
                    Some(split).filter(|_| self.has_labels),
                    values,
                    &mut columns,
                );
            }
        }
        let checksums = Checksums {
            content: checksum.finish(),
            modality_labels: of_labels.finish().filter(|_| self.has_labels),
        };
        let bytes = assemble(path, &columns, &checksums, overview)?;
        Ok(Written {
            checksum: checksums.content,
            bytes,
        })
    }
}

/// One split that is being written.
#[derive(Debug, Default)]
struct SplitWriter {
    small: SplitColumns,
    parts: PerModality<Option<Part>>,
}

impl SplitWriter {
    fn push(&mut self, utterance: &Utterance, folder: &Path) -> io::Result<()> {
        for modality in Modality::ALL {
            let Some(sequence) = features(utterance, modality) else {
                continue;
            };
            let part = match self.parts.get_mut(modality) {
                Some(part) => part,
                none => none.insert(Part::create(folder)?),
            };
            part.push(sequence)?;
        }
        self.small.add(utterance);
        Ok(())
    }
}

/// The values of one modality of one split, in a file that the system deletes when the program
/// ends.
#[derive(Debug)]
struct Part {
    file: BufWriter<File>,
    size: usize,
}

impl Part {
    fn create(folder: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(folder)?);
        Ok(Self { file, size: 0 })
    }

    fn push(&mut self, sequence: &Sequence) -> io::Result<()> {
        self.size += 4 * sequence.values().len();
        write_values(sequence, &mut self.file)
    }

    /// The complete file and its size.
    fn close(self) -> io::Result<(File, usize)> {
        let file = self.file.into_inner();
        Ok((file.map_err(io::IntoInnerError::into_error)?, self.size))
    }
}

/// Bytes that are buffered per part.
const BUFFER: usize = 1 << 18;

/// Restores the utterances of a split, because their checksum starts with their number.
fn restore(
    small: &SplitColumns,
    parts: &PerModality<Option<(File, usize)>>,
    take: &mut dyn FnMut(Utterance),
) -> io::Result<()> {
    let mut readers = parts.as_ref().map(reader).transpose()?;
    let (mut word, mut word_id) = (0, 0);
    let mut starts = PerModality::<usize>::default();
    for (index, &label) in small.labels.iter().enumerate() {
        let words = word..word + small.word_counts[index] as usize;
        word = words.end;
        let mut sequence = |modality: Modality| -> io::Result<Option<Sequence>> {
            let steps = small.steps.get(modality)[index] as usize;
            let start = starts.get_mut(modality);
            // There are flags up to the last absent step.
            let flags = small.absent.get(modality).iter().skip(*start);
            *start += steps;
            let flags = flags.chain(std::iter::repeat(&0)).take(steps);
            let absent = flags.map(|&flag| flag == 1).collect();
            match (readers.get_mut(modality), small.d_input.get(modality)) {
                (Some(reader), &Some(d_input)) => values(reader, steps, d_input, absent).map(Some),
                _ => Ok(None),
            }
        };
        let text = match sequence(Modality::Text)? {
            Some(text) => TextSequence::Features(text),
            None => {
                let ids = word_id..word_id + small.steps.text[index] as usize;
                word_id = ids.end;
                TextSequence::Words(small.word_ids[ids].to_vec())
            }
        };
        let missing = || io::Error::from(io::ErrorKind::UnexpectedEof);
        take(Utterance {
            id: small.ids.get(index).to_owned(),
            words: words.map(|word| small.words.get(word).to_owned()).collect(),
            text,
            visual: sequence(Modality::Visual)?.ok_or_else(missing)?,
            acoustic: sequence(Modality::Acoustic)?.ok_or_else(missing)?,
            label,
            // The checksum of the content leaves them out.
            modality_labels: ModalityLabels::default(),
        });
    }
    Ok(())
}

/// Reads a part from its start.
fn reader(part: &Option<(File, usize)>) -> io::Result<Option<BufReader<&File>>> {
    let Some((file, _)) = part else {
        return Ok(None);
    };
    let mut file = file;
    file.rewind()?;
    Ok(Some(BufReader::with_capacity(BUFFER, file)))
}

fn values(
    reader: &mut impl Read,
    steps: usize,
    d_input: usize,
    absent: Vec<bool>,
) -> io::Result<Sequence> {
    let mut bytes = vec![0; 4 * steps * d_input];
    reader.read_exact(&mut bytes)?;
    let (values, _) = bytes.as_chunks::<4>();
    let values = values.iter().map(|&value| f32::from_le_bytes(value));
    Sequence::with_absent(d_input, values.collect(), absent)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OpenOptions, SyntheticConfig, UtteranceDataset};
    use std::fs;

    fn rows(d_input: usize, steps: usize, first: f32) -> Sequence {
        let values = (0..steps * d_input).map(|n| first + n as f32);
        Sequence::new(d_input, values.collect()).unwrap()
    }

    /// Text features, with or without words, and one value that is replaced and noted.
    fn with_features() -> UtteranceDataset {
        let utterance = |number: usize| {
            let first = number as f32;
            let words = (0..number % 3).map(|n| format!("wörd{n}")).collect();
            let text = TextSequence::Features(rows(3, 1 + number % 4, first));
            let (visual, acoustic) = (rows(2, 2 + number, first), rows(1, 1, f32::NAN));
            Utterance::new(format!("u{number}"), words, text, visual, acoustic, first).unwrap()
        };
        let [train, valid] = [0..5, 5..7].map(|range| range.map(utterance).collect());
        UtteranceDataset::from_splits(train, valid, vec![], None).unwrap()
    }

    fn with_words() -> UtteranceDataset {
        let config = SyntheticConfig::new().with_train(7).with_valid(0);
        config.with_test(3).generate().dataset
    }

    /// The bytes of `data` as saved, and as written through `write`.
    fn both(
        data: &UtteranceDataset,
        write: impl FnOnce(&Path, UtteranceWriter) -> Written,
    ) -> (Vec<u8>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let [saved, streamed] = ["a", "b"].map(|name| folder.path().join(name));
        data.save(&saved).unwrap();
        let written = write(&saved, UtteranceWriter::create(&streamed).unwrap());
        assert_eq!(written.checksum, data.checksum());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let [saved, streamed] = [saved, streamed].map(|path| fs::read(path).unwrap());
        assert_eq!(written.bytes, streamed.len() as u64);
        (saved, streamed)
    }

    /// The train split has labels of what is said and heard, the test split of what is said.
    fn with_modality_labels() -> UtteranceDataset {
        let data = with_words();
        let [train, test] = [Split::Train, Split::Test].map(|split| {
            let utterances = data.split(split).iter().enumerate();
            let labelled = utterances.map(|(index, utterance)| Utterance {
                modality_labels: ModalityLabels {
                    text: Some(index as f32),
                    visual: None,
                    acoustic: (split == Split::Train).then_some(-0.5),
                },
                ..utterance.clone()
            });
            labelled.collect()
        });
        UtteranceDataset::from_splits(train, vec![], test, data.vocabulary().cloned()).unwrap()
    }

    #[test]
    fn labels_by_single_modalities_are_kept_and_change_no_checksum() {
        let data = with_modality_labels();
        assert_eq!(data.checksum(), with_words().checksum());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        data.save(&path).unwrap();
        let read = UtteranceDataset::open(&path).unwrap();
        for split in Split::ALL {
            assert_eq!(read.split(split), data.split(split));
        }
        assert_eq!(
            read.modality_label_checksum(),
            data.modality_label_checksum()
        );
        assert_eq!(with_words().modality_label_checksum(), None);

        let mut bytes = fs::read(&path).unwrap();
        let changed = (-0.5_f32).to_le_bytes();
        let mut places = bytes.windows(28).enumerate();
        let (place, _) = places
            .find(|(_, found)| *found == changed.repeat(7))
            .unwrap();
        bytes[place] ^= 1;
        fs::write(&path, bytes).unwrap();
        let error = UtteranceDataset::open(&path).unwrap_err();
        assert!(matches!(error, DataError::Checksum { .. }), "{error}");
    }

    #[test]
    fn streamed_files_are_those_of_save() {
        for data in [with_features(), with_words(), with_modality_labels()] {
            let (saved, streamed) = both(&data, |path, mut writer| {
                let push = |split, utterance: Utterance| writer.push(split, &utterance);
                let overview = OpenOptions::new().stream(path, push).unwrap();
                writer.finish(&overview).unwrap()
            });
            assert!(saved == streamed);
        }
    }

    #[test]
    fn splits_may_come_in_turns() {
        let data = with_words();
        let (saved, streamed) = both(&data, |path, mut writer| {
            let overview = OpenOptions::new().stream(path, |_, _| Ok(())).unwrap();
            for index in 0..7 {
                for split in [Split::Test, Split::Train] {
                    if let Some(utterance) = data.split(split).get(index) {
                        writer.push(split, utterance).unwrap();
                    }
                }
            }
            writer.finish(&overview).unwrap()
        });
        assert!(saved == streamed);
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        let writer = || UtteranceWriter::create(&path).unwrap();
        let data = with_features();
        let overview = crate::Overview {
            format: data.format(),
            sizes: data.feature_sizes(),
            vocabulary: None,
            notes: Vec::new(),
            recipes: Default::default(),
            counts: [0; 3],
        };
        let error = writer().finish(&overview).unwrap_err();
        assert!(matches!(error, DataError::NoUtterances { .. }), "{error}");

        let mut started = writer();
        started
            .push(Split::Train, &data.split(Split::Train)[0])
            .unwrap();
        let mut other = data.split(Split::Train)[1].clone();
        other.visual = rows(5, 1, 0.0);
        let error = started.push(Split::Test, &other).unwrap_err();
        assert!(matches!(error, DataError::Width { .. }), "{error}");
        other.label = f32::NAN;
        let error = started.push(Split::Test, &other).unwrap_err();
        assert!(matches!(error, DataError::Utterance { .. }), "{error}");
        drop(started);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let nowhere = folder.path().join("no/x.safetensors");
        let error = UtteranceWriter::create(nowhere).unwrap_err();
        assert!(matches!(error, DataError::Missing { .. }), "{error}");
    }
}
