//! Reading our own file.

use super::columns::label_name;
use super::container::Container;
use super::rows::Column;
use super::{MODALITY_LABELS, RECIPES};
use crate::checksum::{self, Checksum, LabelChecksum};
use crate::entry::Entry;
use crate::format::Format;
use crate::format::padded::columns::numbered;
use crate::intake::{Heading, Intake};
use crate::wanted::Wanted;
use crate::{DataError, Note, Split};
use misa_terms::{JsonFault, Modality, PerModality, recipes_from_json};
use safetensors::tensor::Dtype;
use std::path::Path;

/// The data set in one file.
pub(crate) fn read(path: &Path, intake: &mut Intake<'_>) -> Result<Heading, DataError> {
    let file = Container::open(path)?;
    let vocabulary = match file.metadata.info("vocabulary") {
        Some(_) => Some(file.vocabulary()?),
        None => None,
    };
    let wanted = intake.wanted();
    if !wanted.is_clips() {
        file.check_labelled()?;
    }
    let stored: Vec<Note> = match file.entry("notes") {
        Err(_) if wanted.is_clips() => Vec::new(),
        notes => stored_notes(&file, notes?)?,
    };
    if let Ok(recipes) = file.entry(RECIPES) {
        let recipes = recipes_from_json(recipes, None);
        let fault = |fault| DataError::Recipes {
            place: file.place(RECIPES),
            fault,
        };
        intake.recipes = recipes.map_err(fault)?;
    }
    // These notes are determined again while the utterances pass the intake.
    let stored = stored.iter().filter(|note| !note.kind.is_found_again());
    intake.notes.extend(stored);
    let mut checksum = Some(Checksum::default());
    let mut of_labels = LabelChecksum::default();
    for split in wanted.splits() {
        if file.has_split(split, wanted) {
            let labels = file.split(split, &mut checksum, intake)?;
            of_labels.split(&labels);
        } else if let (Some(checksum), Some(_)) = (&mut checksum, split) {
            checksum.split(0);
            of_labels.split(&PerModality::default());
        }
    }
    let of_labels = of_labels.finish().filter(|_| !wanted.is_clips());
    if let Some(found) = of_labels {
        file.compare(MODALITY_LABELS, found, path)?;
    } else if let (Ok(_), false) = (file.entry(MODALITY_LABELS), wanted.is_clips()) {
        return Err(file.layout(MODALITY_LABELS, "labels by a modality", "none"));
    }
    // Clips that lack a part cannot be compared with the checksum of whole utterances.
    if let Some(checksum) = checksum {
        file.compare("checksum", checksum.finish(), path)?;
    }
    let found = checksum::of_vocabulary(vocabulary.as_ref());
    if vocabulary.is_some() || !wanted.is_clips() {
        file.compare("vocabulary", found, path)?;
    }
    Ok(Heading {
        format: Format::Safetensors,
        vocabulary,
    })
}

/// The notes in JSON that a file keeps.
fn stored_notes(file: &Container, notes: &str) -> Result<Vec<Note>, DataError> {
    serde_json::from_str(notes).map_err(|error| {
        let found = JsonFault::new(notes.as_bytes(), &error).instead_with_place();
        file.layout("notes", "notes", found)
    })
}

/// The tensor of a split; of clips in no split, its name alone.
pub(super) fn named(split: Option<Split>, tensor: &str) -> String {
    match split {
        Some(split) => format!("{split}.{tensor}"),
        None => tensor.to_string(),
    }
}

impl Container {
    fn has(&self, name: &str) -> bool {
        self.metadata.info(name).is_some()
    }

    /// Whether the file has a split: labels, or for clips a modality.
    fn has_split(&self, split: Option<Split>, wanted: Wanted) -> bool {
        let has = |modality: Modality| self.has(&named(split, &modality.to_string()));
        match wanted {
            Wanted::Utterances => self.has(&named(split, "label")),
            Wanted::Clips => Modality::ALL.into_iter().any(has),
        }
    }

    /// Fails if there are clips and no labels.
    fn check_labelled(&self) -> Result<(), DataError> {
        let has = |wanted: Wanted| wanted.splits().any(|split| self.has_split(split, wanted));
        if has(Wanted::Utterances) || !has(Wanted::Clips) {
            return Ok(());
        }
        let found = "clips without labels: predict them with `misa predict`; training needs labels";
        let expected = "utterances with labels in train, valid or test";
        Err(DataError::layout(self.path.as_str(), expected, found))
    }

    /// The labels of a split; of clips, as far as they can be read.
    fn labels(&self, split: Option<Split>) -> Result<Vec<f32>, DataError> {
        let labels: Vec<[u8; 4]> = self.tensor(&named(split, "label"), Dtype::F32)?;
        Ok(labels.into_iter().map(f32::from_le_bytes).collect())
    }

