//! Features in one array over all utterances.

use super::Own;
use super::archive::Archive;
use crate::format::files;
use crate::format::padded::Rows;
use crate::format::padded::table::{self, Table};
use crate::format::padded::values::{Padded, Values};
use crate::intake::Intake;
use crate::labels::TableRow;
use crate::wanted::Wanted;
use crate::{DataError, OpenOptions, Vocabulary};
use misa_terms::{Modality, PerModality};
use std::rc::Rc;

impl Own {
    /// The archive with the padded features of a modality: the chosen one, or the only one.
    pub(super) fn archive_of(&self, modality: Modality) -> Result<Option<&Archive>, DataError> {
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

    pub(super) fn read_padded(
        &self,
        options: &OpenOptions,
        intake: &mut Intake<'_>,
    ) -> Result<Option<Vocabulary>, DataError> {
        let features = PerModality::from_fn(|modality| self.padded(modality)).transpose()?;
        for modality in [Modality::Visual, Modality::Acoustic] {
            if features.get(modality).is_none() && !self.wanted.is_clips() {
                let expected = format!("an array `{modality}` in a .npz file");
                return Err(DataError::layout(&self.place, expected, "none"));
            }
        }
        self.check_text(features.text.is_some())?;
        self.note_splits(intake);
        let rows = Rc::new(match self.wanted {
            Wanted::Utterances => Rows::new(None, features),
            Wanted::Clips => Rows::of_clips(None, features),
        });
        let table = |split| {
            let (places, labelled): (Vec<usize>, Vec<&TableRow>) = self.of_split(split).unzip();
            let texts = labelled.iter().map(|row| row.text.clone());
            Table {
                split,
                place: self.place.clone(),
                labels: labelled.iter().map(|row| row.label).collect(),
                modality_labels: PerModality::from_fn(|modality| {
                    let labels = labelled.iter();
                    labels
                        .map(|row| *row.modality_labels.get(modality))
                        .collect()
                }),
                ids: labelled.iter().map(|row| row.id.clone()).collect(),
                transcripts: texts.collect(),
                places: Some(places),
                rows: Rc::clone(&rows),
            }
        };
        let tables = self.wanted.splits().map(table).collect();
        table::read(tables, options.padding(), intake)
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
}
