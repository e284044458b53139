//! Features in an array per utterance.

use super::Own;
use super::archive::Archive;
use crate::entry::Entry;
use crate::format::files;
use crate::format::padded::table::word_ids;
use crate::intake::Intake;
use crate::labels::TableRow;
use crate::note::listed;
use crate::wanted::Wanted;
use crate::{DataError, NoteKind, TextSequence, Vocabulary};
use misa_terms::{Modality, PerModality};
use std::collections::HashSet;

impl Own {
    /// The archive with an array of a modality per id.
    pub(super) fn by_id(&self, modality: Modality) -> Option<&Archive> {
        let name = modality.to_string();
        let is_it = |archive: &&Archive| archive.path.file_stem() == Some(name.as_ref());
        let chosen = self.chosen.get(modality).as_ref();
        chosen.or_else(|| self.archives.iter().find(is_it))
    }

    pub(super) fn read_by_id(
        &self,
        intake: &mut Intake<'_>,
    ) -> Result<Option<Vocabulary>, DataError> {
        let archives = PerModality::from_fn(|modality| self.by_id(modality));
        let PerModality {
            text,
            visual,
            acoustic,
        } = &archives;
        let is_whole = visual.is_some() && acoustic.is_some();
        let has_one = visual.is_some() || acoustic.is_some() || text.is_some() || self.has_text();
        if !(is_whole || self.wanted.is_clips() && has_one) {
            let place = self.folder.display().to_string();
            let expected = match self.wanted {
                Wanted::Utterances => {
                    "arrays `visual` and `acoustic`, or visual.npz and acoustic.npz"
                }
                Wanted::Clips => {
                    "a column `text`, an array `text`, `visual` or `acoustic`, or text.npz, visual.npz \
                     or acoustic.npz"
                }
            };
            return Err(DataError::layout(place, expected, "neither"));
        }
        self.check_text(text.is_some())?;
        self.note_splits(intake);
        self.note_others(&archives, intake);
        let mut vocabulary = Vocabulary::new();
        for split in self.wanted.splits() {
            for (_, row) in self.of_split(split) {
                let entry = self.entry(row, &archives, &mut vocabulary, intake)?;
                intake.push(split, &self.place, entry)?;
            }
            vocabulary.freeze();
        }
        Ok(text.is_none().then_some(vocabulary))
    }

    /// Counts the arrays whose name is the id of no row.
    fn note_others(&self, archives: &PerModality<Option<&Archive>>, intake: &mut Intake<'_>) {
        let ids: HashSet<&str> = self.rows.iter().map(|row| row.id.as_str()).collect();
        let mut names = Vec::new();
        for archive in archives.as_ref().into_array().into_iter().flatten() {
            let file = files::name(&archive.path);
            let others = archive.npz.names().filter(|name| !ids.contains(name));
            names.extend(others.map(|name| format!("{file}: {name}")));
        }
        let kind = NoteKind::NotNamed(listed(&names));
        intake.notes.add(None, kind, names.len());
    }

    fn entry(
        &self,
        row: &TableRow,
        archives: &PerModality<Option<&Archive>>,
        vocabulary: &mut Vocabulary,
        intake: &mut Intake<'_>,
    ) -> Result<Entry, DataError> {
        let is_clip = self.wanted.is_clips();
        let sequence = |archive: Option<&Archive>| {
            let archive = archive.filter(|archive| archive.has(&row.id) || !is_clip);
            archive.map(|one| one.sequence(&row.id)).transpose()
        };
        let said = row.text.as_deref();
        let words = said.unwrap_or_default().split_whitespace();
        let words = words.map(str::to_owned).collect();
        let (words, text) = match sequence(archives.text)? {
            Some(text) => (words, Some(TextSequence::Features(text))),
            None if is_clip && (said.is_none() || archives.text.is_some()) => (words, None),
            None => word_ids(row.split, &self.place, words, vocabulary, intake)?,
        };
        Ok(Entry {
            id: row.id.clone(),
            words,
            text,
            visual: sequence(archives.visual)?,
            acoustic: sequence(archives.acoustic)?,
            label: row.label,
            modality_labels: row.modality_labels.clone(),
        })
    }
}
