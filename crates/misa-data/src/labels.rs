//! Labels without features, and the table of utterances for your own features.

use crate::format::files::{open_pickle, read_bytes};
use crate::{DataError, Split};
use misa_files::Source;
use misa_files::npy::Npz;
use misa_files::pickle::{Limits, Value};
use misa_files::zip;
use std::path::Path;

/// Largest table that is read. MOSEI's has 3 MiB.
const MAX_BYTES: u64 = 1 << 28;

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
}

/// The labels at `path`, in the order of the file.
///
/// | File | Content |
/// |---|---|
/// | `.csv` | a header with `id`, `label`, optionally `split` (or `mode`) and `text` |
/// | `.npz` | `train_corpus`, `val_corpus`, `test_corpus`: dictionaries of `id` to `{"val": label}` (MERBench) |
/// | `.pkl` | a dictionary of `id` to label (UR-FUNNY) |
///
/// The kind is detected from the content.
///
/// # Errors
///
/// [`DataError`] when the file is of another kind, damaged, or has no labels.
pub fn read_labels(path: impl AsRef<Path>) -> Result<Vec<LabelRow>, DataError> {
    let path = path.as_ref();
    let mut start = [0; 4];
    let source = Source::open(path).map_err(DataError::io(path))?;
    let shown = source.len().min(4) as usize;
    source
        .read(0, &mut start[..shown])
        .map_err(DataError::io(path))?;
    let rows = match start {
        [b'P', b'K', ..] => of_archive(path, source)?,
        [0x80 | b'(' | b'}' | b']', ..] => of_pickle(path)?,
        _ => of_csv(path)?,
    };
    if rows.is_empty() {
        return Err(DataError::NoUtterances {
            place: path.display().to_string(),
        });
    }
    Ok(rows)
}

fn of_archive(path: &Path, source: Source<'static>) -> Result<Vec<LabelRow>, DataError> {
    const CORPORA: [(&str, Split); 3] = [
        ("train_corpus", Split::Train),
        ("val_corpus", Split::Valid),
        ("test_corpus", Split::Test),
    ];
    let npz = Npz::open(source, &zip::Limits::default()).map_err(DataError::npz(path))?;
    let mut rows = Vec::new();
    for (name, split) in CORPORA {
        let objects = npz.objects(name, &Limits::default());
        let pickle = objects.map_err(DataError::npz(path))?;
        let place = format!("{}: {name}", path.display());
        // The dictionary is in an array without axes.
        let root = pickle.root();
        let dict = root
            .items()
            .and_then(|items| items.iter().next())
            .unwrap_or(root);
        rows.extend(of_dict(&place, dict, Some(split))?);
    }
    Ok(rows)
}

fn of_pickle(path: &Path) -> Result<Vec<LabelRow>, DataError> {
    let pickle = open_pickle(path)?;
    of_dict(&path.display().to_string(), pickle.root(), None)
}

fn of_dict(place: &str, dict: Value<'_>, split: Option<Split>) -> Result<Vec<LabelRow>, DataError> {
    let wrong = || DataError::layout(place, "a dict of labels", dict.describe());
    let entries = dict.entries().ok_or_else(wrong)?;
    let row = |(id, value): (Value<'_>, Value<'_>)| {
        let text = match id.as_int() {
            Some(number) => number.to_string(),
            None => id.to_text().ok()?,
        };
        let label = value.get("val").unwrap_or(value).as_float()?;
        Some(LabelRow {
            id: text,
            split,
            label: label as f32,
            text: None,
        })
    };
    entries.map(row).collect::<Option<_>>().ok_or_else(wrong)
}

/// Indices of the columns.
struct Columns {
    id: usize,
    label: usize,
    split: Option<usize>,
    text: Option<usize>,
}

