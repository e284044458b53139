//! JSON files that contain the version of their layout.

use crate::{InferError, files};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The key of the version.
const VERSION: &str = "version";
/// The version of a file without this key: some files of misa 0.1.0 have none.
const FIRST: u64 = 1;

/// The layout of a kind of file.
///
/// A release that adds a field increases `newest`, and gives the field a serde default with the
/// behaviour of the program before. Older files then keep their meaning, and older programs reject
/// newer files instead of ignoring the field.
#[derive(Debug)]
pub struct Layout {
    /// The version that this program writes, and the newest that it reads.
    pub newest: u32,
    /// Further keys that are written but not read.
    pub beside: &'static [&'static str],
}

/// A value with the version of its layout.
#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u32,
    #[serde(flatten)]
    value: &'a T,
}

impl Layout {
    /// Reads a file of this or an earlier version.
    ///
    /// # Errors
    ///
    /// [`InferError`] if it is missing, damaged, of a newer version, or has an unknown key.
    pub fn read<T>(&self, path: &Path) -> Result<T, InferError>
    where
        T: Serialize + DeserializeOwned,
    {
        self.parse(path, &fs::read(path).map_err(InferError::io(path))?)
    }

    /// The value in the bytes of a file of this or an earlier version.
    ///
    /// # Errors
    ///
    /// [`InferError`] if they are damaged, of a newer version, or have an unknown key.
    pub(crate) fn parse<T>(&self, path: &Path, bytes: &[u8]) -> Result<T, InferError>
    where
        T: Serialize + DeserializeOwned,
    {
        let value: Value = files::json(path, bytes)?;
        // Checked before the fields, because a newer layout may have others.
        let version = value.get(VERSION).map_or(Some(FIRST), Value::as_u64);
        if version.is_none_or(|version| version > u64::from(self.newest)) {
            return Err(InferError::Version {
                path: path.to_path_buf(),
                found: value[VERSION].to_string(),
                newest: self.newest,
            });
        }
        let read: T = files::json(path, bytes)?;
        let known = serde_json::to_value(&read).map_err(files::no_json(path))?;
        match self.unread(&value, &known) {
            None => Ok(read),
            Some(key) => Err(InferError::UnknownKey {
                path: path.to_path_buf(),
                key,
            }),
        }
    }

    /// Writes a file of this version, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`InferError::Io`] if it cannot be written.
    pub fn write<T: Serialize>(&self, path: &Path, value: &T) -> Result<(), InferError> {
        files::write(path, &self.to_bytes(path, value)?)
    }

    /// The bytes of a file of this version; errors call it `path`.
    pub(crate) fn to_bytes<T: Serialize>(
        &self,
        path: &Path,
        value: &T,
    ) -> Result<Vec<u8>, InferError> {
        let version = self.newest;
        files::to_json(path, &Versioned { version, value })
    }

    /// The first key of `file` that `read` does not have.
    fn unread(&self, file: &Value, read: &Value) -> Option<String> {
        let is_beside = |key: &String| key == VERSION || self.beside.contains(&key.as_str());
        let fields = file.as_object()?;
        let mut fields = fields.iter().filter(|(key, _)| !is_beside(key));
        fields.find_map(|(key, value)| unread(key, value, read.get(key)))
    }
}

/// The path of the first key of `value` that `read` lacks; `key` is the path of `value`.
fn unread(key: &str, value: &Value, read: Option<&Value>) -> Option<String> {
    match (value, read) {
        (_, None) => Some(key.to_string()),
        (Value::Object(fields), Some(read)) => fields
            .iter()
            .find_map(|(name, value)| unread(&format!("{key}.{name}"), value, read.get(name))),
        (Value::Array(items), Some(read)) => items
            .iter()
            .enumerate()
            .find_map(|(index, value)| unread(&format!("{key}.{index}"), value, read.get(index))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_core::{FeatureSizes, MisaConfig, TextSize};
    use serde_json::json;
    use tempfile::tempdir;

    const LAYOUT: Layout = Layout {
        newest: 2,
        beside: &["model_type"],
    };

    /// Reads a configuration after `edit` has changed it.
    fn read(edit: impl FnOnce(&mut Value)) -> Result<MisaConfig, String> {
        let sizes = FeatureSizes {
            text: TextSize::Words { vocabulary: 9 },
            visual: 2,
            acoustic: 3,
        };
        let mut value = serde_json::to_value(MisaConfig::new(sizes).with_d_hidden(8)).unwrap();
        edit(&mut value);
        let folder = tempdir().unwrap();
        let path = folder.path().join("x.json");
        fs::write(&path, value.to_string()).unwrap();
        let prefix = format!("{}: ", path.display());
        LAYOUT.read(&path).map_err(|error: InferError| {
            let message = error.to_string();
            message.strip_prefix(&prefix).unwrap().to_string()
        })
    }

    #[test]
    fn an_older_file_has_the_defaults_of_its_version() {
        for version in [Value::Null, json!(1), json!(2)] {
            let config = read(|value| {
                value["model_type"] = json!("misa");
                value.as_object_mut().unwrap().remove("cell");
                if !version.is_null() {
                    value[VERSION] = version;
                }
            });
            let config = config.unwrap();
            assert_eq!(config.settings.cell, misa_core::CellKind::Lstm);
            assert_eq!(config.settings.d_hidden, 8);
        }
    }

    #[test]
    fn the_error_for_a_newer_file_names_both_versions() {
        let error = read(|value| value[VERSION] = json!(3)).unwrap_err();
        let program = env!("CARGO_PKG_VERSION");
        assert_eq!(
            error,
            format!(
                "written by a newer misa (version 3 of this file); this is misa {program}, which \
                 reads up to version 2"
            )
        );
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = read(|value| value["droput"] = json!(0.5)).unwrap_err();
        assert_eq!(error, "unknown key `droput`");
        let error = read(|value| value["sizes"]["text"]["words"]["size"] = json!(1)).unwrap_err();
        assert_eq!(error, "unknown key `sizes.text.words.size`");
    }
}
