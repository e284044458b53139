//! Which columns of a modality are taken.

use super::sources::{SourceKind, Sources};
use crate::recipe::Recipe;
use crate::tracks::{self, TrackFormat, TrackOptions};
use crate::{Fault, FaultKind, Place, RecordingError};
use misa_terms::Modality;
use std::collections::BTreeSet;
use std::path::Path;

/// The recipe of the first file at `path` that can be read and belongs to one of `wanted`, which are the names of a
/// recording each; of the first of all, if none does.
pub(super) fn recipe_of(
    path: &Path,
    modality: Modality,
    options: &TrackOptions,
    wanted: &[Vec<String>],
) -> Result<Recipe, RecordingError> {
    let sources = Sources::of(path, SourceKind::Tracks)?;
    let found = wanted.iter().filter_map(|names| sources.find(names));
    let keys: BTreeSet<&str> = found.map(|(_, key, _)| key).collect();
    let is_wanted = |key: &str| sources.is_file() || keys.is_empty() || keys.contains(key);
    let mut fault = None;
    for (_, source) in sources.iter().filter(|(key, _)| is_wanted(key)) {
        match recipe_of_file(&source.path, modality, options) {
            Ok(recipe) => return Ok(recipe),
            Err(error) => drop(fault.get_or_insert(error)),
        }
    }
    Err(fault.unwrap_or_else(|| nothing(path, "files of features")))
}

fn nothing(path: &Path, expected: &'static str) -> RecordingError {
    let fault = Fault::new(FaultKind::Empty, Place::File, expected, "none");
    RecordingError::file(path)(fault)
}

/// The recipe of a file: that of its tool if it has the columns, or else all its columns.
fn recipe_of_file(
    path: &Path,
    modality: Modality,
    options: &TrackOptions,
) -> Result<Recipe, RecordingError> {
    let file = tracks::read(path, options)?;
    let Some(first) = file.tracks.first() else {
        return Err(nothing(path, "rows of a recording"));
    };
    let known = names_of(file.format)
        .iter()
        .filter_map(|name| Recipe::builtin(name));
    let mut fitting =
        known.filter(|recipe| recipe.modality == modality && recipe.select(&first.track).is_ok());
    match fitting.next() {
        Some(recipe) => Ok(recipe),
        None => {
            Recipe::of_columns("own", modality, &first.track).map_err(RecordingError::file(path))
        }
    }
}

/// The columns that a file must have for a recipe.
pub(super) fn source_columns(recipe: &Recipe) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(recipe.columns.len());
    for column in &recipe.columns {
        for name in [Some(&column.name), column.needs.as_ref()]
            .into_iter()
            .flatten()
        {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

/// Names of the recipes of a tool, the preferred first.
fn names_of(format: TrackFormat) -> &'static [&'static str] {
    match format {
        TrackFormat::OpenFace => &["openface-au"],
        TrackFormat::PyFeat => &["pyfeat-au"],
        TrackFormat::LibreFace => &["libreface-au"],
        TrackFormat::OpenSmileCsv | TrackFormat::OpenSmilePython | TrackFormat::Arff => {
            &["egemaps-lld"]
        }
        TrackFormat::Mat | TrackFormat::Octave => &["covarep-74"],
        _ => &[
            "misa-voice-1",
            "librosa-33",
            "egemaps-lld",
            "blendshapes-52",
            "covarep-74",
        ],
    }
}
