//! Which columns of a modality are taken.

use super::sources::{SourceKind, Sources};
use crate::recipe::Recipe;
use crate::tracks::{self, TrackFormat, TrackOptions};
use crate::{Fault, FaultKind, Place, RecordingError};
use misa_terms::Modality;
use std::path::Path;

/// The recipe of the first file at `path`: that of its tool if it has the columns, or else all its columns.
pub(super) fn recipe_of(
    path: &Path,
    modality: Modality,
    options: &TrackOptions,
) -> Result<Recipe, RecordingError> {
    let sources = Sources::of(path, SourceKind::Tracks)?;
    let nothing = |path: &Path, expected: &'static str| {
        let fault = Fault::new(FaultKind::Empty, Place::File, expected, "none");
        RecordingError::file(path)(fault)
    };
    let Some((_, source)) = sources.iter().next() else {
        return Err(nothing(path, "files of features"));
    };
    let file = tracks::read(&source.path, options)?;
    let Some(first) = file.tracks.first() else {
        return Err(nothing(&source.path, "rows of a recording"));
    };
    let known = names_of(file.format)
        .iter()
        .filter_map(|name| Recipe::builtin(name));
    let mut fitting =
        known.filter(|recipe| recipe.modality == modality && recipe.select(&first.track).is_ok());
    match fitting.next() {
        Some(recipe) => Ok(recipe),
        None => Recipe::of_columns("own", modality, &first.track)
            .map_err(RecordingError::file(&source.path)),
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
