//! TOML to values with the lines they are on.

use super::SettingsError;
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::fs;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Far more than anyone writes by hand.
const LIMIT: u64 = 1 << 20;
/// The key of the version of a file.
const VERSION_KEY: &str = "version";
/// The version of the settings that this program writes, and the newest that it reads.
///
/// A release that adds a setting counts it up, and gives the setting of a file with a lower version
/// the value that it had before: what a file of settings asks for does not change with the program.
/// A file without a version was written by hand or by misa 0.1.0, which had the settings of version 1.
pub(super) const VERSION: u32 = 1;

/// The text that stands for null: TOML has no word for it.
pub(super) const NONE: &str = "none";

/// One value of a text, which may be a table.
pub(super) struct Entry {
    /// The key with its tables.
    pub key: Vec<String>,
    pub content: Content,
    /// File and line, or the option of the command line.
    pub origin: String,
}

impl Entry {
    /// The value of `key`, field by field if it is a table.
    pub fn of(key: Vec<String>, value: Value, origin: &str) -> Self {
        let content = match value {
            Value::Object(fields) => {
                let field = |(name, value)| {
                    let key = key.iter().cloned().chain([name]).collect();
                    Self::of(key, value, origin)
                };
                Content::Table(fields.into_iter().map(field).collect())
            }
            value => Content::Value(value),
        };
        Self {
            key,
            content,
            origin: origin.to_string(),
        }
    }

    /// The key of its first value, which may be in a table.
    pub fn first_key(&self) -> &[String] {
        match &self.content {
            Content::Table(entries) => {
                let first = entries.first().map(Self::first_key);
                first.unwrap_or(&self.key)
            }
            Content::Value(_) => &self.key,
        }
    }
}

/// What a key has.
pub(super) enum Content {
    Table(Vec<Entry>),
    Value(Value),
}

impl Content {
    pub fn into_value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Table(entries) => {
                let fields = entries.into_iter().map(|mut entry| {
                    let name = entry.key.pop().unwrap_or_default();
                    (name, entry.content.into_value())
                });
                Value::Object(fields.collect())
            }
        }
    }
}

/// The entries of a file, without its version.
pub(super) fn read_file(path: &Path) -> Result<Vec<Entry>, SettingsError> {
    let io = |source| SettingsError::Io {
        path: path.to_path_buf(),
        source,
    };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > LIMIT {
        return Err(SettingsError::TooLarge {
            path: path.to_path_buf(),
            bytes,
            limit: LIMIT,
        });
    }
    let text = fs::read_to_string(path).map_err(io)?;
    let name = path.display().to_string();
    let lines = |at: usize| format!("{name}:{}", line(&text, at));
    let mut entries = parse(&text, &lines)?;
    let is_version = |entry: &mut Entry| entry.key == [VERSION_KEY];
    entries
        .extract_if(.., is_version)
        .try_for_each(check_version)?;
    Ok(entries)
}

/// An error unless this program reads settings of the version that `entry` gives.
fn check_version(entry: Entry) -> Result<(), SettingsError> {
    let origin = entry.origin;
    let version = entry.content.into_value();
    match version.as_u64() {
        Some(version) if version <= u64::from(VERSION) => Ok(()),
        _ => Err(SettingsError::Version {
            origin,
            found: version.to_string(),
            newest: VERSION,
        }),
    }
}

/// The entries of `KEY=VALUE`; a value that is not TOML is plain text.
pub(super) fn read_option(text: &str, origin: &str) -> Result<Vec<Entry>, SettingsError> {
    let origin_at = |_: usize| origin.to_string();
    let Some((key, value)) = text.split_once('=') else {
        return Err(SettingsError::Option {
            text: text.to_string(),
        });
    };
    if let Ok(entries) = parse(text, &origin_at) {
        return Ok(entries);
    }
    let quoted = toml::Value::String(value.trim().to_string());
    parse(&format!("{key} = {quoted}"), &origin_at)
}

/// A value by itself; what is not TOML is plain text.
pub(crate) fn read_value(text: &str) -> Value {
    let plain = || Value::String(text.trim().to_string());
    let parsed = parse(&format!("value = {text}"), &|_| String::new());
    match parsed.map(|mut entries| (entries.pop(), entries.len())) {
        Ok((Some(entry), 0)) => entry.content.into_value(),
        _ => plain(),
    }
}

fn parse(text: &str, origin_at: &dyn Fn(usize) -> String) -> Result<Vec<Entry>, SettingsError> {
    let table = DeTable::parse(text).map_err(|error| SettingsError::Syntax {
        origin: origin_at(error.span().map_or(0, |span| span.start)),
        message: error.message().to_string(),
    })?;
    entries(table.into_inner(), &[], origin_at)
}

fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

fn entries(
    table: DeTable<'_>,
    above: &[String],
    origin_at: &dyn Fn(usize) -> String,
) -> Result<Vec<Entry>, SettingsError> {
    let entry = |(name, value): (Spanned<Cow<'_, str>>, Spanned<DeValue<'_>>)| {
        let origin = origin_at(name.span().start);
        let key = [above, &[name.into_inner().into_owned()]].concat();
        let content = match value.into_inner() {
            DeValue::Table(table) => Content::Table(entries(table, &key, origin_at)?),
            value => Content::Value(plain(value, &key.join("."), &origin)?),
        };
        Ok(Entry {
            key,
            content,
            origin,
        })
    };
    table.into_iter().map(entry).collect()
}

fn plain(value: DeValue<'_>, key: &str, origin: &str) -> Result<Value, SettingsError> {
    let number = |found: &str, number: Option<Number>| {
        number
            .map(Value::Number)
            .ok_or_else(|| SettingsError::Number {
                origin: origin.to_string(),
                key: key.to_string(),
                found: found.to_string(),
            })
    };
    Ok(match value {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Integer(value) => {
            let parsed = i64::from_str_radix(value.as_str(), value.radix()).ok();
            number(value.as_str(), parsed.map(Number::from))?
        }
        DeValue::Float(value) => {
            let parsed: Option<f64> = value.as_str().parse().ok();
            number(value.as_str(), parsed.and_then(Number::from_f64))?
        }
        DeValue::Datetime(value) => Value::String(value.to_string()),
        DeValue::Array(items) => {
            let items = items
                .into_iter()
                .map(|item| plain(item.into_inner(), key, origin));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(fields) => {
            let field = |(name, value): (Spanned<Cow<'_, str>>, Spanned<DeValue<'_>>)| {
                let value = plain(value.into_inner(), key, origin)?;
                Ok((name.into_inner().into_owned(), value))
            };
            Value::Object(
                fields
                    .into_iter()
                    .map(field)
                    .collect::<Result<Map<_, _>, _>>()?,
            )
        }
    })
}