fn of_csv(path: &Path) -> Result<Vec<LabelRow>, DataError> {
    let bytes = read_bytes(path, MAX_BYTES)?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .from_reader(&*bytes);
    let place = path.display().to_string();
    let wrong = |error: csv::Error| DataError::layout(&place, "comma-separated rows", text(&error));
    let headers = reader.headers().map_err(wrong)?.clone();
    let column = |names: &[&str]| {
        let is_it = |header: &str| names.contains(&header.trim_start_matches('\u{feff}'));
        headers.iter().position(is_it)
    };
    let required = |name: &str| {
        let found: Vec<&str> = headers.iter().take(12).collect();
        let expected = format!("a column `{name}`");
        column(&[name]).ok_or_else(|| DataError::layout(&place, expected, found.join(", ")))
    };
    let columns = Columns {
        id: required("id")?,
        label: required("label")?,
        split: column(&["split", "mode"]),
        text: column(&["text"]),
    };
    let records = reader.into_records().enumerate();
    records
        .map(|(index, record)| row(&place, index + 1, &record.map_err(wrong)?, &columns))
        .collect()
}

fn row(
    place: &str,
    number: usize,
    record: &csv::StringRecord,
    columns: &Columns,
) -> Result<LabelRow, DataError> {
    let field = |column: usize| record.get(column).unwrap_or_default().trim();
    let place = || format!("{place}: row {number}");
    let label: f32 = field(columns.label).parse().map_err(|_| {
        let found = format!("{:?}", shown(field(columns.label)));
        DataError::layout(format!("{}: label", place()), "a number", found)
    })?;
    let split = columns.split.map(|column| {
        let name = field(column);
        let found = Split::ALL.into_iter().find(|split| split.name() == name);
        let found = found.or(["dev", "val"].contains(&name).then_some(Split::Valid));
        found.ok_or_else(|| {
            let expected = "train, valid (dev, val) or test";
            let found = format!("{:?}", shown(name));
            DataError::layout(format!("{}: split", place()), expected, found)
        })
    });
    Ok(LabelRow {
        id: field(columns.id).to_owned(),
        split: split.transpose()?,
        label,
        text: columns.text.map(|column| field(column).to_owned()),
    })
}

/// A field, shortened for messages.
fn shown(field: &str) -> String {
    field.chars().take(40).collect()
}

/// The fault, without the position in the wording of the library.
fn text(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let row = pos.as_ref().map_or(0, csv::Position::line);
            format!("{len} fields in line {row}, {expected_len} in the header")
        }
        csv::ErrorKind::Utf8 { pos, .. } => {
            let row = pos.as_ref().map_or(0, csv::Position::line);
            format!("bytes that are not valid UTF-8 in line {row}")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(content: &str) -> Result<Vec<LabelRow>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        fs::write(&path, content).unwrap();
        let place = format!("{}: ", path.display());
        read_labels(&path).map_err(|error| error.to_string().replace(&place, ""))
    }

    #[test]
    fn columns_come_in_any_order() {
        let rows =
            read("text,label,mode,id\n\"so, it goes\",-1.5,dev,a[0]\nx,2,train,b\n").unwrap();
        assert_eq!(rows[0].text.as_deref(), Some("so, it goes"));
        assert_eq!((rows[0].label, rows[0].split), (-1.5, Some(Split::Valid)));
        assert_eq!((&*rows[1].id, rows[1].split), ("b", Some(Split::Train)));
        let rows = read("id,label\na,nan\n").unwrap();
        assert!(rows[0].label.is_nan() && rows[0].split.is_none());
    }

    #[test]
    fn faults_are_placed() {
        let cases = [
            (
                "id,text\na,b\n",
                "expected a column `label`, found id, text",
            ),
            (
                "id,label\na,big\n",
                "row 1: label: expected a number, found \"big\"",
            ),
            (
                "id,label,split\na,1,all\n",
                "row 1: split: expected train, valid (dev, val) or test, found \"all\"",
            ),
            (
                "id,label\na,1\nb\n",
                "expected comma-separated rows, found 1 fields in line 3, 2 in the header",
            ),
        ];
        for (content, expected) in cases {
            assert_eq!(read(content).unwrap_err(), expected);
        }
        assert!(
            read("id,label\n")
                .unwrap_err()
                .ends_with("no utterances, expected at least 1")
        );
    }
}
