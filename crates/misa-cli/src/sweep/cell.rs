//! One run of a sweep.

use serde_json::Value;

pub(super) const DATA: &str = "data.path";
pub(super) const SEED: &str = "training.seed";

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Name of its folder: what it varies, its seed, and a checksum of all its settings.
    pub name: String,
    /// Name shared by all runs that differ from it by their seed alone.
    pub group: String,
    /// What it sets, by key with tables.
    pub settings: Vec<(String, Value)>,
}

impl Cell {
    /// Its seed.
    pub fn seed(&self) -> Option<&Value> {
        self.setting(SEED)
    }

    /// Its data, if the sweep varies it.
    pub fn data(&self) -> Option<&str> {
        self.setting(DATA)?.as_str()
    }

    fn setting(&self, key: &str) -> Option<&Value> {
        let mut settings = self.settings.iter();
        Some(&settings.find(|(known, _)| known == key)?.1)
    }

    /// What the sweep varies, besides seed and data: `training.dropout=0.1, training.cell=gru`.
    pub fn varied(&self) -> String {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let settings = self.settings.iter();
        let settings = settings.filter(|(key, _)| key != DATA && key != SEED);
        let settings: Vec<String> = settings
            .map(|(key, value)| format!("{key}={}", text(value)))
            .collect();
        if settings.is_empty() {
            return "the shared settings".to_string();
        }
        settings.join(", ")
    }
}