    /// The labels of a split by each modality; none of a modality that has no tensor of them.
    fn modality_labels(
        &self,
        split: Option<Split>,
        count: usize,
        wanted: Wanted,
    ) -> Result<PerModality<Vec<f32>>, DataError> {
        let labels = PerModality::from_fn(|modality| {
            let name = named(split, &label_name(modality));
            if wanted.is_clips() || !self.has(&name) {
                return Ok(Vec::new());
            }
            let labels: Vec<[u8; 4]> = self.tensor(&name, Dtype::F32)?;
            if labels.len() != count {
                let expected = format!("{count} labels, one for each utterance");
                return Err(self.layout(&name, &expected, labels.len().to_string()));
            }
            Ok(labels.into_iter().map(f32::from_le_bytes).collect())
        });
        labels.transpose()
    }

    /// Number of clips: of their names, or of counts of steps.
    fn count(&self, split: Option<Split>) -> Result<usize, DataError> {
        let modalities = Modality::ALL.map(|modality| format!("{modality}.steps"));
        let names = ["id.ends".to_string()].into_iter().chain(modalities);
        let names: Vec<String> = names.map(|name| named(split, &name)).collect();
        let found = names.iter().find_map(|name| self.metadata.info(name));
        let count = found.and_then(|info| info.shape.first().copied());
        let count = count.ok_or_else(|| self.layout(&names[0], "a tensor", "none"))?;
        Wanted::Clips.check_count(&self.place(&named(split, "id")), count)
    }

    /// Whether clips lack a tensor of a split.
    fn is_missing(&self, split: Option<Split>, tensor: &str, wanted: Wanted) -> bool {
        wanted.is_clips() && !self.has(&named(split, tensor))
    }

    /// The names of the utterances; numbers for clips that have none.
    fn ids(
        &self,
        split: Option<Split>,
        count: usize,
        wanted: Wanted,
    ) -> Result<Vec<String>, DataError> {
        if self.is_missing(split, "id", wanted) {
            return Ok(numbered(split, count));
        }
        let name = named(split, "id");
        let ids = self.texts(&name)?;
        if ids.len() != count {
            let expected = format!("{count} ids");
            return Err(self.layout(&name, &expected, ids.len().to_string()));
        }
        Ok(ids)
    }

    /// The words of all utterances, and how many each has.
    fn words(
        &self,
        split: Option<Split>,
        count: usize,
        wanted: Wanted,
    ) -> Result<(Vec<String>, Vec<usize>), DataError> {
        if self.is_missing(split, "words", wanted) {
            return Ok((Vec::new(), vec![0; count]));
        }
        let words = self.texts(&named(split, "words"))?;
        let counts = self.counts(&named(split, "words.counts"), count, words.len())?;
        Ok((words, counts))
    }

    fn split(
        &self,
        split: Option<Split>,
        checksum: &mut Option<Checksum>,
        intake: &mut Intake<'_>,
    ) -> Result<PerModality<Vec<f32>>, DataError> {
        let wanted = intake.wanted();
        let labels = self.labels(split);
        let count = match (wanted, &labels) {
            (Wanted::Utterances, Ok(labels)) => labels.len(),
            (Wanted::Utterances, Err(_)) => 0,
            (Wanted::Clips, _) => self.count(split)?,
        };
        let labels = wanted.labels(count, labels)?;
        let modality_labels = self.modality_labels(split, count, wanted)?;
        let ids = self.ids(split, count, wanted)?;
        let (words, counts) = self.words(split, count, wanted)?;
        let mut words = words.into_iter();
        let column = |modality: Modality| {
            let is_there = !self.is_missing(split, &modality.to_string(), wanted);
            is_there
                .then(|| Column::open(self, split, modality, count))
                .transpose()
        };
        let mut text = column(Modality::Text)?;
        let mut visual = column(Modality::Visual)?;
        let mut acoustic = column(Modality::Acoustic)?;
        let place = self.place(split.map_or("clips", Split::name));
        if let Some(checksum) = checksum {
            checksum.split(count);
        }
        for (index, (label, id)) in labels.into_iter().zip(ids).enumerate() {
            let rows = |column: &mut Option<Column<'_>>| {
                let column = column.as_mut();
                column.map(|column| column.sequence(index)).transpose()
            };
            let mut entry = Entry {
                id,
                words: words.by_ref().take(counts[index]).collect(),
                text: text.as_mut().map(|text| text.text(index)).transpose()?,
                visual: rows(&mut visual)?,
                acoustic: rows(&mut acoustic)?,
                label,
                modality_labels: (modality_labels.as_ref())
                    .map(|labels| labels.get(index).copied()),
            };
            match checksum {
                Some(checksum) if entry.is_whole() && split.is_some() => {
                    let utterance = entry.into_utterance(&place)?;
                    checksum.add(&utterance);
                    entry = utterance.into();
                }
                _ => *checksum = None,
            }
            intake.push(split, &place, entry)?;
        }
        Ok(modality_labels)
    }
}
