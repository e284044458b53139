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

use super::padded::Rows;
use super::padded::table::{self, Table, word_ids};
use super::padded::values::{Padded, Values};
use super::{Format, files};
use crate::intake::{Heading, Intake};
use crate::labels::{LabelRow, read_labels};
use crate::{
    DataError, NoteKind, OpenOptions, Sequence, Split, TextSequence, Utterance, Vocabulary,
};
use misa_files::npy::{Npy, Npz};
use misa_files::zip::Limits;
use misa_files::{FileKind, Source};
use misa_terms::{Modality, PerModality};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Kinds of the archives.
pub(super) const KINDS: [FileKind; 2] = [FileKind::Npz, FileKind::Zip];

/// Whether a folder contains a table and archives.
pub(super) fn is_folder(folder: &Path) -> bool {
    let has = |extension| files::with(folder, extension).is_ok_and(|files| !files.is_empty());
    has("csv") && has("npz")
}

/// The data set of a folder.
pub(super) fn read_folder(
    folder: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let table = match files::with(folder, "csv")?.as_slice() {
        [table] => table.clone(),
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
    let own = Own {
        folder: folder.to_owned(),
        place: table.display().to_string(),
        chosen: chosen.transpose()?,
        rows: read_labels(&table)?,
        archives: files::with(folder, "npz")?
            .into_iter()
            .map(Archive::open)
            .collect::<Result<_, _>>()?,
    };
    let vocabulary = if own.is_padded() {
        own.read_padded(options, intake)?
    } else {
        own.read_by_id(folder, intake)?
    };
    Ok(Heading {
        format: Format::Own,
        vocabulary,
    })
}

/// The table and the open archives.
#[derive(Debug)]
struct Own {
    folder: PathBuf,
    /// The table.
    place: String,
    rows: Vec<LabelRow>,
    /// The archives of the folder.
    archives: Vec<Archive>,
    /// The archives that are chosen for a modality.
    chosen: PerModality<Option<Archive>>,
}

#[derive(Debug)]
struct Archive {
    path: PathBuf,
    npz: Npz<'static>,
}

impl Archive {
    fn open(path: PathBuf) -> Result<Self, DataError> {
        let source = Source::open(&path).map_err(DataError::io(&path))?;
        let npz = Npz::open(source, &Limits::default()).map_err(|error| {
            DataError::npz(&path)(error).or_kind(&path, "an archive of NumPy arrays (.npz)", &KINDS)
        })?;
        Ok(Self { path, npz })
    }

    fn has(&self, name: &str) -> bool {
        self.npz.names().any(|found| found == name)
    }

    fn array(&self, name: &str) -> Result<Npy<'_>, DataError> {
        self.npz.array(name).map_err(DataError::npz(&self.path))
    }

    fn place(&self, name: &str) -> String {
        format!("{}: {name}", self.path.display())
    }
}

impl Own {
    /// Whether the features are arrays over all utterances, instead of one per id.
    fn is_padded(&self) -> bool {
        match &self.chosen.visual {
            Some(chosen) => chosen.has("visual"),
            None => self.archives.iter().any(|archive| archive.has("visual")),
        }
    }

