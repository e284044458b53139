//! What changed between two starts of a run.

use crate::DataSummary;
use crate::run::manifest::Manifest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

/// Settings that are paths, which may be written in several ways.
const PATHS: [&str; 4] = ["glove", "transfer", "bert.folder", "bert.cache"];

/// A setting that has another value than when the run began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    /// The setting with its tables, such as `bert.folder`.
    pub key: String,
    /// Its value when the run began, as text.
    pub before: String,
    /// Its value now, as text.
    pub now: String,
}

impl fmt::Display for SettingChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, before, now } = self;
        write!(f, "`{key}` was {before}, now {now}")
    }
}

impl SettingChange {
    /// The values that differ between two trees of settings, in the order of their keys.
    pub fn between(before: &Value, now: &Value) -> Vec<Self> {
        let [before, now] = [before, now].map(|settings| {
            let mut leaves = BTreeMap::new();
            flatten(String::new(), settings, &mut leaves);
            leaves
        });
        let keys: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        let differing = keys
            .into_iter()
            .filter(|key| before.get(*key) != now.get(*key));
        let changes = differing.map(|key| Self {
            key: key.clone(),
            before: text(before.get(key)),
            now: text(now.get(key)),
        });
        // A table that is none now has no settings, which says the same.
        changes
            .filter(|change| change.before != change.now)
            .collect()
    }
}

/// The settings of training in which two manifests differ.
pub(crate) fn setting_changes(before: &Manifest, now: &Manifest) -> Vec<SettingChange> {
    // Compared now instead of by the recorded checksum: this release may have more settings than the
    // one that wrote the manifest.
    let settings = |manifest: &Manifest| {
        serde_json::to_value(&manifest.config).expect("settings are plain data")
    };
    let mut changes = SettingChange::between(&settings(before), &settings(now));
    changes.retain(|change| {
        let is_path = PATHS.contains(&change.key.as_str());
        !(is_path
            && is_same_path(
                change,
                before.directory.as_deref(),
                now.directory.as_deref(),
            ))
    });
    changes
}

/// Whether two texts name one path, each seen from the folder in which its program was started.
fn is_same_path(change: &SettingChange, before: Option<&Path>, now: Option<&Path>) -> bool {
    let seen_from = |folder: Option<&Path>, path: &str| -> PathBuf {
        let path = Path::new(path);
        folder.map_or_else(|| path.to_path_buf(), |folder| folder.join(path))
    };
    let now = seen_from(now, &change.now);
    // An older release did not record the folder: then the recorded path may be the end of the other.
    let is_end = before.is_none() && now.ends_with(&change.before);
    seen_from(before, &change.before) == now || is_end
}

/// What changed in the data, as far as it was recorded; at least one sentence.
pub(crate) fn data_changes(before: &DataSummary, now: &DataSummary) -> Vec<String> {
    let mut changes = Vec::new();
    if before.format != now.format {
        changes.push(format!(
            "its layout was {}, now {}",
            before.format, now.format
        ));
    }
    for (split, count) in &before.utterances {
        let mut counts = now.utterances.iter();
        let found = counts.find(|(counted, _)| counted == split);
        let found = found.map_or(0, |(_, count)| *count);
        if found != *count {
            changes.push(format!("{split} had {count} utterances, now {found}"));
        }
    }
    changes.extend(file_changes(before, now));
    if before.checksum == now.checksum {
        changes.push("its labels by single modalities are others".to_string());
    }
    if changes.is_empty() {
        changes.push(other_content(&before.checksum, &now.checksum));
    }
    changes
}

/// That the content of the data is another one.
pub(crate) fn other_content(before: &str, now: &str) -> String {
    format!("the SHA-256 of its content was {before}, now {now}")
}

fn file_changes(before: &DataSummary, now: &DataSummary) -> Vec<String> {
    if before.files.is_empty() || now.files.is_empty() {
        return Vec::new();
    }
    let find = |files: &[crate::DataFile], name: &str| {
        let mut files = files.iter();
        files.find(|file| file.name == name).cloned()
    };
    let mut changes = Vec::new();
    for old in &before.files {
        let name = &old.name;
        match find(&now.files, name) {
            None => changes.push(format!("the file {name} is gone")),
            Some(new) if new.bytes != old.bytes => {
                changes.push(format!("{name} had {} bytes, now {}", old.bytes, new.bytes));
            }
            Some(new) if new.modified != old.modified => {
                changes.push(format!("{name} was written again since"));
            }
            Some(_) => {}
        }
    }
    let new = now
        .files
        .iter()
        .filter(|file| find(&before.files, &file.name).is_none());
    changes.extend(new.map(|file| format!("the file {} is new", file.name)));
    changes
}

fn flatten(key: String, value: &Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let key = match key.as_str() {
                    "" => name.clone(),
                    above => format!("{above}.{name}"),
                };
                flatten(key, value, leaves);
            }
        }
        value => {
            leaves.insert(key, value.clone());
        }
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "none".to_string(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
