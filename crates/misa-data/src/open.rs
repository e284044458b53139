//! How data sets are opened.

use crate::intake::{Intake, Observer};
use crate::replacement::Replacements;
use crate::{
    DataError, Format, Overview, Padding, Policy, Split, Utterance, UtteranceDataset, format,
};
use misa_terms::Modality;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is asked of a data set before it is opened.
///
/// | Setting | Default | |
/// |---|---|---|
/// | `format` | told by the content | reads a path as this format, whatever it looks like |
/// | `policy` | [`Policy::Strict`] | what becomes of numbers that are none |
/// | `padding` | [`Padding::Auto`] | where padded sequences hold their padding |
/// | `replace` | nothing | takes one modality from another file, matched by utterance id |
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    format: Option<Format>,
    policy: Policy,
    padding: Padding,
    replacements: Vec<(Modality, PathBuf)>,
}

impl OpenOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the path as `format`.
    pub fn with_format(mut self, format: impl Into<Option<Format>>) -> Self {
        self.format = format.into();
        self
    }

    /// Treats numbers that are none by `policy`.
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Looks for the padding of padded sequences where `padding` says.
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// Takes `modality` from the data set at `path` instead; every utterance must have its like
    /// there, by id. A data set that has no other modality will do.
    pub fn with_replacement(mut self, modality: Modality, path: impl Into<PathBuf>) -> Self {
        self.replacements.push((modality, path.into()));
        self
    }

    /// The format asked for.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// The policy asked for.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The padding asked for.
    pub fn padding(&self) -> Padding {
        self.padding
    }

    /// The data set at `path`, all of it in memory.
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

    /// Hands the utterances at `path` to `take` one by one, in the order of the files, and returns
    /// what is known of the whole at the end. Memory holds one utterance at a time, and the ids.
    ///
    /// # Errors
    ///
    /// [`DataError`] as for [`open`](Self::open), or what `take` returns; utterances handed over
    /// before are no data set then.
    pub fn stream(
        &self,
        path: impl AsRef<Path>,
        mut take: impl FnMut(Split, Utterance) -> Result<(), DataError>,
    ) -> Result<Overview, DataError> {
        let path = path.as_ref();
        let replacements = self.read_replacements()?;
        let mut intake = Intake::new(self.policy, &mut take).with_replacements(replacements);
        let heading = format::read(path, self, &mut intake)?;
        intake.finish(&path.display().to_string(), heading)
    }

    /// Shows every utterance at `path` to `observer` as it was read, before the policy sees it.
    pub(crate) fn observe<'s>(
        &self,
        path: &Path,
        observer: &'s mut Observer<'s>,
    ) -> Result<Overview, DataError> {
        let mut sink = |_, _| Ok(());
        let replacements = self.read_replacements()?;
        let intake = Intake::new(self.policy, &mut sink).with_replacements(replacements);
        let mut intake = intake.with_observer(observer);
        let heading = format::read(path, self, &mut intake)?;
        intake.finish(&path.display().to_string(), heading)
    }

    /// One modality of each file that is to replace others.
    fn read_replacements(&self) -> Result<Replacements, DataError> {
        let mut replacements = Replacements::default();
        for (modality, path) in &self.replacements {
            let mut sequences = HashMap::new();
            format::read_modality(path, self, *modality, &mut |id, sequence| {
                sequences.insert(id, sequence);
            })?;
            replacements.add(*modality, path, sequences);
        }
        Ok(replacements)
    }
}
