//! Folders of HDF5 files, one per modality and split: MFN and LMF.
//!
//! | File | Content |
//! |---|---|
//! | `text_SPLIT_emb.h5`, or `text_SPLIT.h5` | text features `[utterances, steps, d_input]` |
//! | `video_SPLIT.h5`, `audio_SPLIT.h5` | visual and acoustic features, the same way |
//! | `y_SPLIT.h5` | one label per utterance |
//!
//! SPLIT is `train`, `valid` or `test`, or another name of these; the first dataset of a file is read.
//! A split with a missing file is left out and counted. Clips need no labels, and only one modality; those
//! of no split are in `text.h5`, `video.h5` and `audio.h5`.
//!
//! - Source: pliang279/MFN, `new_data`.

use super::csd::at;
use super::padded::Rows;
use super::padded::columns::numbered;
use super::padded::table::{self, Table};
use super::padded::values::{Padded, Values};
use super::{Format, files};
use crate::intake::{Heading, Intake};
use crate::wanted::Wanted;
use crate::{DataError, NoteKind, OpenOptions, Split};
use misa_files::hdf5::{Hdf5, Limits};
use misa_files::{FileKind, Source};
use misa_terms::{Modality, PerModality};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The open files of one split.
#[derive(Debug)]
struct Files {
    split: Option<Split>,
    /// The name of the split in messages.
    place: String,
    /// Number of utterances.
    count: usize,
    labels: Vec<Option<f32>>,
    features: PerModality<Option<File>>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    hdf5: Hdf5<'static>,
}

/// Whether a folder contains labels of this layout; of clips, one of its files.
pub(super) fn is_folder(folder: &Path, wanted: Wanted) -> bool {
    let has = |path: Result<Option<PathBuf>, DataError>| path.is_ok_and(|path| path.is_some());
    let has_features = |split| {
        let mut modalities = Modality::ALL.into_iter();
        modalities.any(|modality| has(path(folder, split, modality)))
    };
    wanted.splits().any(|split| {
        let labels = files_of(folder, "y", split, "");
        labels.is_ok_and(|files| !files.is_empty()) || wanted.is_clips() && has_features(split)
    })
}

/// The data set of a folder.
pub(super) fn read_folder(
    folder: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let mut splits = Vec::new();
    for split in intake.wanted().splits() {
        splits.extend(Files::open(folder, split, intake)?);
    }
    let wanted = intake.wanted();
    let tables = splits.iter().map(|files| files.table(wanted));
    let tables: Result<Vec<Table<'_>>, DataError> = tables.collect();
    let vocabulary = table::read(tables?, options.padding(), intake)?;
    Ok(Heading {
        format: Format::Mfn,
        vocabulary,
    })
}

fn path(
    folder: &Path,
    split: Option<Split>,
    modality: Modality,
) -> Result<Option<PathBuf>, DataError> {
    match modality {
        Modality::Text => match file_of(folder, "text", split, "_emb")? {
            Some(vectors) => Ok(Some(vectors)),
            None => file_of(folder, "text", split, ""),
        },
        Modality::Visual => file_of(folder, "video", split, ""),
        Modality::Acoustic => file_of(folder, "audio", split, ""),
    }
}

/// The file of a split whose name begins and ends in this way.
fn file_of(
    folder: &Path,
    start: &str,
    split: Option<Split>,
    end: &str,
) -> Result<Option<PathBuf>, DataError> {
    let mut found = files_of(folder, start, split, end)?;
    if found.len() > 1 {
        let name = split.map_or("", Split::name);
        return Err(DataError::Several {
            path: folder.to_owned(),
            expected: format!("one file of the split `{name}`"),
            found: found.iter().map(|path| files::name(path)).collect(),
        });
    }
    Ok(found.pop())
}

fn files_of(
    folder: &Path,
    start: &str,
    split: Option<Split>,
    end: &str,
) -> Result<Vec<PathBuf>, DataError> {
    let mut found = files::with(folder, "h5")?;
    found.retain(|path| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.to_lowercase();
        let name = stem.strip_prefix(start);
        match name.and_then(|rest| rest.strip_suffix(end)) {
            Some("") => split.is_none(),
            Some(name) => name
                .strip_prefix('_')
                .and_then(Split::of_name)
                .is_some_and(|s| Some(s) == split),
            None => false,
        }
    });
    Ok(found)
}

