//! Layers of settings, put on one another.

use super::{
    Resolved, SettingsError,
    advice::advice,
    text::{self, Entry, Given},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, path::Path};

/// The text that stands for nothing: TOML has no word for it.
pub(super) const NONE: &str = "none";
/// The text that stands for a table with its usual settings.
const ON: &str = "on";

/// Settings while layers are put on them.
///
/// The defaults say which settings there are: every other key is refused, with what was probably
/// meant. Where the default is nothing, `"none"` stands for that. A table that may be nothing has a
/// template, which says which settings it has, and their values until others are given: `"on"`
/// stands for all of them, `"none"` for nothing, whatever the default is.
#[derive(Clone, Debug)]
pub struct Layers {
    defaults: Value,
    templates: BTreeMap<String, Value>,
    tree: Value,
    origins: BTreeMap<String, String>,
    /// What was given, in order: key, value, place.
    given: Vec<(String, Value, String)>,
    origin: String,
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
            given: Vec::new(),
            origin: origin.to_string(),
        }
    }

    /// Says that the table at `key` may be nothing, and which settings it has where it is not.
    ///
    /// # Panics
    ///
    /// Panics if `template` has no JSON form.
    pub fn with_template(mut self, key: &str, template: &impl Serialize) -> Self {
        let template = serde_json::to_value(template).expect("settings have a JSON form");
        self.templates.insert(key.to_string(), template);
        self
    }

    /// Puts whole settings, which came from `origin`, in the place of the defaults' values. Which
    /// settings there are, and which may be nothing, still is what the defaults say.
    ///
    /// # Panics
    ///
    /// Panics if they have no JSON form.
    pub fn over(mut self, settings: &impl Serialize, origin: &str) -> Self {
        self.tree = serde_json::to_value(settings).expect("settings have a JSON form");
        self.origin = origin.to_string();
        self
    }

    /// Puts a TOML file on top.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names file, line and key.
    pub fn file(&mut self, path: &Path) -> Result<(), SettingsError> {
        self.add(text::file(path)?)
    }

    /// Puts one `KEY=VALUE` on top; the value is TOML, or else a text as it stands.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key.
    pub fn option(&mut self, text: &str) -> Result<(), SettingsError> {
        self.add(text::option(text)?)
    }

    /// Puts one value on top, that `origin` gave.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key.
    pub fn set(&mut self, key: &str, value: Value, origin: &str) -> Result<(), SettingsError> {
        self.add(vec![Entry {
            key: key.split('.').map(str::to_string).collect(),
            value: Given::Value(value),
            place: origin.to_string(),
        }])
    }

    /// The value at `key` as it is now.
    pub fn get(&self, key: &str) -> Option<&Value> {
        find(&self.tree, key)
    }

    fn add(&mut self, entries: Vec<Entry>) -> Result<(), SettingsError> {
        entries.into_iter().try_for_each(|entry| self.place(entry))
    }

    fn place(&mut self, entry: Entry) -> Result<(), SettingsError> {
        let key = entry.key.join(".");
        self.check_known(&entry, &key)?;
        let here = find(&self.tree, &key);
        let table = match (&entry.value, here) {
            (Given::Table(fields), Some(Value::Object(here))) => !is_other_variant(fields, here),
            (Given::Table(_), Some(Value::Null)) => self.templates.contains_key(&key),
            _ => false,
        };
        if table {
            if let (Some(Value::Null), Some(template)) = (here, self.templates.get(&key)) {
                let template = template.clone();
                self.put(&key, template);
            }
            let Given::Table(fields) = entry.value else {
                return Ok(());
            };
            return self.add(fields);
        }
        let value = match entry.value.into_value() {
            Value::String(text) if text == NONE && self.may_be_nothing(&key) => Value::Null,
            Value::String(text) if text == ON => match self.templates.get(&key) {
                Some(template) => template.clone(),
                None => Value::String(text),
            },
            value => value,
        };
        self.open_tables(&key);
        self.given
            .push((key.clone(), value.clone(), entry.place.clone()));
        self.put(&key, value);
        let inside = format!("{key}.");
        self.origins
            .retain(|known, _| *known != key && !known.starts_with(&inside));
        self.origins.insert(key, entry.place);
        Ok(())
    }

    /// Puts the template in place of nothing in every table that `key` lies in.
    fn open_tables(&mut self, key: &str) {
        for (table, template) in self.templates.clone() {
            let is_inside = key.starts_with(&format!("{table}."));
            if is_inside && find(&self.tree, &table).is_some_and(Value::is_null) {
                self.put(&table, template);
            }
        }
    }

    fn may_be_nothing(&self, key: &str) -> bool {
        // A preset may have switched on what others leave out.
        if self.templates.contains_key(key) {
            return true;
        }
        let default = find(&self.defaults, key);
        let template = self.templates.iter().find_map(|(table, template)| {
            let inside = key.strip_prefix(table)?.strip_prefix('.')?;
            find(template, inside)
        });
        default.or(template).is_some_and(Value::is_null)
    }

    /// Whether every table of the key has what is asked of it.
    fn check_known(&self, entry: &Entry, key: &str) -> Result<(), SettingsError> {
        for length in 1..=entry.key.len() {
            let (above, name) = (&entry.key[..length - 1].join("."), &entry.key[length - 1]);
            let table = match find(&self.tree, above) {
                Some(Value::Null) => self.templates.get(above),
                table => table,
            };
            let Some(Value::Object(table)) = table else {
                return Err(unknown(entry, key, "a table is expected there".to_string()));
            };
            if !table.contains_key(name) {
                return Err(unknown(entry, key, advice(name, table.keys())));
            }
        }
        Ok(())
    }

    fn put(&mut self, key: &str, value: Value) {
        let mut here = &mut self.tree;
        for name in key.split('.') {
            if !here.is_object() {
                *here = Value::Object(Map::new());
            }
            let Value::Object(fields) = here else { return };
            here = fields.entry(name).or_insert(Value::Null);
        }
        *here = value;
    }

    /// The settings, checked.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the value that is of another kind, or a key inside of it that
    /// nothing reads.
    pub fn resolve<T: Serialize + DeserializeOwned>(self) -> Result<Resolved<T>, SettingsError> {
        let value: T = match serde_json::from_value(self.tree.clone()) {
            Ok(value) => value,
            Err(error) => return Err(self.blame::<T>(&error.to_string())),
        };
        let tree = serde_json::to_value(&value).expect("settings have a JSON form");
        for (key, given, place) in &self.given {
            if let Some(name) = unread(given, find(&tree, key)) {
                return Err(SettingsError::Unknown {
                    place: place.clone(),
                    key: format!("{key}.{name}"),
                    advice: "nothing reads it".to_string(),
                });
            }
        }
        Ok(Resolved::new(value, tree, self.origins, self.origin))
    }

    /// Finds the value that does not fit by leaving the others out.
    fn blame<T: DeserializeOwned>(&self, message: &str) -> SettingsError {
        let alone = |(key, value, _): &&(String, Value, String)| {
            let mut layers = Self {
                tree: self.defaults.clone(),
                ..self.clone()
            };
            for (table, template) in &self.templates {
                if key.starts_with(&format!("{table}.")) {
                    layers.put(table, template.clone());
                }
            }
            layers.put(key, value.clone());
            serde_json::from_value::<T>(layers.tree).is_err()
        };
        let (key, value, place) = match self.given.iter().find(alone) {
            Some(given) => given.clone(),
            None => (String::new(), Value::Null, self.origin.clone()),
        };
        SettingsError::Value {
            place,
            key,
            found: value.to_string(),
            message: message.to_string(),
        }
    }
}

/// Whether a table names another variant of the choice that `here` is one of.
fn is_other_variant(fields: &[Entry], here: &Map<String, Value>) -> bool {
    let name = |entry: &Entry| entry.key.last().cloned().unwrap_or_default();
    fields.len() == 1 && here.len() == 1 && !here.contains_key(&name(&fields[0]))
}

fn find<'a>(tree: &'a Value, key: &str) -> Option<&'a Value> {
    let mut names = key.split('.').filter(|name| !name.is_empty());
    names.try_fold(tree, |here, name| here.get(name))
}

/// The first key of `given` that was not read.
fn unread(given: &Value, read: Option<&Value>) -> Option<String> {
    let Value::Object(fields) = given else {
        return None;
    };
    fields.iter().find_map(|(name, value)| {
        let read = read.and_then(|read| read.get(name));
        match read {
            None => Some(name.clone()),
            read => unread(value, read).map(|inside| format!("{name}.{inside}")),
        }
    })
}

fn unknown(entry: &Entry, key: &str, advice: String) -> SettingsError {
    SettingsError::Unknown {
        place: entry.place.clone(),
        key: key.to_string(),
        advice,
    }
}
