//! The formats a data set is stored in, and which one a path holds.

pub mod csd;
mod fields;
pub(crate) mod files;
mod mag;
mod mfn;
pub mod misa;
mod own;
mod padded;
pub(crate) mod safetensors;
mod ur_funny;

use crate::intake::{Heading, Intake};
use crate::{DataError, OpenOptions, Sequence, TextSequence, Utterance};
use files::open_pickle;
use misa_files::pickle::Pickle;
use misa_terms::Modality;
use padded::Dialect;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the utterances of a data set come from.
///
/// | Format | On disk |
/// |---|---|
/// | `misa` | folder with `train.pkl` and perhaps `dev.pkl` (or `valid.pkl`) and `test.pkl`, each a list of `((word_ids, visual, acoustic, words), label, segment)`; or one such list, read as the train split |
/// | `mmsa` | one pickle: a dictionary of splits, each a dictionary of padded arrays with `regression_labels` |
/// | `mult` | the same with `labels`: MulT and MultiBench |
/// | `mag` | one pickle: a dictionary of splits, each a list of `((words, visual, acoustic), label, segment)` |
/// | `ur_funny` | folder of UR-FUNNY's own pickles, with `humor_label_sdk.pkl` |
/// | `csd` | folder of computational sequences of the CMU Multimodal SDK: words, labels, visual, acoustic |
/// | `mfn` | folder of `text_train_emb.h5`, `video_train.h5`, `audio_train.h5`, `y_train.h5` and so on |
/// | `own` | folder of one's own features: `.npz` files and a `.csv` of `id`, `split`, `label`, `text` |
/// | `safetensors` | our own: one file with every split and a checksum |
/// | `synthetic`, `memory` | made by a program |
///
/// The first bytes and the outermost structure decide, never the name of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// Pickles of the official MISA code.
    Misa,
    /// Feature file of the MMSA platform.
    Mmsa,
    /// Feature file of MulT or MultiBench.
    Mult,
    /// Pickle of MAG-BERT.
    Mag,
    /// Folder of UR-FUNNY's own pickles.
    UrFunny,
    /// Folder of computational sequences.
    Csd,
    /// Folder of HDF5 files per modality and split: MFN, LMF.
    Mfn,
    /// Folder of one's own features, as NumPy archives with a table of labels.
    Own,
    /// Our own file.
    Safetensors,
    /// Made by [`SyntheticConfig`](crate::SyntheticConfig).
    Synthetic,
    /// Built by the caller.
    Memory,
}

impl Format {
    const ALL: [Self; 11] = [
        Self::Misa,
        Self::Mmsa,
        Self::Mult,
        Self::Mag,
        Self::UrFunny,
        Self::Csd,
        Self::Mfn,
        Self::Own,
        Self::Safetensors,
        Self::Synthetic,
        Self::Memory,
    ];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Misa => "misa",
            Self::Mmsa => "mmsa",
            Self::Mult => "mult",
            Self::Mag => "mag",
            Self::UrFunny => "ur_funny",
            Self::Csd => "csd",
            Self::Mfn => "mfn",
            Self::Own => "own",
            Self::Safetensors => "safetensors",
            Self::Synthetic => "synthetic",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("format {found:?}, expected misa, mmsa, mult, mag, ur_funny, csd, mfn, own or safetensors")]
pub struct UnknownFormat {
    /// The name.
    pub found: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let format = Self::ALL.into_iter().find(|format| format.name() == name);
        format.ok_or_else(|| UnknownFormat {
            found: name.to_owned(),
        })
    }
}

/// Hands the utterances at `path` to `intake`.
pub(crate) fn read(
    path: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let format = options.format();
    if let Some(format @ (Format::Synthetic | Format::Memory)) = format {
        let path = path.to_owned();
        return Err(DataError::NotStored { path, format });
    }
    let is_folder = fs::metadata(path).map_err(DataError::io(path))?.is_dir();
    if !is_folder {
        return read_file(path, options, intake);
    }
    match format.or_else(|| folder_format(path)) {
        Some(Format::Misa) if path.join(misa::TRAIN).is_file() => misa::read_folder(path, intake),
        Some(Format::UrFunny) => ur_funny::read_folder(path, intake),
        Some(Format::Csd) => csd::read_folder(path, intake),
        Some(Format::Mfn) => mfn::read_folder(path, options, intake),
        Some(Format::Own) => own::read_folder(path, options, intake),
        _ => read_file(&single_file(path)?, options, intake),
    }
}

/// The format whose files a folder has.
fn folder_format(folder: &Path) -> Option<Format> {
    let has_csd = || files::with(folder, csd::EXTENSION).is_ok_and(|files| !files.is_empty());
    match () {
        () if folder.join(misa::TRAIN).is_file() => Some(Format::Misa),
        () if folder.join(ur_funny::LABELS).is_file() => Some(Format::UrFunny),
        () if mfn::is_folder(folder) => Some(Format::Mfn),
        () if has_csd() => Some(Format::Csd),
        () if own::is_folder(folder) => Some(Format::Own),
        () => None,
    }
}

