//! The part of a command line that settings come from.

mod option;
mod options;

use crate::settings::{
    Assignment, Layers, Resolved, RunSettings, SettingsError, preset_layers, read_value,
};
use clap::Args;
use misa_core::ConfigError;
use misa_data::UtteranceDataset;
use misa_train::{Corpus, CorpusSummary, Preset};
pub(super) use option::option_of;
pub use options::SettingOptions;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::error::Error;
use std::path::PathBuf;

/// Where the settings of a run come from.
///
/// Layers, each on top of the one before: a preset, the defaults of the program, files, and the
/// command line, where `--set` and the options have the same rank.
#[derive(Args, Clone, Debug, Default)]
pub struct SettingsArguments {
    /// File of settings in TOML; of several, a later one wins
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Vec<PathBuf>,
    /// One setting, such as training.dropout=0.3; wins over every file
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Settings")]
    pub set: Vec<String>,
    /// Settings as other programs write them, such as training.dropout=0.3; the same as --set
    #[arg(value_name = "KEY=VALUE", help_heading = "Settings")]
    pub assignments: Vec<String>,
    /// Options that are short names of settings
    #[command(flatten)]
    pub options: SettingOptions,
    /// Settings of the program itself, such as the corpus of an example; files and the command
    /// line win over them.
    #[arg(skip)]
    pub defaults: Vec<Setting>,
}

/// The settings that a run has, and where they are recorded.
#[derive(Clone, Debug)]
pub(crate) struct RecordedSettings {
    pub settings: RunSettings,
    pub origin: String,
}

/// Data that was opened to see which corpus it is.
#[derive(Debug)]
pub(crate) struct RecognisedData {
    pub dataset: UtteranceDataset,
    pub recognised: Option<CorpusSummary>,
}

impl RecognisedData {
    /// What the settings follow from, in words.
    pub fn note(&self, settings: &RunSettings) -> String {
        let RunSettings { preset, corpus, .. } = settings;
        let following = format!("settings are those of preset {preset} for {corpus}");
        match &self.recognised {
            Some(recognised) if recognised.corpus.is_some() => {
                format!("corpus: {recognised}; {following}")
            }
            Some(recognised) => {
                format!(
                    "corpus: {recognised}, which has no preset; {following}; --corpus names another"
                )
            }
            None => format!("corpus: not recognised; {following}; --corpus names another"),
        }
    }
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key with its tables.
    pub key: String,
    /// The value.
    pub value: Value,
    /// Where it comes from; an option of the command line begins with `--`.
    pub origin: String,
}

impl Setting {
    /// The setting `key`, which comes from `origin`.
    pub fn new(key: &str, value: Value, origin: &str) -> Self {
        Self {
            key: key.to_string(),
            value,
            origin: origin.to_string(),
        }
    }

    /// The setting that `KEY=VALUE` gives, where the value is TOML, or else plain text.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Option`] if there is no `=`.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, SettingsError> {
        match text.split_once('=') {
            Some((key, value)) => Ok(Self::new(key.trim(), read_value(value), origin)),
            None => Err(SettingsError::Option {
                text: text.to_string(),
            }),
        }
    }

    fn is_option(&self) -> bool {
        self.origin.starts_with("--")
    }
}

/// The settings that decide which defaults the others have.
struct Basis {
    preset: Preset,
    corpus: Corpus,
    has_data: bool,
}

impl SettingsArguments {
    /// Whether anything says what to train: the device and the seed do not.
    pub fn says_what(&self) -> bool {
        let is_empty = self.config.is_empty() && self.set.is_empty() && self.assignments.is_empty();
        !is_empty || self.options.says_what()
    }

