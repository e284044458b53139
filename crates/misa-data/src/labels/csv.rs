//! Labels in a text table, as spreadsheets write it.

use super::TableRow;
use super::columns::Columns;
use crate::DataError;
use crate::format::files::read_bytes;
use crate::wanted::Wanted;
use misa_files::delimited::{self, RowError, Rows, is_separator_line, named_separator};
use std::path::Path;

/// Largest table that is read. MOSEI's has 3 MiB.
const MAX_BYTES: u64 = 1 << 28;

/// Separators of spreadsheets, in the order of preference.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

pub(super) fn of_csv(path: &Path, wanted: Wanted) -> Result<Vec<TableRow>, DataError> {
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

#[cfg(test)]
mod tests {
    use crate::{LabelRow, Split, read_labels};
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
