//! Layers of settings, each on top of the one before.

use super::advice::{advice, settings_meant};
use super::assignment::Assignment;
use super::expected::expected;
use super::text::{self, Content, Entry, NONE};
use super::tree::{dropped_key, is_inside, value_at};
use super::value::fitted;
use super::{Resolved, SettingsError};
use misa_terms::Shape;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The text that stands for a table with its default settings.
pub(crate) const ON: &str = "on";

/// The same as `"none"`, as Python and YAML write it.
const FOREIGN_NONE: [&str; 2] = ["None", "null"];

/// Settings while layers are added.
///
/// The defaults say which settings there are: every other key is refused, with the name that was
/// probably meant. A setting that may be null may be set to `"none"`. An optional table has a
/// template, which says which settings it has, and their values until others are given: `"on"`
/// stands for all of them, `"none"` for null, whatever the default is.
#[derive(Clone, Debug)]
pub struct Layers {
    defaults: Value,
    templates: BTreeMap<String, Value>,
    tree: Value,
    origins: BTreeMap<String, String>,
    assignments: Vec<Assignment>,
    default_origin: String,
    shape: Option<Shape>,
}

impl Layers {
    /// Begins with `defaults`, which came from `origin`.
    ///
    /// # Panics
    ///
    /// Panics if they have no JSON form.
    pub fn new(defaults: &impl Serialize, origin: &str) -> Self {
        let defaults = serde_json::to_value(defaults).expect("settings have a JSON form");
        Self {
            tree: defaults.clone(),
            defaults,
            templates: BTreeMap::new(),
            origins: BTreeMap::new(),
            assignments: Vec::new(),
            default_origin: origin.to_string(),
            shape: None,
        }
    }

    /// Says what each setting may be: every value that is added is checked, and brought to the form
    /// of files where another one is clear.
    pub fn with_shape(mut self, shape: Shape) -> Self {
        self.shape = Some(shape);
        self
    }

    /// Declares the table at `key` optional, and which settings it has where it is not null.
    ///
    /// # Panics
    ///
    /// Panics if `template` has no JSON form.
    pub fn with_template(mut self, key: &str, template: &impl Serialize) -> Self {
        let template = serde_json::to_value(template).expect("settings have a JSON form");
        self.templates.insert(key.to_string(), template);
        self
    }

    /// Replaces the values of the defaults by those of `settings`, which came from `origin`. The
    /// defaults still say which settings there are, and which are optional.
    ///
    /// # Panics
    ///
    /// Panics if `settings` have no JSON form.
    pub fn with_values(mut self, settings: &impl Serialize, origin: &str) -> Self {
        self.tree = serde_json::to_value(settings).expect("settings have a JSON form");
        self.default_origin = origin.to_string();
        self
    }

    /// Adds a TOML file.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names file, line and key.
    pub fn file(&mut self, path: &Path) -> Result<(), SettingsError> {
        self.assign_all(text::read_file(path)?)
    }

    /// Adds one `KEY=VALUE`; the value is TOML, or else plain text.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key.
    pub fn option(&mut self, text: &str) -> Result<(), SettingsError> {
        self.assign_all(text::read_option(text, &format!("--set {text}"))?)
    }

    /// Adds one `KEY=VALUE` without `--set`, as sweeps of other programs pass it.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key.
    pub fn bare(&mut self, text: &str) -> Result<(), SettingsError> {
        self.assign_all(text::read_option(text, text)?)
    }

    /// Adds one value, which came from `origin`; a table in the way of files.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key.
    pub fn set(&mut self, key: &str, value: Value, origin: &str) -> Result<(), SettingsError> {
        let key = key.split('.').map(str::to_string).collect();
        self.assign(Entry::of(key, value, origin))
    }

    /// The value at `key` as it is now.
    pub fn get(&self, key: &str) -> Option<&Value> {
        value_at(&self.tree, key)
    }

    /// Where the value at `key` comes from.
    pub(crate) fn origin(&self, key: &str) -> &str {
        self.origins.get(key).unwrap_or(&self.default_origin)
    }

    /// Every value that was added so far, in order.
    pub(crate) fn assignments(&self) -> &[Assignment] {
        &self.assignments
    }

    fn assign_all(&mut self, entries: Vec<Entry>) -> Result<(), SettingsError> {
        entries.into_iter().try_for_each(|entry| self.assign(entry))
    }