    /// The settings, with `more` on top.
    ///
    /// # Errors
    ///
    /// The first setting that does not exist, cannot be used, or is given by two options.
    pub fn resolve(&self, more: &[Setting]) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        self.resolve_over(None, more)
    }

    /// The same on top of the settings of a run instead of a preset. Another preset or corpus
    /// replaces all of them.
    pub(crate) fn resolve_over(
        &self,
        recorded: Option<&RecordedSettings>,
        more: &[Setting],
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let basis = self.basis(recorded, more)?;
        let is_other = |recorded: &RecordedSettings| {
            let settings = &recorded.settings;
            (settings.preset, settings.corpus) != (basis.preset, basis.corpus)
        };
        if recorded.is_some_and(is_other) {
            return self.resolve(more);
        }
        let resolved = self.resolve_on(&basis, recorded, more)?;
        match recorded {
            // The run itself tells what has no effect.
            Some(_) => drop(resolved.value.validate_recorded()?),
            None => resolved.value.validate()?,
        }
        Ok(resolved)
    }

    /// [`Self::resolve`] for a run of a sweep that may have begun; also returns what has no effect, for which a new
    /// run is refused.
    ///
    /// # Errors
    ///
    /// As [`Self::resolve`], except for settings without effect.
    pub(crate) fn resolve_with_unread(
        &self,
        more: &[Setting],
    ) -> Result<(Resolved<RunSettings>, Vec<ConfigError>), Box<dyn Error>> {
        let resolved = self.resolve_on(&self.basis(None, more)?, None, more)?;
        let unread = resolved.value.validate_recorded()?;
        Ok((resolved, unread))
    }

    /// The settings, whose ranges are not checked together yet.
    fn resolve_on(
        &self,
        basis: &Basis,
        recorded: Option<&RecordedSettings>,
        more: &[Setting],
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let layers = self.layers(basis, recorded, more)?;
        // What `more` takes away, such as the text of an ablation, leaves an option right that was right before.
        let without_more = self.layers(basis, recorded, &[])?;
        self.check_needs([&without_more, &layers])?;
        let resolved = layers.resolve()?;
        check_task(&resolved)?;
        Ok(resolved)
    }

    /// The same settings, with the corpus of the data as a default where nothing names a corpus; also
    /// returns the data, if it was opened for that.
    ///
    /// # Errors
    ///
    /// As [`Self::resolve`], and if the data cannot be read.
    pub(crate) fn with_corpus_of_data(
        &self,
        more: &[Setting],
    ) -> Result<(Self, Option<RecognisedData>), Box<dyn Error>> {
        let settings = self.resolve(more)?;
        let is_named = settings.is_set("corpus");
        if is_named || settings.value.data.path.is_none() {
            return Ok((self.clone(), None));
        }
        let task = settings.value.training.loss.task;
        let dataset = settings.value.data.open(task)?;
        let recognised = CorpusSummary::recognised(&dataset);
        let mut arguments = self.clone();
        if let Some(CorpusSummary {
            corpus: Some(corpus),
            name,
            ..
        }) = &recognised
        {
            let origin = format!("recognised: {name}");
            arguments
                .defaults
                .push(Setting::new("corpus", json!(corpus), &origin));
        }
        let data = RecognisedData {
            dataset,
            recognised,
        };
        Ok((arguments, Some(data)))
    }

    /// Which preset applies is itself a setting: reads it from layers over any preset.
    fn basis(
        &self,
        recorded: Option<&RecordedSettings>,
        more: &[Setting],
    ) -> Result<Basis, Box<dyn Error>> {
        let any = Basis {
            preset: Preset::Official,
            corpus: Corpus::Mosei,
            has_data: true,
        };
        let layers = self.layers(&any, recorded, more)?;
        let data = layers.get("data.path");
        Ok(Basis {
            preset: choice(&layers, "preset")?.unwrap_or(any.preset),
            corpus: choice(&layers, "corpus")?.unwrap_or(any.corpus),
            has_data: data.is_some_and(|path| !path.is_null()),
        })
    }

    fn layers(
        &self,
        basis: &Basis,
        recorded: Option<&RecordedSettings>,
        more: &[Setting],
    ) -> Result<Layers, Box<dyn Error>> {
        let mut layers = preset_layers(basis.preset, basis.corpus, basis.has_data)?;
        if let Some(RecordedSettings { settings, origin }) = recorded {
            layers = layers.with_values(settings, origin);
        } else {
            for Setting { key, value, origin } in &self.defaults {
                layers.set(key, value.clone(), origin)?;
            }
        }
        for file in &self.config {
            layers.file(file)?;
        }
        let before_options = layers.assignments().len();
        for text in &self.set {
            layers.option(text)?;
        }
        let before_bare = layers.assignments().len();
        for text in &self.assignments {
            layers.bare(text)?;
        }
        let (set, bare) =
            layers.assignments()[before_options..].split_at(before_bare - before_options);
        check_once(set, bare)?;
        check_order(set)?;
        check_order(bare)?;
        for setting in self.options.settings().chain(more.iter().cloned()) {
            let options = &layers.assignments()[before_options..];
            let other = options.iter().find(|other| other.concerns(&setting.key));
            if let (Some(other), true) = (other, setting.is_option()) {
                return Err(SettingsError::Twice {
                    first: other.origin.clone(),
                    second: setting.origin,
                    key: setting.key,
                }
                .into());
            }
            layers.set(&setting.key, setting.value, &setting.origin)?;
        }
        Ok(layers)
    }

    /// Refuses an option that nothing would read with either of these layers.
    fn check_needs(&self, all_layers: [&Layers; 2]) -> Result<(), SettingsError> {
        let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        let is_set = |key: &str| {
            let mut values = all_layers.iter().filter_map(|layers| layers.get(key));
            values.any(is_text)
        };
        let mut needs = self.options.needs();
        match needs.find(|(_, need)| !is_set(need.key)) {
            None => Ok(()),
            Some((option, need)) => Err(SettingsError::Needs {
                option,
                needed: need.key,
                needed_option: need.option,
            }),
        }
    }
}

