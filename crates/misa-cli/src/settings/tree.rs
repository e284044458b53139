//! Settings as a tree of tables, and keys in it.

use super::advice::advice;
use serde_json::Value;

/// Whether `key` is in the table at `table`, at any depth.
pub(super) fn is_inside(key: &str, table: &str) -> bool {
    key.strip_prefix(table)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// The value at `key`, which names every table above it.
pub(super) fn value_at<'a>(tree: &'a Value, key: &str) -> Option<&'a Value> {
    let mut names = key.split('.').filter(|name| !name.is_empty());
    names.try_fold(tree, |value, name| value.get(name))
}

/// The first key of `given` that `read` lacks, with what was probably meant.
pub(super) fn dropped_key(given: &Value, read: Option<&Value>) -> Option<(String, String)> {
    let Value::Object(fields) = given else {
        return None;
    };
    let known = read.and_then(Value::as_object);
    fields.iter().find_map(|(name, value)| {
        let Some(known) = known else {
            return Some((name.clone(), "expected no table here".to_string()));
        };
        if !known.contains_key(name) {
            return Some((name.clone(), advice(name, known.keys())));
        }
        let (key, advice) = dropped_key(value, known.get(name))?;
        Some((format!("{name}.{key}"), advice))
    })
}
