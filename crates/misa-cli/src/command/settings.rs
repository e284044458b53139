//! The part of a command line that settings come from.

use crate::settings::{Layers, Resolved, RunSettings, SettingsError};
use clap::Args;
use misa_core::{
    ContextConfig, FeatureSizes, MutualAttentionConfig, TextSize,
    loss::{ContrastLossConfig, PrototypeLossConfig, TripletLossConfig, UnimodalLossConfig},
};
use misa_train::{Corpus, Preset, PretrainingConfig, TrainError};
use serde_json::{Value, json};
use std::{error::Error, path::PathBuf};

const ANY_SIZES: FeatureSizes = FeatureSizes {
    text: TextSize::Words { vocabulary: 2 },
    visual: 1,
    acoustic: 1,
};

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
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        let texts = [self.config.is_empty(), self.set.is_empty()];
        let options = [
            self.preset.is_none(),
            self.corpus.is_none(),
            self.data.is_none(),
            self.device.is_none(),
        ];
        texts.into_iter().chain(options).all(|is_unset| is_unset)
    }

    /// The settings, with `more` put on top.
    ///
    /// # Errors
    ///
    /// The first setting that does not exist or cannot be used.
    pub fn resolve(&self, more: &[Setting]) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        // Which preset applies is itself a setting.
        let (preset, corpus) = (Preset::Official, Corpus::Mosei);
        let first = self.layers(preset, corpus, true, more)?;
        let named = |key| first.get(key).cloned().unwrap_or(Value::Null);
        let (preset, corpus) = (
            chosen(&named("preset"), preset)?,
            chosen(&named("corpus"), corpus)?,
        );
        let has_path = !named("data.path").is_null();
        let resolved: Resolved<RunSettings> =
            self.layers(preset, corpus, has_path, more)?.resolve()?;
        let training = &resolved.value.training;
        training.validate().map_err(TrainError::from)?;
        // Settings of the model are checked with whatever sizes: those of the data come later.
        training.model(ANY_SIZES).map_err(TrainError::from)?;
        let synthetic = &resolved.value.data.synthetic;
        synthetic.validate().map_err(TrainError::from)?;
        Ok(resolved)
    }

    fn layers(
        &self,
        preset: Preset,
        corpus: Corpus,
        has_path: bool,
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
        for file in &self.config {
            layers.file(file)?;
        }
        for text in &self.set {
            layers.option(text)?;
        }
        let options = [
            ("preset", self.preset.map(|preset| json!(preset))),
            ("corpus", self.corpus.map(|corpus| json!(corpus))),
            ("data.path", self.data.as_ref().map(|path| json!(path))),
            ("device", self.device.as_ref().map(|name| json!(name))),
        ];
        for (key, value) in options {
            if let Some(value) = value {
                let option = key.rsplit('.').next().unwrap_or(key);
                let option = if key == "data.path" { "data" } else { option };
                layers.set(key, value, &format!("--{option}"))?;
            }
        }
        for Setting { key, value, origin } in more {
            layers.set(key, value.clone(), origin)?;
        }
        Ok(layers)
    }
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
