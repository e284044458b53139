//! The settings of a run.

use misa_core::{ConfigError, Modality, PerModality, Task};
use misa_data::{
    DataError, Format, OpenOptions, Padding, Policy, SyntheticConfig, UtteranceDataset,
};
use misa_train::{Corpus, Preset, RunOptions, TrainError, TrainingConfig};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Epochs and learning rate for the synthetic set, which is learned in a minute.
const SYNTHETIC: (usize, f64) = (6, 1e-3);

misa_terms::described! {
    /// The settings of a run, as a file holds them.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    pub struct RunSettings {
        /// The preset that the settings start from.
        pub preset: Preset,
        /// Corpus that the preset is for.
        pub corpus: Corpus,
        /// Where to compute.
        pub device: String,
        /// Optimiser steps between two states, besides those at the end of epochs. Range: `[1, inf)`.
        pub save_every: Option<usize>,
        /// Whether the weights of every epoch are kept, for `misa protocol`. They take the space of the
        /// trained part of the model each.
        #[serde(default)]
        pub keep_epochs: bool,
        /// Whether events for TensorBoard are written, to the folder `tensorboard` in that of the run.
        #[serde(default)]
        pub tensorboard: bool,
        /// The data.
        pub data: DataSettings,
        /// How the model is trained.
        pub training: TrainingConfig,
    }
}

misa_terms::described! {
    /// Where the utterances of a run come from.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    pub struct DataSettings {
        /// File or folder; without it, the synthetic set.
        pub path: Option<PathBuf>,
        /// File with the text, instead of that of `path`: of a folder, the one of its files to read; otherwise
        /// another data set with the same ids.
        pub text: Option<PathBuf>,
        /// File with the visual features, in the same way.
        pub visual: Option<PathBuf>,
        /// File with the acoustic features, in the same way.
        pub acoustic: Option<PathBuf>,
        /// Layout; without it, it is detected from the content.
        pub format: Option<Format>,
        /// What happens to NaN and infinite values.
        pub policy: Policy,
        /// Where padded files have their padding.
        pub padding: Padding,
        /// The synthetic set.
        pub synthetic: SyntheticConfig,
    }
}

impl RunSettings {
    /// The defaults: those of a preset, with few epochs and a high rate for the synthetic set.
    ///
    /// # Errors
    ///
    /// [`TrainError::Preset`] if the preset has nothing for the corpus.
    pub fn new(preset: Preset, corpus: Corpus, has_path: bool) -> Result<Self, TrainError> {
        let mut training = preset.config(corpus)?;
        if !has_path {
            (training.epochs, training.learning_rate) = SYNTHETIC;
        }
        Ok(Self {
            preset,
            corpus,
            device: crate::default_device().to_string(),
            save_every: None,
            keep_epochs: false,
            tensorboard: false,
            data: DataSettings {
                path: None,
                text: None,
                visual: None,
                acoustic: None,
                format: None,
                policy: Policy::default(),
                padding: Padding::default(),
                synthetic: SyntheticConfig::new(),
            },
            training,
        })
    }

    /// Replaces every path by what `f` returns for it.
    pub(crate) fn map_paths(&mut self, f: impl Fn(&Path) -> PathBuf) {
        let (data, training) = (&mut self.data, &mut self.training);
        let bert = training.bert.as_mut();
        let of_bert = bert.map(|bert| (&mut bert.folder, &mut bert.cache));
        let (folder, cache) = match of_bert {
            Some((folder, cache)) => (Some(folder), cache.as_mut()),
            None => (None, None),
        };
        let optional = [
            data.path.as_mut(),
            data.text.as_mut(),
            data.visual.as_mut(),
            data.acoustic.as_mut(),
            training.glove.as_mut(),
            training.transfer.as_mut(),
            folder,
            cache,
        ];
        for path in optional.into_iter().flatten() {
            *path = f(path);
        }
    }

    /// Checks the range of every field.
    ///
    /// # Errors
    ///
    /// [`TrainError::Config`] names the first setting that cannot be used.
    pub fn validate(&self) -> Result<(), TrainError> {
        self.training.validate()?;
        self.validate_others()
    }

    /// [`Self::validate`] for a run that has begun, see [`TrainingConfig::validate_recorded`]; returns what has no
    /// effect.
    ///
    /// # Errors
    ///
    /// [`TrainError::Config`] names the first setting that cannot be used.
    pub fn validate_recorded(&self) -> Result<Vec<ConfigError>, TrainError> {
        let unread = self.training.validate_recorded()?;
        self.validate_others()?;
        Ok(unread)
    }

    fn validate_others(&self) -> Result<(), TrainError> {
        self.data.synthetic.validate()?;
        let options = RunOptions {
            save_every: self.save_every,
            ..RunOptions::default()
        };
        Ok(options.validate()?)
    }

    /// The names of the classes; none of a regression. The data of a corpus has the corpus's names,
    /// all other classes are numbered.
    pub fn class_names(&self) -> Vec<String> {
        let Task::Classification { classes } = self.training.loss.task else {
            return Vec::new();
        };
        let names = self
            .corpus
            .class_names()
            .filter(|_| self.data.path.is_some());
        match names {
            Some(names) if names.len() == classes => names.map(str::to_string).into(),
            _ => (0..classes).map(|class| class.to_string()).collect(),
        }
    }
}

impl DataSettings {
    /// Opens the data; the synthetic set gets the labels that `task` needs.
    ///
    /// # Errors
    ///
    /// [`DataError`] if there is no data set or it is damaged.
    pub fn open(&self, task: Task) -> Result<UtteranceDataset, DataError> {
        match &self.path {
            None => {
                let synthetic = self.synthetic.clone().with_task(task);
                Ok(synthetic.generate().dataset)
            }
            Some(path) => self.options().open(path),
        }
    }

    fn options(&self) -> OpenOptions {
        let options = OpenOptions::new()
            .with_format(self.format)
            .with_policy(self.policy)
            .with_padding(self.padding);
        let files = PerModality {
            text: &self.text,
            visual: &self.visual,
            acoustic: &self.acoustic,
        };
        with_files(options, &files)
    }

    /// A short name of the data: the last two parts of its path.
    pub fn name(&self) -> String {
        let Some(path) = &self.path else {
            return "synthetic".to_string();
        };
        let stem = path.with_extension("");
        let parts: Vec<_> = stem.iter().map(|part| part.to_string_lossy()).collect();
        parts[parts.len().saturating_sub(2)..].join("/")
    }
}

/// `options` with the files of single modalities.
pub(crate) fn with_files(
    options: OpenOptions,
    files: &PerModality<&Option<PathBuf>>,
) -> OpenOptions {
    let replace = |options: OpenOptions, modality| match files.get(modality) {
        Some(file) => options.with_replacement(modality, file),
        None => options,
    };
    Modality::ALL.into_iter().fold(options, replace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_train::BertSettings;

    #[test]
    fn every_path_is_mapped() {
        let mut settings = RunSettings::new(Preset::Official, Corpus::Mosi, true).unwrap();
        let path = || Some(PathBuf::from("a"));
        let DataSettings {
            path: whole,
            text,
            visual,
            acoustic,
            ..
        } = &mut settings.data;
        for part in [whole, text, visual, acoustic] {
            *part = path();
        }
        let training = &mut settings.training;
        (training.glove, training.transfer) = (path(), path());
        training.bert = Some(BertSettings::new("a".into()).with_cache(path()));
        settings.map_paths(|path| Path::new("there").join(path));
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(json.matches("\"there").count(), 8, "{json}");
        assert!(!json.contains("\"a\""), "{json}");
    }
}
