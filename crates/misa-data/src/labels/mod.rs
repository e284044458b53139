//! Labels without features, and the table of utterances for your own features.

mod columns;
mod csv;
mod dict;

use crate::wanted::Wanted;
use crate::{DataError, Split};
use misa_files::{FileKind, Source};
use misa_terms::ModalityLabels;
use std::path::Path;

/// One labelled utterance of a table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LabelRow {
    /// Name of the utterance.
    pub id: String,
    /// Its split; `None` if the file does not state one.
    pub split: Option<Split>,
    /// Its label, which may be NaN or infinite.
    pub label: f32,
    /// Its text, if the file contains it.
    pub text: Option<String>,
    /// Its labels by single modalities, where the file contains them; they may be NaN or infinite.
    pub modality_labels: ModalityLabels,
}

/// One utterance of a table, which a clip may be without a label.
#[derive(Clone, Debug)]
pub(crate) struct TableRow {
    pub id: String,
    pub split: Option<Split>,
    /// What stands in the place of the split of a clip, if it is none of ours.
    pub unknown_split: Option<String>,
    /// The label, which may be NaN or infinite.
    pub label: Option<f32>,
    pub text: Option<String>,
    pub modality_labels: ModalityLabels,
}

/// The labels at `path`, in the order of the file.
///
/// | File | Content |
/// |---|---|
/// | `.csv` | a header with `id`, `label`, optionally `split` (or `mode`), `text`, and `label_text`, `label_visual`, `label_acoustic` (or `label_T`, `label_V`, `label_A`), in letters of any case |
/// | `.npz` | `train_corpus`, `val_corpus`, `test_corpus`: dictionaries of `id` to `{"val": label}` (MERBench) |
/// | `.pkl` | a dictionary of `id` to label (UR-FUNNY) |
///
/// The kind is detected from the content. Text tables may have commas, semicolons or tabs between
/// cells, decimal points or commas, and UTF-8 or UTF-16, as spreadsheets of any country write them.
/// Rows without any content are skipped.
///
/// # Errors
///
/// [`DataError`] when the file is of another kind, damaged, or has no labels.
pub fn read_labels(path: impl AsRef<Path>) -> Result<Vec<LabelRow>, DataError> {
    let path = path.as_ref();
    let rows = read_table(path, Wanted::Utterances)?.into_iter();
    let labelled = rows.filter_map(|row| {
        Some(LabelRow {
            id: row.id,
            split: row.split,
            label: row.label?,
            text: row.text,
            modality_labels: row.modality_labels,
        })
    });
    Ok(labelled.collect())
}

/// The rows at `path`. For utterances, all of them have a label.
pub(crate) fn read_table(path: &Path, wanted: Wanted) -> Result<Vec<TableRow>, DataError> {
    let source = Source::open(path).map_err(DataError::io(path))?;
    let rows = match FileKind::of(&source).map_err(DataError::io(path))? {
        Some(FileKind::Npz | FileKind::Zip) => dict::of_archive(path, source, wanted)?,
        Some(FileKind::Pickle | FileKind::PickleWithCrlf) => dict::of_pickle(path, wanted)?,
        _ => csv::of_csv(path, wanted).map_err(|error| {
            let kinds = [FileKind::Empty, FileKind::Csv];
            error.or_kind(path, "a table of labels", &kinds)
        })?,
    };
    if rows.is_empty() {
        return Err(DataError::NoUtterances {
            place: path.display().to_string(),
            notes: Vec::new(),
        });
    }
    Ok(rows)
}
