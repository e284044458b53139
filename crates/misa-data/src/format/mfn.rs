//! Folders of HDF5 files, one per modality and split: MFN and LMF.
//!
//! | File | Content |
//! |---|---|
//! | `text_SPLIT_emb.h5`, or `text_SPLIT.h5` | text features `[utterances, steps, d_input]` |
//! | `video_SPLIT.h5`, `audio_SPLIT.h5` | visual and acoustic features, the same way |
//! | `y_SPLIT.h5` | one label per utterance |
//!
//! SPLIT is `train`, `valid` or `test`, or another name of these; the first dataset of a file is read.
//! A split with a missing file is left out and counted.
//!
//! - Source: pliang279/MFN, `new_data`.

use super::csd::at;
use super::padded::Rows;
use super::padded::table::{self, Table};
use super::padded::values::{Padded, Values};
use super::{Format, files};
use crate::intake::{Heading, Intake};
use crate::{DataError, NoteKind, OpenOptions, Split};
use misa_files::hdf5::{Hdf5, Limits};
use misa_files::{FileKind, Source};
use misa_terms::{Modality, PerModality};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The open files of one split.
#[derive(Debug)]
struct Files {
    split: Split,
    labels: File,
    features: PerModality<File>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    hdf5: Hdf5<'static>,
}

/// Whether a folder contains labels of this layout.
pub(super) fn is_folder(folder: &Path) -> bool {
    let mut splits = Split::ALL.into_iter();
    splits.any(|split| files_of(folder, "y_", split, "").is_ok_and(|files| !files.is_empty()))
}

/// The data set of a folder.
pub(super) fn read_folder(
    folder: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let mut splits = Vec::new();
    for split in Split::ALL {
        let Some(labels) = file_of(folder, "y_", split, "")? else {
            continue;
        };
        let labels = File::open(labels)?;
        let paths = PerModality::from_fn(|modality| path(folder, split, modality)).transpose()?;
        let PerModality {
            text: Some(text),
            visual: Some(visual),
            acoustic: Some(acoustic),
        } = paths
        else {
            let count = labels.labels()?.len();
            intake.notes.add(split, NoteKind::Incomplete, count);
            continue;
        };
        let paths = PerModality {
            text,
            visual,
            acoustic,
        };
        let features = paths.map(File::open).transpose()?;
        splits.push(Files {
            split,
            labels,
            features,
        });
    }
    let tables: Result<Vec<Table<'_>>, DataError> = splits.iter().map(Files::table).collect();
    let vocabulary = table::read(tables?, options.padding(), intake)?;
    Ok(Heading {
        format: Format::Mfn,
        vocabulary,
    })
}

fn path(folder: &Path, split: Split, modality: Modality) -> Result<Option<PathBuf>, DataError> {
    match modality {
        Modality::Text => match file_of(folder, "text_", split, "_emb")? {
            Some(vectors) => Ok(Some(vectors)),
            None => file_of(folder, "text_", split, ""),
        },
        Modality::Visual => file_of(folder, "video_", split, ""),
        Modality::Acoustic => file_of(folder, "audio_", split, ""),
    }
}

/// The file of a split whose name begins and ends in this way.
fn file_of(
    folder: &Path,
    start: &str,
    split: Split,
    end: &str,
) -> Result<Option<PathBuf>, DataError> {
    let mut found = files_of(folder, start, split, end)?;
    if found.len() > 1 {
        return Err(DataError::Several {
            path: folder.to_owned(),
            expected: format!("one file of the split `{split}`"),
            found: found.iter().map(|path| files::name(path)).collect(),
        });
    }
    Ok(found.pop())
}

fn files_of(
    folder: &Path,
    start: &str,
    split: Split,
    end: &str,
) -> Result<Vec<PathBuf>, DataError> {
    let mut found = files::with(folder, "h5")?;
    found.retain(|path| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.to_lowercase();
        let name = stem.strip_prefix(start);
        let name = name.and_then(|rest| rest.strip_suffix(end));
        name.and_then(Split::of_name) == Some(split)
    });
    Ok(found)
}