    /// The archive with the padded features of a modality: the chosen one, or the only one.
    fn archive_of(&self, modality: Modality) -> Result<Option<&Archive>, DataError> {
        if let Some(chosen) = self.chosen.get(modality) {
            return Ok(Some(chosen));
        }
        let name = modality.to_string();
        let found: Vec<&Archive> = self.archives.iter().filter(|one| one.has(&name)).collect();
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(DataError::Choice {
                path: self.folder.clone(),
                modality,
                what: match modality {
                    Modality::Text => "text features",
                    Modality::Visual => "visual features",
                    Modality::Acoustic => "acoustic features",
                },
                found: found
                    .iter()
                    .map(|one| one.path.display().to_string())
                    .collect(),
            }),
        }
    }

    /// The rows of a split, with their numbers in the table.
    fn of_split(&self, split: Split) -> impl Iterator<Item = (usize, &LabelRow)> {
        let rows = self.rows.iter().enumerate();
        rows.filter(move |(_, row)| row.split == Some(split))
    }

    /// Counts utterances without a split, which are dropped.
    fn note_left_out(&self, intake: &mut Intake<'_>) {
        let left_out = self.rows.iter().filter(|row| row.split.is_none()).count();
        intake.notes.add(None, NoteKind::NoSplit, left_out);
    }

    fn read_padded(
        &self,
        options: &OpenOptions,
        intake: &mut Intake<'_>,
    ) -> Result<Option<Vocabulary>, DataError> {
        let features = PerModality::from_fn(|modality| self.padded(modality)).transpose()?;
        for modality in [Modality::Visual, Modality::Acoustic] {
            if features.get(modality).is_none() {
                let expected = format!("an array `{modality}` in a .npz file");
                return Err(DataError::layout(&self.place, expected, "none"));
            }
        }
        self.check_text(features.text.is_some())?;
        self.note_left_out(intake);
        let rows = Rc::new(Rows::new(None, features));
        let table = |split| {
            let (places, labelled): (Vec<usize>, Vec<&LabelRow>) = self.of_split(split).unzip();
            let texts = labelled.iter().map(|row| row.text.clone());
            Table {
                split,
                place: self.place.clone(),
                labels: labelled.iter().map(|row| row.label).collect(),
                ids: labelled.iter().map(|row| row.id.clone()).collect(),
                transcripts: texts.collect(),
                places: Some(places),
                rows: Rc::clone(&rows),
            }
        };
        table::read(Split::ALL.map(table).into(), options.padding(), intake)
    }

    fn padded(&self, modality: Modality) -> Result<Option<Padded<'_>>, DataError> {
        let name = modality.to_string();
        let Some(archive) = self.archive_of(modality)? else {
            return Ok(None);
        };
        let (array, count) = (archive.array(&name)?, self.rows.len());
        let place = archive.place(&name);
        let &[utterances, steps @ 1..=usize::MAX, d_input] = array.shape() else {
            let found = format!("{:?}", array.shape());
            return Err(DataError::layout(
                place,
                "[utterances, steps, d_input]",
                found,
            ));
        };
        if utterances != count {
            let expected = format!("{count} utterances, one per row of the table");
            return Err(DataError::layout(place, expected, utterances.to_string()));
        }
        Ok(Some(Padded {
            modality,
            place,
            stated: self.lengths(modality, archive)?,
            values: Values::Npy(array),
            steps,
            d_input,
        }))
    }

    /// The stated steps of the features in `archive`, from this archive or from one that has no features
    /// of the modality.
    fn lengths(
        &self,
        modality: Modality,
        archive: &Archive,
    ) -> Result<Option<Vec<usize>>, DataError> {
        let (features, name) = (modality.to_string(), format!("{modality}_lengths"));
        let name = name.as_str();
        let others = self.archives.iter();
        let others: Vec<&Archive> = others
            .filter(|other| other.has(name) && !other.has(&features))
            .collect();
        let archive = match others.as_slice() {
            _ if archive.has(name) => archive,
            [] => return Ok(None),
            [other] => other,
            _ => {
                return Err(DataError::Several {
                    path: self.folder.clone(),
                    expected: format!("one file with `{name}`"),
                    found: others
                        .iter()
                        .map(|other| files::name(&other.path))
                        .collect(),
                });
            }
        };
        let count = self.rows.len();
        let wrong = |found: String| {
            let expected = format!("{count} counts");
            DataError::layout(archive.place(name), expected, found)
        };
        let ints = archive.array(name)?.to_ints();
        let ints = ints.map_err(|error| wrong(error.to_string()))?;
        let lengths: Option<Vec<usize>> = ints
            .iter()
            .map(|&steps| usize::try_from(steps).ok())
            .collect();
        match lengths {
            Some(lengths) if lengths.len() == count => Ok(Some(lengths)),
            _ => Err(wrong(format!("{} others", ints.len()))),
        }
    }

    /// Fails unless there is text of some kind.
    fn check_text(&self, has_features: bool) -> Result<(), DataError> {
        if has_features || self.rows.iter().any(|row| row.text.is_some()) {
            return Ok(());
        }
        let expected = "a column `text` or text features";
        Err(DataError::layout(&self.place, expected, "neither"))
    }

    fn read_by_id(
        &self,
        folder: &Path,
        intake: &mut Intake<'_>,
    ) -> Result<Option<Vocabulary>, DataError> {
        let archive = |modality: Modality| {
            let name = modality.to_string();
            let is_it = |archive: &&Archive| archive.path.file_stem() == Some(name.as_ref());
            let chosen = self.chosen.get(modality).as_ref();
            chosen.or_else(|| self.archives.iter().find(is_it))
        };
        let (Some(visual), Some(acoustic)) =
            (archive(Modality::Visual), archive(Modality::Acoustic))
        else {
            let place = folder.display().to_string();
            let expected = "arrays `visual` and `acoustic`, or visual.npz and acoustic.npz";
            return Err(DataError::layout(place, expected, "neither"));
        };
        let text = archive(Modality::Text);
        self.check_text(text.is_some())?;
        self.note_left_out(intake);
        let mut vocabulary = Vocabulary::new();
        for split in Split::ALL {
            for (_, row) in self.of_split(split) {
                let said = row.text.as_deref().unwrap_or_default();
                let words = said.split_whitespace().map(str::to_owned).collect();
                let (words, text) = match text {
                    Some(text) => (words, TextSequence::Features(sequence(text, &row.id)?)),
                    None => word_ids(split, words, &mut vocabulary, intake),
                };
                let utterance = Utterance {
                    id: row.id.clone(),
                    words,
                    text,
                    visual: sequence(visual, &row.id)?,
                    acoustic: sequence(acoustic, &row.id)?,
                    label: row.label,
                };
                intake.push(split, &self.place, utterance)?;
            }
            vocabulary.freeze();
        }
        Ok(text.is_none().then_some(vocabulary))
    }
}

/// The array of one utterance.
fn sequence(archive: &Archive, id: &str) -> Result<Sequence, DataError> {
    let array = archive.array(id)?;
    let wrong = |found: String| DataError::layout(archive.place(id), "[steps, d_input]", found);
    let &[_, d_input] = array.shape() else {
        return Err(wrong(format!("{:?}", array.shape())));
    };
    let values = array
        .to_floats()
        .map_err(|error| wrong(error.to_string()))?;
    Sequence::new(d_input, values).ok_or_else(|| wrong(format!("{:?}", array.shape())))
}
