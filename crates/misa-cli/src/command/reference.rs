//! The reference of settings.

use super::json::say_object;
use super::say;
use super::settings::option_of;
use crate::settings::{
    RunSettings, SettingReference, SettingsError, page, reference, settings_meant, settings_named,
};
use crate::{Exit, Outcome};
use clap::Args;
use misa_terms::Described;
use serde_json::json;

/// Explain every setting, or one of them.
///
/// A setting is found by its key or by the end of it: `epochs` is `training.epochs`. A table is shown
/// with all of its settings.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa settings
  misa settings epochs
  misa settings training.loss
  misa settings schedule --json")]
pub struct Arguments {
    /// A setting or a table of settings; without it, all of them
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// Print Markdown, as in docs/settings.md
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let mut settings = reference(&RunSettings::shape(), option_of)?;
        if let Some(key) = &self.key {
            settings = found(settings, key)?;
        }
        if self.json {
            say_object(json!({ "settings": settings }))?;
        } else if self.markdown {
            say(&page(&settings))?;
        } else {
            let texts: Vec<String> = settings.iter().map(SettingReference::to_text).collect();
            say(&texts.join("\n"))?;
        }
        Ok(Exit::Done)
    }
}

/// The settings that `name` finds.
fn found(
    settings: Vec<SettingReference>,
    name: &str,
) -> Result<Vec<SettingReference>, SettingsError> {
    let tables = settings
        .iter()
        .filter_map(|setting| setting.key.rsplit_once('.'));
    let keys = settings.iter().map(|setting| setting.key.clone());
    let mut keys: Vec<String> = keys
        .chain(tables.map(|(table, _)| table.to_string()))
        .collect();
    keys.sort();
    keys.dedup();
    let named = settings_named(name, &keys);
    if named.is_empty() {
        let advice = settings_meant(name, &keys);
        return Err(SettingsError::NoSetting {
            key: name.to_string(),
            advice: advice.unwrap_or_else(|| "`misa settings` lists all of them".to_string()),
        });
    }
    let is_found = |setting: &SettingReference| {
        let is_in = |table: &&str| setting.key.starts_with(&format!("{table}."));
        named.contains(&setting.key.as_str()) || named.iter().any(is_in)
    };
    Ok(settings.into_iter().filter(is_found).collect())
}
