//! The formats of data sets, and how they are detected.

pub mod csd;
mod fields;
pub(crate) mod files;
mod kind;
mod mag;
mod mfn;
pub mod misa;
pub(crate) mod mmsa_write;
mod own;
pub(crate) mod padded;
pub(crate) mod safetensors;
mod ur_funny;

use crate::entry::Entry;
use crate::intake::{Heading, Intake};
use crate::options::is_of;
use crate::replacement::Known;
use crate::wanted::Wanted;
use crate::{DataError, NoteKind, OpenOptions, Sequence, Split, TextSequence, Utterance};
use files::open_pickle;
pub use kind::{Format, UnknownFormat};
use misa_files::FileKind;
use misa_files::pickle::Pickle;
use misa_terms::Modality;
use padded::Dialect;
use std::fs;
use std::path::{Path, PathBuf};

/// Kinds of files that our own reader opens.
const SAFETENSORS: &[FileKind] = &[FileKind::Safetensors];

/// Passes the utterances at `path` to `intake`.
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
    let leftovers = files::leftovers(path)?;
    intake.notes.add(None, NoteKind::Leftover, leftovers);
    let wanted = intake.wanted();
    match format.or_else(|| folder_format(path, wanted)) {
        Some(Format::Misa) if misa::is_folder(path, wanted) => misa::read_folder(path, intake),
        Some(Format::UrFunny) => ur_funny::read_folder(path, intake),
        Some(Format::Csd) => csd::read_folder(path, options, intake),
        Some(Format::Mfn) => mfn::read_folder(path, options, intake),
        Some(Format::Own) => own::read_folder(path, options, intake),
        _ => read_file(&single_file(path)?, options, intake),
    }
}

/// The kinds of files that the data set at `path` is made of, if one of them can be chosen for a
/// modality.
pub(crate) fn parts(path: &Path, options: &OpenOptions, wanted: Wanted) -> &'static [FileKind] {
    let format = if path.is_dir() {
        options.format().or_else(|| folder_format(path, wanted))
    } else {
        None
    };
    match format {
        Some(Format::Csd) => &csd::KINDS,
        Some(Format::Own) => &own::KINDS,
        _ => &[],
    }
}

/// The format of a folder, judged by its files.
fn folder_format(folder: &Path, wanted: Wanted) -> Option<Format> {
    let has_csd = || files::with(folder, csd::EXTENSION).is_ok_and(|files| !files.is_empty());
    match () {
        () if misa::is_folder(folder, wanted) => Some(Format::Misa),
        () if ur_funny::is_folder(folder, wanted) => Some(Format::UrFunny),
        () if mfn::is_folder(folder, wanted) => Some(Format::Mfn),
        () if has_csd() => Some(Format::Csd),
        () if own::is_folder(folder, wanted) => Some(Format::Own),
        () => None,
    }
}

/// Passes the features of one modality at `path` to `take`, with the splits and ids of their utterances;
/// returns what else is known of them.
pub(crate) fn read_modality(
    path: &Path,
    options: &OpenOptions,
    (modality, wanted): (Modality, Wanted),
    take: &mut dyn FnMut(Option<Split>, String, Sequence),
) -> Result<Known, DataError> {
    let is_file = fs::metadata(path).map_err(DataError::io(path))?.is_file();
    if is_file && !is_of(path, SAFETENSORS)? && !(wanted.is_clips() && is_of(path, own::TABLE)?) {
        let pickle = open_pickle(path)?;
        if Dialect::of(pickle.root()).is_some() {
            let notes = padded::read_modality(path, &pickle, options, modality, take)?;
            return Ok(Known {
                notes,
                recipe: None,
            });
        }
    }
    let place = path.display().to_string();
    let mut pass = |split: Option<Split>, entry: Entry| {
        let sequence = match modality {
            Modality::Visual => entry.visual,
            Modality::Acoustic => entry.acoustic,
            Modality::Text => match entry.text {
                Some(TextSequence::Features(text)) => Some(text),
                Some(TextSequence::Words(_)) => {
                    return Err(DataError::layout(&place, "text features", "word ids"));
                }
                None => None,
            },
        };
        // An utterance without the modality is missed by the data set that it is to be in.
        if let Some(sequence) = sequence {
            take(split, entry.id, sequence);
        }
        Ok(())
    };
    let (policy, options) = (options.policy(), &OpenOptions::new());
    match wanted {
        Wanted::Utterances => {
            let mut sink = |split, utterance: Utterance| pass(Some(split), utterance.into());
            let mut intake = Intake::new(policy, &mut sink);
            let heading = read(path, options, &mut intake)?;
            let mut overview = intake.finish(&place, heading)?;
            Ok(Known {
                notes: overview.notes,
                recipe: overview.recipes.get_mut(modality).take(),
            })
        }
        Wanted::Clips => {
            let mut passed = Ok(());
            let mut sink = |split, entry| {
                if passed.is_ok() {
                    passed = pass(split, entry);
                }
            };
            let mut intake = Intake::of_clips(policy, &mut sink);
            let heading = read(path, options, &mut intake)?;
            let (notes, mut recipes) = intake.finish_clips(&place, &heading)?;
            let recipe = recipes.get_mut(modality).take();
            passed.map(|()| Known { notes, recipe })
        }
    }
}

fn read_file(
    path: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    // Devices and pipes have no size, and may be endless.
    if !fs::metadata(path).map_err(DataError::io(path))?.is_file() {
        let path = path.to_owned();
        let found = "not a regular file";
        return Err(DataError::Unsupported { path, found });
    }
    let format = options.format();
    if format == Some(Format::Safetensors) || format.is_none() && is_of(path, SAFETENSORS)? {
        return safetensors::read(path, intake);
    }
    let is_table = |format: Option<Format>| format.is_none_or(|format| format == Format::Own);
    if intake.wanted().is_clips() && is_table(format) && is_of(path, own::TABLE)? {
        return own::read_table(path, intake);
    }
    read_pickle(path, &open_pickle(path)?, options, intake)
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
        None if intake.wanted().is_clips() && mag::is_list(root) => {
            mag::read_root(path, pickle, intake)
        }
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
        let is_data = path.extension().is_some_and(known) && !files::is_leftover(&path);
        if is_data && path.is_file() {
            found.push(path);
        }
    }
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        0 => Err(DataError::NoData {
            path: folder.to_owned(),
            found: files::names(folder)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UtteranceDataset;

    fn open(path: &Path) -> Result<UtteranceDataset, DataError> {
        UtteranceDataset::open(path)
    }

    #[test]
    fn known_foreign_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mosi.pkl");
        fs::write(&path, b"\x89HDF\r\n\x1a\nrest").unwrap();
        let error = open(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("found an HDF5 file (.csd, .h5); "),
            "{error}"
        );
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
