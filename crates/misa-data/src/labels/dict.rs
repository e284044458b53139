//! Labels in dictionaries of names: pickles, and the archives of MERBench.

use super::TableRow;
use crate::format::files::open_pickle;
use crate::wanted::Wanted;
use crate::{DataError, Split};
use misa_files::npy::Npz;
use misa_files::pickle::{Limits, Value};
use misa_files::{FileKind, Source, zip};
use misa_terms::ModalityLabels;
use std::path::Path;

pub(super) fn of_archive(
    path: &Path,
    source: Source<'static>,
    wanted: Wanted,
) -> Result<Vec<TableRow>, DataError> {
    const CORPORA: [(&str, Split); 3] = [
        ("train_corpus", Split::Train),
        ("val_corpus", Split::Valid),
        ("test_corpus", Split::Test),
    ];
    let npz = Npz::open(source, &zip::Limits::default());
    let npz = npz.map_err(DataError::npz(path))?;
    let mut rows = Vec::new();
    for (name, split) in CORPORA {
        let objects = npz.objects(name, &Limits::default());
        let pickle = objects.map_err(|error| {
            let error = DataError::npz(path)(error);
            error.or_kind(path, "a table of labels", &[FileKind::Npz])
        })?;
        let place = format!("{}: {name}", path.display());
        // The dictionary is in an array without axes.
        let root = pickle.root();
        let dict = root
            .items()
            .and_then(|items| items.iter().next())
            .unwrap_or(root);
        rows.extend(of_dict(&place, dict, Some(split), wanted)?);
    }
    Ok(rows)
}

pub(super) fn of_pickle(path: &Path, wanted: Wanted) -> Result<Vec<TableRow>, DataError> {
    let pickle = open_pickle(path)?;
    of_dict(&path.display().to_string(), pickle.root(), None, wanted)
}

fn of_dict(
    place: &str,
    dict: Value<'_>,
    split: Option<Split>,
    wanted: Wanted,
) -> Result<Vec<TableRow>, DataError> {
    let wrong = || DataError::layout(place, "a dict of labels", dict.describe());
    let entries = dict.entries().ok_or_else(wrong)?;
    let row = |(id, value): (Value<'_>, Value<'_>)| {
        let text = match id.as_int() {
            Some(number) => number.to_string(),
            None => id.to_text().ok()?,
        };
        let label = value.get("val").unwrap_or(value).as_float();
        Some(TableRow {
            id: text,
            split,
            unknown_split: None,
            label: label.map(|label| label as f32),
            text: None,
            modality_labels: ModalityLabels::default(),
        })
    };
    let is_whole = |row: &TableRow| row.label.is_some() || wanted.is_clips();
    let rows = entries.map(|entry| row(entry).filter(is_whole));
    rows.collect::<Option<_>>().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use crate::read_labels;
    use std::fs;

    /// Python's `pickletools.optimize(pickle.dumps({"a": 1.5, "b": 2.5}, protocol))`, of protocols 0
    /// and 1.
    #[test]
    fn pickles_without_memos_are_pickles() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.pkl");
        let lines = b"(dVa\nF1.5\nsVb\nF2.5\ns.";
        let bytes = b"}(X\x01\0\0\0aG\x3f\xf8\0\0\0\0\0\0X\x01\0\0\0bG\x40\x04\0\0\0\0\0\0u.";
        for content in [&lines[..], bytes] {
            fs::write(&path, content).unwrap();
            let rows = read_labels(&path).unwrap();
            let labels: Vec<(&str, f32)> = rows.iter().map(|row| (&*row.id, row.label)).collect();
            assert_eq!(labels, [("a", 1.5), ("b", 2.5)]);
        }
    }
}