impl Files {
    /// `None` if the split lacks a file that is needed.
    fn open(
        folder: &Path,
        split: Option<Split>,
        intake: &mut Intake<'_>,
    ) -> Result<Option<Self>, DataError> {
        let paths = PerModality::from_fn(|modality| path(folder, split, modality)).transpose()?;
        let given = paths.as_ref().into_array();
        let given = given.iter().filter(|path| path.is_some()).count();
        let wanted = intake.wanted();
        let labels = match (file_of(folder, "y", split, "")?, wanted) {
            (None, Wanted::Utterances) => {
                let first = paths.into_array().into_iter().flatten().next();
                let count = first.map_or(Ok(0), |path| File::open(path)?.count())?;
                intake.notes.add(split, NoteKind::Incomplete, count);
                return Ok(None);
            }
            (Some(path), Wanted::Utterances) if given < 3 => {
                let count = File::open(path)?.labels()?.len();
                intake.notes.add(split, NoteKind::Incomplete, count);
                return Ok(None);
            }
            (_, Wanted::Clips) if given == 0 => return Ok(None),
            (labels, _) => labels,
        };
        let place = labels.as_deref().unwrap_or(folder).display().to_string();
        let labels = labels.map(|path| File::open(path)?.labels());
        let labels = match (labels, wanted) {
            (Some(labels), Wanted::Utterances) => Some(labels?),
            (labels, _) => labels.and_then(Result::ok),
        };
        let open = |path: Option<PathBuf>| path.map(File::open).transpose();
        let features = paths.map(open).transpose()?;
        let count = match (&labels, wanted) {
            (Some(labels), Wanted::Utterances) => labels.len(),
            _ => features
                .as_ref()
                .into_array()
                .into_iter()
                .flatten()
                .map(File::count)
                .next()
                .unwrap_or(Ok(0))?,
        };
        Ok(Some(Self {
            labels: match labels {
                Some(labels) if labels.len() == count => labels.into_iter().map(Some).collect(),
                _ => vec![None; count],
            },
            split,
            place,
            count,
            features,
        }))
    }

    fn table(&self, wanted: Wanted) -> Result<Table<'_>, DataError> {
        let features = PerModality::from_fn(|modality| {
            let file = self.features.get(modality).as_ref();
            file.map(|file| file.padded(modality, self.count))
                .transpose()
        });
        let features = features.transpose()?;
        Ok(Table {
            split: self.split,
            place: self.place.clone(),
            ids: numbered(self.split, self.count),
            labels: self.labels.clone(),
            modality_labels: PerModality::default(),
            transcripts: None,
            places: None,
            rows: Rc::new(match wanted {
                Wanted::Utterances => Rows::new(None, features),
                Wanted::Clips => Rows::of_clips(None, features),
            }),
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

    /// Number of clips.
    fn count(&self) -> Result<usize, DataError> {
        let count = self.dataset()?.shape().first().copied().unwrap_or(0);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Wanted::Clips.check_count(&self.path.display().to_string(), count)
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
            let path = file_of(folder.path(), start, Some(split), end);
            path.map(|path| path.map(|path| files::name(&path)))
        };
        assert!(!is_folder(folder.path(), Wanted::Utterances));
        for name in ["y_train.h5", "Y_Val.h5", "text_val_emb.h5", "text_val.h5"] {
            write(name);
        }
        assert!(is_folder(folder.path(), Wanted::Utterances));
        let name = |name: &str| Some(name.to_string());
        assert_eq!(found("y", Split::Valid, "").unwrap(), name("Y_Val.h5"));
        assert_eq!(found("y", Split::Test, "").unwrap(), None);
        let vectors = path(folder.path(), Some(Split::Valid), Modality::Text).unwrap();
        assert_eq!(files::name(&vectors.unwrap()), "text_val_emb.h5");
        write("y_dev.h5");
        let error = found("y", Split::Valid, "").unwrap_err().to_string();
        let expected = "expected one file of the split `valid`, found Y_Val.h5, y_dev.h5";
        assert!(error.ends_with(expected), "{error}");
    }
}
