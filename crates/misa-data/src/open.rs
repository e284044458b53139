//! How data sets are opened.

use crate::intake::{Intake, Observer};
use crate::options::is_of;
use crate::replacement::{Replacements, SequencesById};
use crate::wanted::Wanted;
use crate::{DataError, OpenOptions, Overview, Split, Utterance, UtteranceDataset, format};
use misa_terms::Modality;
use std::path::Path;

impl OpenOptions {
    /// Reads the data set at `path` into memory.
    ///
    /// # Errors
    ///
    /// [`DataError`] when there is no data set, or it is damaged, inconsistent or too large.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<UtteranceDataset, DataError> {
        let mut splits = [const { Vec::new() }; 3];
        let overview = self.stream(path, |split, utterance| {
            splits[split.index()].push(utterance);
            Ok(())
        })?;
        Ok(UtteranceDataset::new(splits, overview))
    }

    /// Passes the utterances at `path` to `take` one by one, in the order of the files, and returns
    /// an overview at the end. Memory holds one utterance at a time, and the ids.
    ///
    /// # Errors
    ///
    /// [`DataError`] as for [`open`](Self::open), or the error of `take`. Utterances passed before
    /// an error have not been checked as a whole.
    pub fn stream(
        &self,
        path: impl AsRef<Path>,
        mut take: impl FnMut(Split, Utterance) -> Result<(), DataError>,
    ) -> Result<Overview, DataError> {
        let path = path.as_ref();
        let replacements = self.read_replacements(path, Wanted::Utterances)?;
        let mut intake = Intake::new(self.policy(), &mut take).with_replacements(replacements);
        let heading = format::read(path, self, &mut intake)?;
        intake.finish(&path.display().to_string(), heading)
    }

    /// Shows every utterance at `path` to `observer` as read, before the policy is applied.
    pub(crate) fn observe<'s>(
        &self,
        path: &Path,
        observer: &'s mut Observer<'s>,
    ) -> Result<Overview, DataError> {
        let mut sink = |_, _| Ok(());
        let replacements = self.read_replacements(path, Wanted::Utterances)?;
        let intake = Intake::new(self.policy(), &mut sink).with_replacements(replacements);
        let mut intake = intake.with_observer(observer);
        let heading = format::read(path, self, &mut intake)?;
        intake.finish(&path.display().to_string(), heading)
    }

    /// One modality of each file that is to replace others in the data set at `main`, except for those
    /// that its reader opens itself.
    pub(crate) fn read_replacements(
        &self,
        main: &Path,
        wanted: Wanted,
    ) -> Result<Replacements, DataError> {
        let mut replacements = Replacements::default();
        let parts = format::parts(main, self, wanted);
        for modality in Modality::ALL {
            let Some(path) = self.replacements.get(modality) else {
                continue;
            };
            if is_of(path, parts)? {
                continue;
            }
            let mut sequences = SequencesById::default();
            let mut take = |split, id, sequence| sequences.add(split, id, sequence);
            let known = format::read_modality(path, self, (modality, wanted), &mut take)?;
            replacements.add(modality, path, sequences, known);
        }
        Ok(replacements)
    }
}
