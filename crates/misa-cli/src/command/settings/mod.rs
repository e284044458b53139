//! The part of a command line that settings come from.

use crate::settings::{Layers, Resolved, RunSettings, SettingsError, text_of};
use clap::Args;
use misa_core::{
    ContextConfig, MutualAttentionConfig,
    loss::{ContrastLossConfig, PrototypeLossConfig, TripletLossConfig, UnimodalLossConfig},
};
use misa_train::{Corpus, Preset, PretrainingConfig};
use serde_json::{Value, json};
use std::{error::Error, path::PathBuf};

/// Where the settings of a run come from.
#[derive(Args, Clone, Debug, Default)]
pub struct SettingsArguments {
    /// File of settings in TOML; several are put on one another in order
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Vec<PathBuf>,
    /// One setting, such as training.dropout=0.3; comes after every file
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Settings")]
    pub set: Vec<String>,
    /// Whose settings to start from: official, mmsa or misa+
    #[arg(long, value_name = "NAME", help_heading = "Settings")]
    pub preset: Option<Preset>,
    /// Corpus that the preset is for: mosi, mosei or ur_funny
    #[arg(long, value_name = "NAME", help_heading = "Settings")]
    pub corpus: Option<Corpus>,
    /// File or folder to train on; without it, the synthetic set
    #[arg(long, value_name = "PATH", help_heading = "Settings")]
    pub data: Option<PathBuf>,
    /// Where to compute: flex, ndarray, wgpu, vulkan, metal, cuda or cuda:1
    #[arg(long, value_name = "NAME", help_heading = "Settings")]
    pub device: Option<String>,
}

impl SettingsArguments {
    /// Whether anything is given that says what to train: where to compute does not.
    pub fn says_what(&self) -> bool {
        let options = [
            self.preset.is_some(),
            self.corpus.is_some(),
            self.data.is_some(),
        ];
        !self.config.is_empty() || !self.set.is_empty() || options.contains(&true)
    }

    /// The settings, with `more` put on top.
    ///
    /// # Errors
    ///
    /// The first setting that does not exist or cannot be used.
    pub fn resolve(&self, more: &[Setting]) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        self.resolve_over(None, more)
    }

    /// The same on top of the settings that a run has, rather than of a preset. Another preset or
    /// corpus takes the place of all of them.
    pub(crate) fn resolve_over(
        &self,
        known: Option<&Known>,
        more: &[Setting],
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        // Which preset applies is itself a setting.
        let (preset, corpus) = (Preset::Official, Corpus::Mosei);
        let first = self.layers(preset, corpus, true, known, more)?;
        let named = |key| first.get(key).cloned().unwrap_or(Value::Null);
        let (preset, corpus) = (
            chosen(&named("preset"), preset)?,
            chosen(&named("corpus"), corpus)?,
        );
        let is_other = |known: &Known| {
            let RunSettings {
                preset: p,
                corpus: c,
                ..
            } = &known.settings;
            (*p, *c) != (preset, corpus)
        };
        if known.is_some_and(is_other) {
            return self.resolve(more);
        }
        let has_path = !named("data.path").is_null();
        let layers = self.layers(preset, corpus, has_path, known, more)?;
        let resolved: Resolved<RunSettings> = layers.resolve()?;
        resolved.value.validate()?;
        Ok(resolved)
    }

    fn layers(
        &self,
        preset: Preset,
        corpus: Corpus,
        has_path: bool,
        known: Option<&Known>,
        more: &[Setting],
    ) -> Result<Layers, Box<dyn Error>> {
        let defaults = RunSettings::new(preset, corpus, has_path)?;
        let origin = format!("preset {preset} for {corpus}");
        let bert = preset.bert(corpus, PathBuf::new());
        let loss = |block: &str| format!("training.loss.{block}");
        let mut layers = Layers::new(&defaults, &origin)
            .with_template("training.bert", &bert)
            .with_template("training.pretraining", &PretrainingConfig::new())
            .with_template("training.mutual_attention", &MutualAttentionConfig::new())
            .with_template("training.context", &ContextConfig::new())
            .with_template(&loss("triplet"), &TripletLossConfig::new())
            .with_template(&loss("prototype"), &PrototypeLossConfig::new())
            .with_template(&loss("contrast"), &ContrastLossConfig::new())
            .with_template(&loss("unimodal"), &UnimodalLossConfig::new());
        if let Some(Known { settings, origin }) = known {
            layers = layers.over(settings, origin);
        }
        for file in &self.config {
            layers.file(file)?;
        }
        for text in &self.set {
            layers.option(text)?;
        }
        let path = self.data.as_deref();
        let path = path.map(|path| text_of(path, "--data")).transpose()?;
        for (key, option, value) in [
            (
                "preset",
                "--preset",
                self.preset.map(|preset| json!(preset)),
            ),
            (
                "corpus",
                "--corpus",
                self.corpus.map(|corpus| json!(corpus)),
            ),
            ("data.path", "--data", path.map(|path| json!(path))),
            (
                "device",
                "--device",
                self.device.as_ref().map(|name| json!(name)),
            ),
        ] {
            if let Some(value) = value {
                layers.set(key, value, option)?;
            }
        }
        for Setting { key, value, origin } in more {
            layers.set(key, value.clone(), origin)?;
        }
        Ok(layers)
    }
}

/// The settings that a run has, and where they stand.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub settings: RunSettings,
    pub origin: String,
}

/// One setting of a program's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key with its tables.
    pub key: String,
    /// The value.
    pub value: Value,
    /// Who gave it.
    pub origin: String,
}

fn chosen<T: serde::de::DeserializeOwned>(value: &Value, default: T) -> Result<T, SettingsError> {
    match value {
        Value::Null => Ok(default),
        value => serde_json::from_value(value.clone()).map_err(|error| SettingsError::Value {
            place: "settings".to_string(),
            key: "preset or corpus".to_string(),
            found: value.to_string(),
            message: error.to_string(),
        }),
    }
}