impl Files {
    fn table(&self) -> Result<Table<'_>, DataError> {
        let labels = self.labels.labels()?;
        let features = self.features.as_ref();
        let features = PerModality {
            text: Some(features.text.padded(Modality::Text, labels.len())?),
            visual: Some(features.visual.padded(Modality::Visual, labels.len())?),
            acoustic: Some(features.acoustic.padded(Modality::Acoustic, labels.len())?),
        };
        let split = self.split;
        Ok(Table {
            split,
            place: self.labels.path.display().to_string(),
            ids: (0..labels.len())
                .map(|index| format!("{split}[{index}]"))
                .collect(),
            labels,
            transcripts: None,
            places: None,
            rows: Rc::new(Rows::new(None, features)),
        })
    }
}

impl File {
    fn open(path: PathBuf) -> Result<Self, DataError> {
        let source = Source::open(&path).map_err(DataError::io(&path))?;
        let hdf5 = Hdf5::open(source, &Limits::default()).map_err(|error| {
            let kinds = [FileKind::Hdf5, FileKind::Matlab73];
            at(&path)(error).or_kind(&path, "an HDF5 file (.csd, .h5)", &kinds)
        })?;
        Ok(Self { path, hdf5 })
    }

    fn dataset(&self) -> Result<misa_files::hdf5::Dataset<'_>, DataError> {
        let root = self.hdf5.root();
        let name = root.names().next().map(str::to_owned);
        let name = name.ok_or_else(|| {
            DataError::layout(
                self.path.display().to_string(),
                "a dataset",
                "an empty file",
            )
        })?;
        root.dataset(&name).map_err(at(&self.path))
    }

    fn labels(&self) -> Result<Vec<f32>, DataError> {
        let dataset = self.dataset()?;
        if dataset.row_len() != 1 {
            let found = format!("{:?}", dataset.shape());
            let place = self.path.display().to_string();
            return Err(DataError::layout(place, "one label per utterance", found));
        }
        dataset.to_floats().map_err(at(&self.path))
    }

    fn padded(&self, modality: Modality, count: usize) -> Result<Padded<'_>, DataError> {
        let dataset = self.dataset()?;
        let place = self.path.display().to_string();
        let wrong = || {
            let expected = format!("[{count}, steps, d_input]");
            DataError::layout(&place, expected, format!("{:?}", dataset.shape()))
        };
        let &[utterances, steps, d_input] = dataset.shape() else {
            return Err(wrong());
        };
        let [steps, d_input] = [steps, d_input].map(usize::try_from);
        match (steps, d_input) {
            (Ok(steps), Ok(d_input)) if utterances == count as u64 && steps > 0 => Ok(Padded {
                modality,
                place,
                steps,
                d_input,
                stated: None,
                values: Values::Hdf5(Box::new(dataset)),
            }),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_have_any_name_of_their_split() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(folder.path().join(name), b"").unwrap();
        let found = |start, split, end| {
            let path = file_of(folder.path(), start, split, end);
            path.map(|path| path.map(|path| files::name(&path)))
        };
        assert!(!is_folder(folder.path()));
        for name in ["y_train.h5", "Y_Val.h5", "text_val_emb.h5", "text_val.h5"] {
            write(name);
        }
        assert!(is_folder(folder.path()));
        let name = |name: &str| Some(name.to_string());
        assert_eq!(found("y_", Split::Valid, "").unwrap(), name("Y_Val.h5"));
        assert_eq!(found("y_", Split::Test, "").unwrap(), None);
        let vectors = path(folder.path(), Split::Valid, Modality::Text).unwrap();
        assert_eq!(files::name(&vectors.unwrap()), "text_val_emb.h5");
        write("y_dev.h5");
        let error = found("y_", Split::Valid, "").unwrap_err().to_string();
        let expected = "expected one file of the split `valid`, found Y_Val.h5, y_dev.h5";
        assert!(error.ends_with(expected), "{error}");
    }
}
