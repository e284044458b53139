//! Resolved settings, with their origins.

use super::SettingsError;
use super::text::{NONE, VERSION};
use super::tree::value_at;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Settings with the origin of each.
#[derive(Clone, Debug)]
pub struct Resolved<T> {
    /// The settings.
    pub value: T,
    tree: Value,
    origins: BTreeMap<String, String>,
    default_origin: String,
}

/// One setting.
struct Setting<'a> {
    key: String,
    value: &'a Value,
    origin: &'a str,
}

impl Setting<'_> {
    fn to_json(&self) -> Value {
        json!({ "key": self.key, "value": self.value, "origin": self.origin })
    }
}

impl<T: Serialize> Resolved<T> {
    pub(super) fn new(
        value: T,
        tree: Value,
        origins: BTreeMap<String, String>,
        default_origin: String,
    ) -> Self {
        Self {
            value,
            tree,
            origins,
            default_origin,
        }
    }

    /// The same settings with `change` applied to them, and the origins as they were.
    ///
    /// # Panics
    ///
    /// Panics if the settings have no JSON form.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut T)) -> Self
    where
        T: Clone,
    {
        let mut value = self.value.clone();
        change(&mut value);
        Self {
            tree: serde_json::to_value(&value).expect("settings have a JSON form"),
            value,
            origins: self.origins.clone(),
            default_origin: self.default_origin.clone(),
        }
    }

    /// Whether `key` is a table that is switched on.
    pub(crate) fn has_table(&self, key: &str) -> bool {
        value_at(&self.tree, key).is_some_and(Value::is_object)
    }

    /// Whether every setting has the value that it has in `other`.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.tree == other.tree
    }

    /// Whether anything but a preset gave a value to `key`.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.origins.contains_key(key)
    }

    /// The option of the command line that set `key`. Files do not count: that of a run has every
    /// setting, whoever chose it.
    pub(crate) fn typed(&self, key: &str) -> Option<&str> {
        let origin = self.origins.get(key)?;
        origin.starts_with("--").then_some(origin.as_str())
    }

    /// A TOML file that gives the same settings, with the version of settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Number`] if a number is beyond what TOML holds.
    pub fn to_toml(&self) -> Result<String, SettingsError> {
        let tree = without_nulls(&self.tree);
        let text = toml::to_string_pretty(&tree).map_err(|error| SettingsError::Number {
            origin: "settings".to_string(),
            key: "seed".to_string(),
            found: error.to_string(),
        })?;
        Ok(format!("version = {VERSION}\n{text}"))
    }

    /// Every setting, its value and where it comes from, as aligned text.
    pub fn explain(&self) -> String {
        let settings = self.settings();
        let values: Vec<String> = settings
            .iter()
            .map(|setting| shown(setting.value))
            .collect();
        let width = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let keys = width(&mut settings.iter().map(|setting| setting.key.chars().count()));
        let shown = width(&mut values.iter().map(|value| value.chars().count()));
        let lines = settings.iter().zip(&values).map(|(setting, value)| {
            let Setting { key, origin, .. } = setting;
            format!("{key:keys$}  {value:shown$}  {origin}\n")
        });
        lines.collect()
    }

    /// The same as JSON.
    pub fn to_json(&self) -> Value {
        Value::Array(self.settings().iter().map(Setting::to_json).collect())
    }

    /// The settings that `other` lacks or has with another value, in the form of
    /// [`Resolved::to_json`].
    pub fn differences(&self, other: &Self) -> Value {
        let others: BTreeMap<String, &Value> = other
            .settings()
            .into_iter()
            .map(|setting| (setting.key, setting.value))
            .collect();
        let mut settings = self.settings();
        settings.retain(|setting| others.get(&setting.key) != Some(&setting.value));
        Value::Array(settings.iter().map(Setting::to_json).collect())
    }

    fn settings(&self) -> Vec<Setting<'_>> {
        let mut settings = Vec::new();
        self.collect(&self.tree, "", &self.default_origin, &mut settings);
        settings
    }

    fn collect<'a>(
        &'a self,
        value: &'a Value,
        key: &str,
        above: &'a str,
        settings: &mut Vec<Setting<'a>>,
    ) {
        let origin = self.origins.get(key).map_or(above, String::as_str);
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.collect(value, &joined(key, name), origin, settings);
                }
            }
            value => settings.push(Setting {
                key: key.to_string(),
                value,
                origin,
            }),
        }
    }
}

fn joined(above: &str, name: &str) -> String {
    match above {
        "" => name.to_string(),
        above => format!("{above}.{name}"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_string(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The tree with `"none"` for null, which a preset may set otherwise.
fn without_nulls(tree: &Value) -> Value {
    match tree {
        Value::Null => Value::String(NONE.to_string()),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(name, value)| (name.clone(), without_nulls(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}
