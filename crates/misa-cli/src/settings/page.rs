//! The reference of settings as text and as a page of documentation.

use super::SettingReference;
use serde_json::Value;

/// Columns of a line of text.
const WIDTH: usize = 100;
/// Spaces before what belongs to the setting above.
const INDENT: &str = "    ";

/// What stands above the tables of the page.
const HEAD: &str = "# Settings\n
Every setting of a run, with its default and the values that it may have. `misa settings KEY` prints one
of them, `misa settings --markdown` this page; a test compares both. [Runs](runs.md#settings) explains files,
presets and options.\n
Keys are as in `--set training.epochs=3`; in a file, `training.` is the table `[training]`. The default is
that of the preset `official` for MOSEI where data is given; other defaults follow it. `none` stands for no
value, and `on` switches on a table with its defaults. Intervals are those of mathematics: `[0, 1)` includes 0
and not 1.\n";

/// A value as a file of settings has it, without quotes around a text.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::Null => "none".to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(Value::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name} = {}", written(value));
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        value => value.to_string(),
    }
}

impl SettingReference {
    /// The default, then where it differs; `quote` surrounds each value.
    fn defaults(&self, quote: &str) -> String {
        let quoted = |value| format!("{quote}{}{quote}", written(value));
        let others = self.other_defaults.iter().map(|other| {
            let (value, condition) = (quoted(&other.value), &other.condition);
            let link = if condition.starts_with("without") {
                ""
            } else {
                "for "
            };
            format!("{value} {link}{condition}")
        });
        let all: Vec<String> = std::iter::once(quoted(&self.default))
            .chain(others)
            .collect();
        all.join("; ")
    }

    /// The setting as text, several lines.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.key);
        let mut add = |line: &str| text.push_str(&wrapped(line, INDENT));
        add(&self.meaning);
        if self.choices.is_empty() {
            add(&format!("Values: {}", self.values));
        } else {
            add("Values:");
            for choice in &self.choices {
                add(&format!("- {}: {}", choice.form, choice.meaning));
            }
        }
        add(&format!("Default: {}", self.defaults("")));
        if let Some(option) = &self.option {
            add(&format!("Option: {option}"));
        }
        text
    }

    fn row(&self) -> String {
        let name = self.key.rsplit('.').next().unwrap_or(&self.key);
        let option = self.option.iter().map(|option| format!("<br>`{option}`"));
        let mut meaning = self.meaning.clone();
        for choice in &self.choices {
            meaning.push_str(&format!("<br>`{}`: {}", choice.form, choice.meaning));
        }
        let values = if self.choices.is_empty() {
            self.values.clone()
        } else if self.values.ends_with(", or none") {
            "one of these, or none".to_string()
        } else {
            "one of these".to_string()
        };
        let values = if self.is_table {
            "a table, on or none"
        } else {
            &values
        };
        format!(
            "| `{name}`{} | {} | {values} | {} |\n",
            option.collect::<String>(),
            self.defaults("`"),
            meaning.replace('|', "\\|")
        )
    }
}

/// The page of documentation.
pub(crate) fn page(settings: &[SettingReference]) -> String {
    let mut text = HEAD.to_string();
    let mut table_above = None;
    for table in tables(settings) {
        let title = if table.is_empty() { "A run" } else { table };
        if table_above != Some(table) {
            text.push_str(&format!("\n## {title}\n\n| Setting | Default | Values | Meaning |\n| --- | --- | --- | --- |\n"));
            table_above = Some(table);
        }
        let inside = settings
            .iter()
            .filter(|setting| table_of(&setting.key) == table);
        text.extend(inside.map(SettingReference::row));
    }
    text
}

/// The tables that hold settings, each once, in the order of their first setting.
fn tables(settings: &[SettingReference]) -> Vec<&str> {
    let mut tables = Vec::new();
    for setting in settings {
        let table = table_of(&setting.key);
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    tables
}

/// The table that a setting is in; empty for the outermost one.
fn table_of(key: &str) -> &str {
    key.rsplit_once('.').map_or("", |(table, _)| table)
}

/// The text in lines of at most [`WIDTH`] columns where its words allow it.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let is_full = indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH;
        if is_full && !line.is_empty() {
            lines.push_str(&format!("{indent}{line}\n"));
            line = "  ".to_string();
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push_str(&format!("{indent}{line}\n"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_in_a_file() {
        for (value, expected) in [
            (json!(null), "none"),
            (json!("cmd"), "cmd"),
            (json!(["text", "visual"]), "[\"text\", \"visual\"]"),
            (json!({ "value": 1.0 }), "{ value = 1.0 }"),
            (json!(0.5), "0.5"),
        ] {
            assert_eq!(written(&value), expected);
        }
    }

    #[test]
    fn long_text_is_wrapped_between_words() {
        let text = wrapped("word ".repeat(40).trim_end(), INDENT);
        assert_eq!(text.lines().count(), 3);
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert_eq!(text.matches("word").count(), 40);
    }
}