/// Hands the features of one modality at `path` to `take`, with the id of their utterance.
pub(crate) fn read_modality(
    path: &Path,
    options: &OpenOptions,
    modality: Modality,
    take: &mut dyn FnMut(String, Sequence),
) -> Result<(), DataError> {
    let is_file = fs::metadata(path).map_err(DataError::io(path))?.is_file();
    if is_file && matches!(Magic::of(path)?, Magic::Unknown) {
        let pickle = open_pickle(path)?;
        if Dialect::of(pickle.root()).is_some() {
            return padded::read_modality(path, &pickle, options, modality, take);
        }
    }
    let mut sink = |_, utterance: Utterance| {
        let sequence = match modality {
            Modality::Visual => utterance.visual,
            Modality::Acoustic => utterance.acoustic,
            Modality::Text => match utterance.text {
                TextSequence::Features(text) => text,
                TextSequence::Words(_) => {
                    let place = path.display().to_string();
                    return Err(DataError::layout(place, "text features", "word ids"));
                }
            },
        };
        take(utterance.id, sequence);
        Ok(())
    };
    let mut intake = Intake::new(options.policy(), &mut sink);
    let heading = read(path, &OpenOptions::new(), &mut intake)?;
    intake.finish(&path.display().to_string(), heading)?;
    Ok(())
}

fn read_file(
    path: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    // Devices and pipes have no size, and may have no end.
    if !fs::metadata(path).map_err(DataError::io(path))?.is_file() {
        let path = path.to_owned();
        let found = "no regular file";
        return Err(DataError::Unsupported { path, found });
    }
    let format = options.format();
    match (format, Magic::of(path)?) {
        (Some(Format::Safetensors), _) | (None, Magic::Safetensors) => {
            safetensors::read(path, intake)
        }
        (None, Magic::Other(found)) => Err(DataError::Unsupported {
            path: path.to_owned(),
            found,
        }),
        _ => read_pickle(path, &open_pickle(path)?, options, intake),
    }
}

fn read_pickle(
    path: &Path,
    pickle: &Pickle<'_>,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let root = pickle.root();
    match options.format() {
        Some(Format::Misa) => misa::read_root(path, pickle, intake),
        Some(Format::Mag) => mag::read_root(path, pickle, intake),
        None if root.kind() == "list" => misa::read_root(path, pickle, intake),
        None if mag::is_root(root) => mag::read_root(path, pickle, intake),
        _ => padded::read_root(path, pickle, options, intake),
    }
}

/// The only data file of a folder.
fn single_file(folder: &Path) -> Result<PathBuf, DataError> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let known = |extension| extension == "pkl" || extension == "safetensors";
        if path.is_file() && path.extension().is_some_and(known) {
            found.push(path);
        }
    }
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        0 => Err(DataError::NoData {
            path: folder.to_owned(),
        }),
        _ => {
            let mut names: Vec<String> = found
                .iter()
                .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
                .collect();
            names.sort();
            Err(DataError::Ambiguous {
                path: folder.to_owned(),
                found: names,
            })
        }
    }
}

/// What the first bytes of a file say.
#[derive(Debug)]
enum Magic {
    Safetensors,
    /// Perhaps a pickle: older ones start with no fixed bytes.
    Unknown,
    /// Certainly something else.
    Other(&'static str),
}

impl Magic {
    const OTHERS: [(&[u8], &str); 6] = [
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file (.csd, .h5)"),
        (b"PK\x03\x04", "a zip archive (.npz, .pt)"),
        (b"\x93NUMPY", "a NumPy array (.npy)"),
        (b"\x1f\x8b", "a gzip file"),
        (b"MATLAB 5.0", "a MATLAB file"),
        (b"ARROW1", "an Arrow file"),
    ];

    fn of(path: &Path) -> Result<Self, DataError> {
        let mut start = Vec::new();
        let file = File::open(path).map_err(DataError::io(path))?;
        let size = file.metadata().map_err(DataError::io(path))?.len();
        file.take(16)
            .read_to_end(&mut start)
            .map_err(DataError::io(path))?;
        let other = Self::OTHERS
            .iter()
            .find(|(magic, _)| start.starts_with(magic));
        Ok(match (other, start.split_first_chunk::<8>()) {
            (Some((_, name)), _) => Self::Other(name),
            (None, Some((length, [b'{', ..]))) if u64::from_le_bytes(*length) < size => {
                Self::Safetensors
            }
            _ => Self::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UtteranceDataset;

    fn open(path: &Path) -> Result<UtteranceDataset, DataError> {
        UtteranceDataset::open(path)
    }

    #[test]
    fn names_are_read_and_written() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "MISA".parse::<Format>().unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("format \"MISA\", expected misa, mmsa")
        );
    }

    #[test]
    fn known_foreign_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mosi.pkl");
        fs::write(&path, b"\x89HDF\r\n\x1a\nrest").unwrap();
        let error = open(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("found an HDF5 file (.csd, .h5)"), "{error}");
    }

    #[test]
    fn folders_hold_one_data_set() {
        let folder = tempfile::tempdir().unwrap();
        let error = open(folder.path()).unwrap_err();
        assert!(matches!(error, DataError::NoData { .. }), "{error}");
        for name in ["b.pkl", "a.safetensors", "notes.txt"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        let error = open(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("found a.safetensors, b.pkl"), "{error}");
    }

    #[test]
    fn missing_paths_are_missing() {
        let error = open(Path::new("no/such/place")).unwrap_err();
        assert_eq!(error.to_string(), "no/such/place: no such file or folder");
    }

    #[test]
    fn formats_of_memory_are_not_opened() {
        let options = OpenOptions::new().with_format(Format::Synthetic);
        let error = options.open(".").unwrap_err();
        assert!(matches!(error, DataError::NotStored { .. }), "{error}");
    }
}
