//! Labels without features, and the table of utterances for your own features.

use crate::format::files::{open_pickle, read_bytes};
use crate::wanted::Wanted;
use crate::{DataError, Split};
use misa_files::delimited::{
    self, Cell, RowError, Rows, is_separator_line, named_separator, number,
};
use misa_files::npy::Npz;
use misa_files::pickle::{Limits, Value};
use misa_files::{FileKind, Source, zip};
use misa_terms::{Modality, ModalityLabels, PerModality};
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
        Some(FileKind::Npz | FileKind::Zip) => of_archive(path, source, wanted)?,
        Some(FileKind::Pickle | FileKind::PickleWithCrlf) => of_pickle(path, wanted)?,
        _ => of_csv(path, wanted).map_err(|error| {
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

fn of_archive(
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

fn of_pickle(path: &Path, wanted: Wanted) -> Result<Vec<TableRow>, DataError> {
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

/// Separators of spreadsheets, in the order of preference.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// Indices of the columns.
#[derive(Clone, Debug)]
struct Columns {
    id: usize,
    /// `None` if clips have no labels.
    label: Option<usize>,
    split: Option<usize>,
    text: Option<usize>,
    modality_labels: PerModality<Option<usize>>,
    /// Columns with a name.
    count: usize,
    wanted: Wanted,
}

fn of_csv(path: &Path, wanted: Wanted) -> Result<Vec<TableRow>, DataError> {
    let place = path.display().to_string();
    let text = delimited::decode(read_bytes(path, MAX_BYTES)?).map_err(|error| {
        let place = format!("{place}: line {}", error.line);
        DataError::layout(place, error.expected, error.found)
    })?;
    let not_a_row = |error: RowError| match error {
        RowError::OpenQuotes(cell) => {
            let place = format!("{place}: {}", cell.position());
            DataError::layout(place, "the end of a cell in quotes", "the end of the file")
        }
        other => DataError::layout(&*place, "a row", other.to_string()),
    };
    let mut rows = Rows::new(&text, separator(&text, wanted));
    let mut header = rows.next_row().map_err(not_a_row)?.unwrap_or_default();
    if is_separator_line(&text) {
        header = rows.next_row().map_err(not_a_row)?.unwrap_or_default();
    }
    let columns = Columns::of(&place, &header, wanted)?;
    let mut table = Vec::new();
    while let Some(row) = rows.next_row().map_err(not_a_row)? {
        // Spreadsheets write rows that were cleared.
        if row.iter().any(|cell| !cell.text.is_empty()) {
            table.push(columns.table_row(&place, &row)?);
        }
    }
    Ok(table)
}

/// The separator that the first line names, or with which the header has the columns that are needed,
/// or else most columns.
fn separator(text: &str, wanted: Wanted) -> char {
    if is_separator_line(text) {
        return named_separator(text).unwrap_or(SEPARATORS[0]);
    }
    let columns = |separator: char| {
        let header = Rows::new(text, separator).next_row();
        let header = header.ok().flatten().unwrap_or_default();
        let has = |name: &str| Columns::find(&header, &[name]).next().is_some();
        let is_whole = has("id") && (has("label") || wanted.is_clips());
        (is_whole, header.len())
    };
    // Of equals, the last is taken.
    let separators = SEPARATORS.into_iter().rev();
    separators
        .max_by_key(|&separator| columns(separator))
        .unwrap_or(',')
}

impl Columns {
    fn of(place: &str, header: &[Cell], wanted: Wanted) -> Result<Self, DataError> {
        let required = |name: &str| match Self::find(header, &[name]).next() {
            Some(column) => Ok(column),
            None => {
                let found: Vec<String> = header
                    .iter()
                    .take(12)
                    .map(|cell| shown(&cell.text))
                    .collect();
                let expected = format!("a column `{name}`");
                Err(DataError::layout(place, expected, found.join(", ")))
            }
        };
        let single = [&["id"][..], &["label"], &["split", "mode"], &["text"]];
        let by_modality = Modality::ALL.map(label_names);
        let by_modality = by_modality.iter().map(|names| &names[..]);
        for names in single.into_iter().chain(by_modality) {
            let is_needed = !names[0].starts_with("label") || !wanted.is_clips();
            if let Some(second) = Self::find(header, names).nth(1).filter(|_| is_needed) {
                let place = format!("{place}: {}", header[second].position());
                let expected = format!("one column `{}`", names[0]);
                return Err(DataError::layout(place, expected, "a second one"));
            }
        }
        let is_named = |cell: &Cell| !cell.text.is_empty();
        Ok(Self {
            id: required("id")?,
            label: match wanted {
                Wanted::Utterances => Some(required("label")?),
                Wanted::Clips => Self::find(header, &["label"]).next(),
            },
            split: Self::find(header, &["split", "mode"]).next(),
            text: Self::find(header, &["text"]).next(),
            modality_labels: PerModality::from_fn(|modality| {
                let column = Self::find(header, &label_names(modality)).next();
                column.filter(|_| !wanted.is_clips())
            }),
            count: header.iter().rposition(is_named).map_or(0, |last| last + 1),
            wanted,
        })
    }

    /// The columns with one of these names, in letters of any case.
    fn find(header: &[Cell], names: &[&str]) -> impl Iterator<Item = usize> {
        let is_it = |cell: &Cell| names.contains(&cell.text.to_lowercase().as_str());
        let columns = header
            .iter()
            .enumerate()
            .filter(move |(_, cell)| is_it(cell));
        columns.map(|(column, _)| column)
    }

    fn table_row(&self, place: &str, row: &[Cell]) -> Result<TableRow, DataError> {
        self.check_length(place, row)?;
        let wrong = |cell: &Cell, what: &str, expected: &str| {
            let place = format!("{place}: {}: {what}", cell.position());
            DataError::layout(place, expected, format!("{:?}", shown(&cell.text)))
        };
        let label = |cell: &Cell| {
            let label = number(&cell.text).ok_or_else(|| wrong(cell, "label", "a number"));
            self.wanted.beyond_clips(label)
        };
        let split = |cell: &Cell| {
            let expected = "train, valid (dev, val, validation) or test";
            let split = Split::of_name(&cell.text).ok_or_else(|| wrong(cell, "split", expected));
            self.wanted.beyond_clips(split)
        };
        let of_modality = |column: &Option<usize>| {
            let cell = column.and_then(|column| row.get(column));
            // A corpus without such labels has the column of one that has them, without content.
            let cell = cell.filter(|cell| !cell.text.is_empty());
            cell.map(label).transpose().map(Option::flatten)
        };
        let cell = |column: Option<usize>| column.and_then(|column| row.get(column));
        let text = |column: usize| row.get(column).map(|cell| cell.text.clone());
        let split_cell = cell(self.split);
        let known_split = split_cell.map(split).transpose()?.flatten();
        let unknown_split =
            split_cell.filter(|cell| known_split.is_none() && !cell.text.is_empty());
        Ok(TableRow {
            id: row[self.id].text.clone(),
            label: cell(self.label).map(label).transpose()?.flatten(),
            split: known_split,
            unknown_split: unknown_split.map(|cell| shown(&cell.text)),
            text: self.text.map(|column| text(column).unwrap_or_default()),
            modality_labels: self.modality_labels.as_ref().map(of_modality).transpose()?,
        })
    }

    /// Fails unless the row has the columns that are needed, and nothing beyond the header.
    fn check_length(&self, place: &str, row: &[Cell]) -> Result<(), DataError> {
        let others = [self.label, self.split].into_iter().flatten();
        let others = others.filter(|_| !self.wanted.is_clips());
        let needed = others.fold(self.id, usize::max) + 1;
        let beyond = row
            .iter()
            .skip(self.count)
            .find(|cell| !cell.text.is_empty());
        let (position, found) = match (beyond, row.first()) {
            (Some(cell), _) => (
                cell.position(),
                format!("one more, {:?}", shown(&cell.text)),
            ),
            (None, Some(first)) if row.len() < needed => {
                (format!("line {}", first.line), row.len().to_string())
            }
            _ => return Ok(()),
        };
        let expected = format!("{} cells as in the header", self.count);
        Err(DataError::layout(
            format!("{place}: {position}"),
            expected,
            found,
        ))
    }
}

/// The names of the column of labels by a modality: ours, and MMSA's.
fn label_names(modality: Modality) -> [&'static str; 2] {
    match modality {
        Modality::Text => ["label_text", "label_t"],
        Modality::Visual => ["label_visual", "label_v"],
        Modality::Acoustic => ["label_acoustic", "label_a"],
    }
}

/// A cell, shortened for messages.
fn shown(cell: &str) -> String {
    cell.chars().take(40).collect()
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
    fn labels_by_single_modalities_are_read_under_both_names() {
        let rows = read("id,label,label_T,label_Acoustic\na,1,0.5,-1\nb,1,,nan\n").unwrap();
        let found = |row: &LabelRow| row.modality_labels.clone().into_array();
        assert_eq!(found(&rows[0]), [Some(0.5), None, Some(-1.0)]);
        let [text, visual, acoustic] = found(&rows[1]);
        assert_eq!((text, visual), (None, None));
        assert!(acoustic.unwrap().is_nan());
        let error = read("id,label,label_t\na,1,many\n").unwrap_err();
        assert_eq!(
            error,
            "line 2, column 5: label: expected a number, found \"many\""
        );
        let error = read("id,label,label_v,label_visual\na,1,2,2\n").unwrap_err();
        assert_eq!(
            error,
            "line 1, column 18: expected one column `label_visual`, found a second one"
        );
    }

    #[test]
    fn quotes_span_lines_and_positions_are_those_of_an_editor() {
        let rows = read("id;label;text\r\na;1;\"two\r\nlines, \"\"so\"\"\"\r\nb;2;x\r\n").unwrap();
        assert_eq!(rows[0].text.as_deref(), Some("two\nlines, \"so\""));
        let error = read("id;label;text\r\na;1;\"two\r\nlines\"\r\nb;many;x\r\n").unwrap_err();
        assert_eq!(
            error,
            "line 4, column 3: label: expected a number, found \"many\""
        );
        let error = read("id,label\na,1\nb,\"2\n").unwrap_err();
        let expected =
            "line 3, column 3: expected the end of a cell in quotes, found the end of the file";
        assert_eq!(error, expected);
        let error = read("id,label\na,1,x\n").unwrap_err();
        assert_eq!(
            error,
            "line 2, column 5: expected 2 cells as in the header, found one more, \"x\""
        );
        let error = read("id,label,Label\na,1,2\n").unwrap_err();
        assert_eq!(
            error,
            "line 1, column 10: expected one column `label`, found a second one"
        );
        let error = read("id;label\na;1.234,5\n").unwrap_err();
        assert_eq!(
            error,
            "line 2, column 3: label: expected a number, found \"1.234,5\""
        );
    }

    /// Zip archives begin with `PK` too, and pickles of protocol 0 with `(`.
    #[test]
    fn a_header_may_begin_as_other_files_do() {
        for content in ["PK,id,label\n1,a,2\n", "(note),id,label\nx,a,2\n"] {
            let rows = read(content).unwrap();
            assert_eq!(
                (rows[0].id.as_str(), rows[0].label),
                ("a", 2.0),
                "{content}"
            );
        }
    }

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

    #[test]
    fn faults_are_placed() {
        let cases = [
            (
                "id,text\na,b\n",
                "expected a column `label`, found id, text",
            ),
            (
                "id,label\na,big\n",
                "line 2, column 3: label: expected a number, found \"big\"",
            ),
            (
                "id,label,split\na,1,all\n",
                "line 2, column 5: split: expected train, valid (dev, val, validation) or test, found \"all\"",
            ),
            (
                "id,label\na,1\nb\n",
                "line 3: expected 2 cells as in the header, found 1",
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