    fn assign(&mut self, entry: Entry) -> Result<(), SettingsError> {
        let key = entry.key.join(".");
        self.check_known(&entry, &key)?;
        match entry.content {
            Content::Table(fields) if self.is_extended_by(&key, &fields) => {
                self.open_template(&key);
                self.assign_all(fields)
            }
            content => self.assign_value(key, content.into_value(), entry.origin),
        }
    }

    /// Whether a table with these fields is added to the one at `key`, rather than replacing it.
    fn is_extended_by(&self, key: &str, fields: &[Entry]) -> bool {
        let shape = self.shape.as_ref().and_then(|shape| shape.at(key));
        let is_choice = shape.is_some_and(|(shape, _)| matches!(shape, Shape::Choice(_)));
        match self.get(key) {
            Some(Value::Object(_)) if is_choice && fields.is_empty() => false,
            Some(Value::Object(current)) => !is_other_variant(fields, current),
            Some(Value::Null) => self.templates.contains_key(key),
            _ => false,
        }
    }

    fn assign_value(
        &mut self,
        key: String,
        value: Value,
        origin: String,
    ) -> Result<(), SettingsError> {
        let is_text = |text: &str| value.as_str() == Some(text);
        let is_none = is_text(NONE) || FOREIGN_NONE.into_iter().any(is_text);
        let meaning = if is_none && self.is_optional(&key) {
            Value::Null
        } else if let (true, Some(template)) = (is_text(ON), self.templates.get(&key)) {
            template.clone()
        } else {
            self.fitted(&key, value, &origin)?
        };
        let tables: Vec<String> = self.templates.keys().cloned().collect();
        for table in tables.iter().filter(|table| is_inside(&key, table)) {
            self.open_template(table);
        }
        self.write(&key, meaning.clone());
        self.origins
            .retain(|known, _| *known != key && !is_inside(known, &key));
        self.origins.insert(key.clone(), origin.clone());
        self.assignments.push(Assignment {
            key,
            value: meaning,
            origin,
        });
        Ok(())
    }

    /// The value in the form of files, if its setting may have it.
    fn fitted(&self, key: &str, value: Value, origin: &str) -> Result<Value, SettingsError> {
        let shape = self.shape.as_ref().and_then(|shape| shape.at(key));
        let Some((shape, range)) = shape else {
            return Ok(value);
        };
        fitted(value, shape, range).map_err(|misfit| {
            let names = std::iter::once(key).chain(misfit.key.iter().map(String::as_str));
            SettingsError::Value {
                origin: origin.to_string(),
                key: names.collect::<Vec<_>>().join("."),
                found: misfit.found.map(|found| found.to_string()),
                expected: misfit.expected,
            }
        })
    }

    /// Writes the template of a table over null.
    fn open_template(&mut self, table: &str) {
        if self.get(table).is_some_and(Value::is_null)
            && let Some(template) = self.templates.get(table).cloned()
        {
            self.write(table, template);
        }
    }

    fn is_optional(&self, key: &str) -> bool {
        // A preset may have set what is unset by default.
        if self.templates.contains_key(key) {
            return true;
        }
        let shape = self.shape.as_ref().and_then(|shape| shape.at(key));
        shape.is_some_and(|(shape, _)| matches!(shape, Shape::Optional(_)))
            || self.default_of(key).is_some_and(Value::is_null)
    }

    /// The default of the setting `key`, or that in an optional table which is there.
    pub(crate) fn default_of(&self, key: &str) -> Option<&Value> {
        let in_template = || {
            self.templates.iter().find_map(|(table, template)| {
                let inside = key.strip_prefix(table)?.strip_prefix('.')?;
                value_at(template, inside)
            })
        };
        value_at(&self.defaults, key).or_else(in_template)
    }

    /// Whether every part of the key is known to the table it is in.
    fn check_known(&self, entry: &Entry, key: &str) -> Result<(), SettingsError> {
        for (depth, name) in entry.key.iter().enumerate() {
            let above = entry.key[..depth].join(".");
            let table = match self.get(&above) {
                Some(Value::Null) => self.templates.get(&above),
                table => table,
            };
            let Some(Value::Object(fields)) = table else {
                return Err(unknown(entry, key, self.advice_on_value(&above)));
            };
            if !fields.contains_key(name) {
                if depth == 0 {
                    let key = entry.first_key().join(".");
                    if let Some(meant) = settings_meant(&key, &self.keys()) {
                        return Err(unknown(entry, &key, meant));
                    }
                }
                return Err(unknown(entry, key, advice(name, fields.keys())));
            }
        }
        Ok(())
    }

