//! Folders of HDF5 files, one per modality and split: MFN and LMF.
//!
//! | File | Content |
//! |---|---|
//! | `text_SPLIT_emb.h5`, or `text_SPLIT.h5` | text features `[utterances, steps, d_input]` |
//! | `video_SPLIT.h5`, `audio_SPLIT.h5` | visual and acoustic features, the same way |
//! | `y_SPLIT.h5` | one label per utterance |
//!
//! SPLIT is `train`, `valid` or `test`; the first dataset of a file is read. A split with a missing
//! file is left out and counted.
//!
//! - Source: pliang279/MFN, `new_data`.

use super::Format;
use super::csd::at;
use super::padded::Rows;
use super::padded::table::{self, Table};
use super::padded::values::{Padded, Values};
use crate::intake::{Heading, Intake};
use crate::{DataError, NoteKind, OpenOptions, Split};
use misa_files::FileKind;
use misa_files::Source;
use misa_files::hdf5::{Hdf5, Limits};
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
    splits.any(|split| folder.join(format!("y_{split}.h5")).is_file())
}

/// The data set of a folder.
pub(super) fn read_folder(
    folder: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let mut splits = Vec::new();
    for split in Split::ALL {
        let labels = folder.join(format!("y_{split}.h5"));
        if !labels.is_file() {
            continue;
        }
        let labels = File::open(labels)?;
        let paths = PerModality::from_fn(|modality| path(folder, split, modality));
        if paths
            .as_ref()
            .into_array()
            .into_iter()
            .any(|path| !path.is_file())
        {
            let count = labels.labels()?.len();
            intake.notes.add(split, NoteKind::Incomplete, count);
            continue;
        }
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

fn path(folder: &Path, split: Split, modality: Modality) -> PathBuf {
    match modality {
        Modality::Text => {
            let vectors = folder.join(format!("text_{split}_emb.h5"));
            if vectors.is_file() {
                vectors
            } else {
                folder.join(format!("text_{split}.h5"))
            }
        }
        Modality::Visual => folder.join(format!("video_{split}.h5")),
        Modality::Acoustic => folder.join(format!("audio_{split}.h5")),
    }
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
