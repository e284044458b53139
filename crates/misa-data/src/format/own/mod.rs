//! A folder of your own features: NumPy archives and a table of labels.
//!
//! One `.csv` file has a row per utterance with `id`, `split`, `label` and optionally `text`. One
//! or more `.npz` files have the features, in one of two forms:
//!
//! - arrays `visual`, `acoustic` and optionally `text` of `[utterances, steps, d_input]`, in the
//!   order of the rows, and optionally `visual_lengths` and so on with the real steps of each;
//! - files `visual.npz`, `acoustic.npz` and optionally `text.npz` with an array `[steps, d_input]`
//!   per id.
//!
//! Without text features, the text is the words of the column `text`; only those of the train split
//! are known.
//!
//! Clips need the columns `id` and `text`, or features of one modality: the table or the archives may
//! be missing, and the table may be a file alone. A split that is none of ours is no split.

mod archive;
mod by_id;
mod padded;

use super::padded::columns::numbered;
use super::{Format, files};
use crate::intake::{Heading, Intake};
use crate::labels::{TableRow, read_table as read_rows};
use crate::note::listed;
use crate::wanted::Wanted;
use crate::{DataError, NoteKind, OpenOptions, Split};
use archive::Archive;
use misa_files::FileKind;
use misa_terms::{Modality, ModalityLabels, PerModality};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// Kinds of the archives.
pub(super) const KINDS: [FileKind; 2] = [FileKind::Npz, FileKind::Zip];

/// Kinds of a table alone.
pub(super) const TABLE: &[FileKind] = &[FileKind::Csv, FileKind::Text];

/// Whether a folder contains a table and archives; of clips, one of them.
pub(super) fn is_folder(folder: &Path, wanted: Wanted) -> bool {
    let has = |extension| files::with(folder, extension).is_ok_and(|files| !files.is_empty());
    has("csv") && has("npz") || wanted.is_clips() && (has("csv") || has("npz"))
}

/// The clips of a table alone, of which only the text is known.
pub(super) fn read_table(path: &Path, intake: &mut Intake<'_>) -> Result<Heading, DataError> {
    let own = Own {
        folder: path.to_owned(),
        place: path.display().to_string(),
        chosen: PerModality::from_fn(|_| None),
        rows: read_rows(path, intake.wanted())?,
        archives: Vec::new(),
        wanted: intake.wanted(),
    };
    own.heading(&OpenOptions::new(), intake)
}

/// The data set of a folder.
pub(super) fn read_folder(
    folder: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let wanted = intake.wanted();
    let table = match files::with(folder, "csv")?.as_slice() {
        [table] => Some(table.clone()),
        [] if wanted.is_clips() => None,
        tables => {
            return Err(DataError::Several {
                path: folder.to_owned(),
                expected: "one table of labels (.csv)".to_string(),
                found: tables.iter().map(|path| files::name(path)).collect(),
            });
        }
    };
    let chosen = PerModality::from_fn(|modality| {
        let path = options.chosen(modality, &KINDS)?;
        path.map(|path| Archive::open(path.to_owned())).transpose()
    });
    let place = table.as_deref().unwrap_or(folder).display().to_string();
    let mut own = Own {
        folder: folder.to_owned(),
        place,
        chosen: chosen.transpose()?,
        rows: Vec::new(),
        archives: files::with(folder, "npz")?
            .into_iter()
            .map(Archive::open)
            .collect::<Result<_, _>>()?,
        wanted,
    };
    own.rows = match table {
        Some(table) => read_rows(&table, wanted)?,
        None => own.rows_of_archives()?,
    };
    own.heading(options, intake)
}

/// The table and the open archives.
#[derive(Debug)]
struct Own {
    folder: PathBuf,
    /// The table.
    place: String,
    rows: Vec<TableRow>,
    /// The archives of the folder.
    archives: Vec<Archive>,
    /// The archives that are chosen for a modality.
    chosen: PerModality<Option<Archive>>,
    wanted: Wanted,
}

impl Own {
    fn heading(
        &self,
        options: &OpenOptions,
        intake: &mut Intake<'_>,
    ) -> Result<Heading, DataError> {
        let vocabulary = if self.is_padded() {
            self.read_padded(options, intake)?
        } else {
            self.read_by_id(intake)?
        };
        Ok(Heading {
            format: Format::Own,
            vocabulary,
        })
    }

    /// Whether the features are arrays over all utterances, instead of one per id.
    fn is_padded(&self) -> bool {
        let has = |modality: Modality| match self.chosen.get(modality) {
            Some(chosen) => chosen.has(&modality.to_string()),
            None => {
                let name = modality.to_string();
                self.archives.iter().any(|archive| archive.has(&name))
            }
        };
        has(Modality::Visual) || self.wanted.is_clips() && Modality::ALL.into_iter().any(has)
    }

    /// The utterances of archives without a table: by number, or by the names of their arrays.
    fn rows_of_archives(&self) -> Result<Vec<TableRow>, DataError> {
        let mut ids: Vec<String> = Vec::new();
        if self.is_padded() {
            for modality in Modality::ALL {
                if let Some(archive) = self.archive_of(modality)?.filter(|_| ids.is_empty()) {
                    let name = modality.to_string();
                    let count = archive.array(&name)?.shape().first().copied();
                    let count = count.unwrap_or(0);
                    let count = self.wanted.check_count(&archive.place(&name), count)?;
                    ids = numbered(None, count);
                }
            }
        } else {
            let mut known = HashSet::new();
            for archive in Modality::ALL.into_iter().filter_map(|one| self.by_id(one)) {
                let names = archive.npz.names().map(str::to_owned);
                ids.extend(names.filter(|name| known.insert(name.clone())));
            }
        }
        let row = |id| TableRow {
            id,
            split: None,
            unknown_split: None,
            label: None,
            modality_labels: ModalityLabels::default(),
            text: None,
        };
        Ok(ids.into_iter().map(row).collect())
    }

    /// The rows of a split, with their numbers in the table.
    fn of_split(&self, split: Option<Split>) -> impl Iterator<Item = (usize, &TableRow)> {
        let rows = self.rows.iter().enumerate();
        rows.filter(move |(_, row)| row.split == split)
    }

    /// Counts utterances without a split, which are dropped; and clips whose split is none of ours, which
    /// are in none.
    fn note_splits(&self, intake: &mut Intake<'_>) {
        if self.wanted.is_clips() {
            let unknown = self.rows.iter();
            let unknown = unknown.filter_map(|row| row.unknown_split.as_deref());
            let names: BTreeSet<&str> = unknown.clone().collect();
            let kind = NoteKind::UnknownSplit(listed(names));
            intake.notes.add(None, kind, unknown.count());
            return;
        }
        let left_out = self.rows.iter().filter(|row| row.split.is_none()).count();
        intake.notes.add(None, NoteKind::NoSplit, left_out);
    }

    fn has_text(&self) -> bool {
        self.rows.iter().any(|row| row.text.is_some())
    }

    /// Fails unless there is text of some kind, which clips need not have.
    fn check_text(&self, has_features: bool) -> Result<(), DataError> {
        if has_features || self.wanted.is_clips() || self.has_text() {
            return Ok(());
        }
        let expected = "a column `text` or text features";
        Err(DataError::layout(&self.place, expected, "neither"))
    }
}
