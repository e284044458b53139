//! The columns of a text table, and the row that they make of cells.

use super::TableRow;
use crate::wanted::Wanted;
use crate::{DataError, Split};
use misa_files::delimited::{Cell, number};
use misa_terms::{Modality, PerModality};

/// Indices of the columns.
#[derive(Clone, Debug)]
pub(super) struct Columns {
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

impl Columns {
    pub(super) fn of(place: &str, header: &[Cell], wanted: Wanted) -> Result<Self, DataError> {
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
    pub(super) fn find(header: &[Cell], names: &[&str]) -> impl Iterator<Item = usize> {
        let is_it = |cell: &Cell| names.contains(&cell.text.to_lowercase().as_str());
        let columns = header
            .iter()
            .enumerate()
            .filter(move |(_, cell)| is_it(cell));
        columns.map(|(column, _)| column)
    }

    pub(super) fn table_row(&self, place: &str, row: &[Cell]) -> Result<TableRow, DataError> {
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
