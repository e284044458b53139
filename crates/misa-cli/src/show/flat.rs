//! Settings as rows.

use misa_train::TrainingConfig;
use serde_json::Value;

/// Every setting by its key with its tables, and its value as the command line has it.
pub(super) fn flat(config: &TrainingConfig) -> Vec<(String, String)> {
    let config = serde_json::to_value(config).unwrap_or(Value::Null);
    let mut rows = Vec::new();
    flatten("", &config, &mut rows);
    rows
}

fn flatten(key: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let separator = if key.is_empty() { "" } else { "." };
                flatten(&format!("{key}{separator}{name}"), value, rows);
            }
        }
        Value::Null => rows.push((key.to_string(), "none".to_string())),
        Value::String(text) => rows.push((key.to_string(), text.clone())),
        value => rows.push((key.to_string(), value.to_string())),
    }
}