    /// The keys of all settings.
    fn keys(&self) -> Vec<String> {
        let settings = self.shape.iter().flat_map(Shape::settings);
        settings.map(|(key, _)| key).collect()
    }

    /// What may be written instead of a key below a setting that is no table.
    fn advice_on_value(&self, above: &str) -> String {
        match self.shape.as_ref().and_then(|shape| shape.at(above)) {
            Some((shape, range)) => format!("`{above}` itself is {}", expected(shape, range)),
            None => format!("`{above}` is a value, not a table"),
        }
    }

    fn write(&mut self, key: &str, value: Value) {
        let mut target = &mut self.tree;
        for name in key.split('.') {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            let Value::Object(fields) = target else {
                return;
            };
            target = fields.entry(name).or_insert(Value::Null);
        }
        *target = value;
    }

    /// The settings, checked.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the value that is of another kind, or a key in it that does not
    /// exist.
    pub fn resolve<T: Serialize + DeserializeOwned>(self) -> Result<Resolved<T>, SettingsError> {
        let settings: T = match serde_json::from_value(self.tree.clone()) {
            Ok(settings) => settings,
            Err(_) => return Err(self.value_error::<T>()),
        };
        let tree = serde_json::to_value(&settings).expect("settings have a JSON form");
        for (place, assignment) in self.assignments.iter().enumerate() {
            let Assignment { key, value, origin } = assignment;
            let mut later = self.assignments[place + 1..].iter();
            if later.any(|later| later.key == *key || is_inside(key, &later.key)) {
                continue;
            }
            if let Some((name, advice)) = dropped_key(value, value_at(&tree, key)) {
                return Err(SettingsError::Unknown {
                    origin: origin.clone(),
                    key: format!("{key}.{name}"),
                    advice,
                });
            }
        }
        let Self {
            origins,
            default_origin,
            ..
        } = self;
        Ok(Resolved::new(settings, tree, origins, default_origin))
    }

    /// The error that names the first value which alone cannot be read.
    fn value_error<T: DeserializeOwned>(&self) -> SettingsError {
        let is_wrong = |assignment: &&Assignment| {
            let mut layers = Self {
                tree: self.defaults.clone(),
                ..self.clone()
            };
            for (table, template) in &self.templates {
                if is_inside(&assignment.key, table) {
                    layers.write(table, template.clone());
                }
            }
            layers.write(&assignment.key, assignment.value.clone());
            serde_json::from_value::<T>(layers.tree).is_err()
        };
        let unknown_origin = Assignment {
            key: String::new(),
            value: Value::Null,
            origin: self.default_origin.clone(),
        };
        let mut assignments = self.assignments.iter();
        let wrong = assignments.find(is_wrong).unwrap_or(&unknown_origin);
        SettingsError::Value {
            origin: wrong.origin.clone(),
            key: wrong.key.clone(),
            found: Some(wrong.value.to_string()),
            expected: "a value of another kind".to_string(),
        }
    }
}

/// Whether a table with these fields names another variant of the choice that `current` is of.
fn is_other_variant(fields: &[Entry], current: &Map<String, Value>) -> bool {
    let [field] = fields else { return false };
    let name = field.key.last();
    current.len() == 1 && !name.is_some_and(|name| current.contains_key(name))
}

fn unknown(entry: &Entry, key: &str, advice: String) -> SettingsError {
    SettingsError::Unknown {
        origin: entry.origin.clone(),
        key: key.to_string(),
        advice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn layers() -> Layers {
        Layers::new(&json!({ "a": { "b": 1, "c": null } }), "defaults")
    }

    #[test]
    fn an_assignment_concerns_its_table_and_its_parts() {
        let mut layers = layers();
        layers.option("a.b=2").unwrap();
        let [assignment] = layers.assignments() else {
            panic!("expected one assignment");
        };
        for (key, expected) in [("a", true), ("a.b", true), ("a.b.c", true), ("a.bc", false)] {
            assert_eq!(assignment.concerns(key), expected, "{key}");
        }
    }

    #[test]
    fn a_later_layer_wins_and_gives_the_origin() {
        let mut layers = layers();
        layers.option("a.b=2").unwrap();
        layers.set("a.b", json!(3), "--b").unwrap();
        assert_eq!(layers.get("a.b"), Some(&json!(3)));
        let resolved = layers.resolve::<Value>().unwrap().to_json();
        let expected = json!({ "key": "a.b", "value": 3, "origin": "--b" });
        assert_eq!(resolved[0], expected);
    }
}