/// Refuses a setting that `--set` and a bare `KEY=VALUE` both give: which one comes last is not known.
fn check_once(set: &[Assignment], bare: &[Assignment]) -> Result<(), SettingsError> {
    for second in bare {
        if let Some(first) = set.iter().find(|first| first.concerns(&second.key)) {
            return Err(SettingsError::Twice {
                first: first.origin.clone(),
                second: second.origin.clone(),
                key: second.key.clone(),
            });
        }
    }
    Ok(())
}

/// Refuses a setting that undoes one before it: a table after a part of it, or a part of a table that is switched off.
fn check_order(settings: &[Assignment]) -> Result<(), SettingsError> {
    for (place, second) in settings.iter().enumerate() {
        let undoes = |first: &&Assignment| {
            first.is_inside(&second.key) || first.value.is_null() && second.is_inside(&first.key)
        };
        if let Some(first) = settings[..place].iter().find(undoes) {
            return Err(SettingsError::Twice {
                first: first.origin.clone(),
                second: second.origin.clone(),
                key: first.key.clone(),
            });
        }
    }
    Ok(())
}

/// Refuses another task for the synthetic set than that of the model, which it has in every run.
fn check_task(resolved: &Resolved<RunSettings>) -> Result<(), SettingsError> {
    const KEY: &str = "data.synthetic.task";
    let RunSettings { data, training, .. } = &resolved.value;
    let task = training.loss.task;
    let is_other = data.path.is_none() && data.synthetic.task != task;
    match resolved.typed(KEY).filter(|_| is_other) {
        None => Ok(()),
        Some(origin) => Err(SettingsError::Value {
            origin: origin.to_string(),
            key: KEY.to_string(),
            found: Some(json!(data.synthetic.task).to_string()),
            expected: format!("that of `training.loss.task`, which is {}", json!(task)),
        }),
    }
}

/// The value at `key`, unless it is null.
fn choice<T: DeserializeOwned>(layers: &Layers, key: &str) -> Result<Option<T>, SettingsError> {
    let Some(value) = layers.get(key).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    match serde_json::from_value(value.clone()) {
        Ok(choice) => Ok(Some(choice)),
        Err(_) => Err(SettingsError::Value {
            origin: layers.origin(key).to_string(),
            key: key.to_string(),
            found: Some(value.to_string()),
            expected: "a value of another kind".to_string(),
        }),
    }
}
