//! Whether a value is one that its setting may have.

use super::RunSettings;
use super::advice::nearest;
use super::expected::{expected, form};
use super::text::{NONE, read_value};
use misa_terms::{Choice, Content, Described, Field, Range, Shape};
use serde_json::{Map, Number, Value, json};

/// The largest whole number that a float holds exactly.
const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;

/// Why a value is not one that its setting may have.
#[derive(Debug, PartialEq)]
pub(super) struct Misfit {
    /// The part of the value that is wrong, below the setting; empty for the value itself.
    pub key: Vec<String>,
    /// What stands there; `None` if it is missing.
    pub found: Option<Value>,
    /// What may stand there.
    pub expected: String,
}

impl Misfit {
    fn new(found: &Value, expected: String) -> Self {
        Self {
            key: Vec::new(),
            found: Some(found.clone()),
            expected,
        }
    }

    fn inside(mut self, name: &str) -> Self {
        self.key.insert(0, name.to_string());
        self
    }
}

/// The value that was typed for the setting `key`, in the form of files.
///
/// # Errors
///
/// The values that the setting may have.
pub(crate) fn typed(key: &str, text: &str) -> Result<Value, String> {
    let settings = RunSettings::shape();
    let value = read_value(text);
    let Some((shape, range)) = settings.at(key) else {
        return Ok(value);
    };
    if matches!(shape, Shape::Optional(_)) && text == NONE {
        return Ok(value);
    }
    fitted(value, shape, range).map_err(|misfit| format!("expected {}", misfit.expected))
}

/// The value as files hold it. A form that is clear but not that of files is accepted: a list with
/// commas, `NAME:NUMBER`, and a number where only one choice has one.
pub(super) fn fitted(value: Value, shape: &Shape, range: Option<&Range>) -> Result<Value, Misfit> {
    match shape {
        Shape::Optional(_) if value.is_null() => Ok(value),
        Shape::Optional(shape) => fitted(value, shape, range),
        Shape::Flag => flag(&value).ok_or_else(|| Misfit::new(&value, expected(shape, range))),
        Shape::Whole | Shape::Number => number(value, shape, range),
        Shape::Text | Shape::Path => match value {
            Value::String(_) => Ok(value),
            value => Err(Misfit::new(&value, quoted(&value, &expected(shape, range)))),
        },
        Shape::List(item) => list(value, shape, item),
        Shape::Choice(choices) => choice(value, shape, choices),
        Shape::Table(fields) => match value {
            Value::Object(values) => table(values, fields),
            value => Err(Misfit::new(&value, expected(shape, range))),
        },
        _ => Ok(value),
    }
}

/// A flag, also as other languages write it.
fn flag(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(json!(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(json!(false)),
        _ => None,
    }
}

fn number(value: Value, shape: &Shape, range: Option<&Range>) -> Result<Value, Misfit> {
    let misfit = |value: &Value| Err(Misfit::new(value, expected(shape, range)));
    let Value::Number(found) = &value else {
        return match &value {
            Value::String(text) if text.trim().parse::<i64>().is_ok() => {
                let text = format!("{} without quotes", expected(shape, range));
                Err(Misfit::new(&value, text))
            }
            // TOML has no larger whole numbers, so what is typed as one is read as a text.
            Value::String(text) if text.trim().parse::<u128>().is_ok() => {
                let text = format!("{} of at most {}", expected(shape, range), i64::MAX);
                Err(Misfit::new(&value, text))
            }
            value => misfit(value),
        };
    };
    let number = found.as_f64().unwrap_or(f64::NAN);
    if range.is_some_and(|range| !range.contains(number)) {
        return misfit(&value);
    }
    if *shape == Shape::Number || found.is_u64() {
        return Ok(value);
    }
    // 1e3 is a whole number too.
    match whole(number) {
        Some(whole) => Ok(Value::Number(whole)),
        None => misfit(&value),
    }
}

fn whole(number: f64) -> Option<Number> {
    let is_whole = number.fract() == 0.0 && (0.0..WHOLE_LIMIT).contains(&number);
    is_whole.then(|| Number::from(number as u64))
}

/// The text that a user who left the quotes out probably meant.
fn quoted(value: &Value, expected: &str) -> String {
    match value {
        Value::Number(_) | Value::Bool(_) => format!("{expected} in quotes: \"{value}\""),
        _ => expected.to_string(),
    }
}

fn list(value: Value, shape: &Shape, item: &Shape) -> Result<Value, Misfit> {
    let items = match value {
        Value::Array(items) => items,
        Value::String(text) => {
            let items = text.split(',').map(str::trim);
            items
                .filter(|item| !item.is_empty())
                .map(Value::from)
                .collect()
        }
        value => return Err(Misfit::new(&value, expected(shape, None))),
    };
    if items.is_empty() {
        return Err(Misfit::new(&json!([]), expected(shape, None)));
    }
    let items = items.into_iter().map(|value| fitted(value, item, None));
    Ok(Value::Array(items.collect::<Result<_, _>>()?))
}

fn choice(value: Value, shape: &Shape, choices: &[Choice]) -> Result<Value, Misfit> {
    let misfit = |value: &Value, text: String| Err(Misfit::new(value, text));
    match value {
        Value::String(text) => named(text, shape, choices),
        Value::Object(values) => {
            let mut values = values.into_iter();
            match (values.next(), values.next()) {
                (Some((name, content)), None) => with_content(&name, content, shape, choices),
                (first, second) => {
                    let all = first.into_iter().chain(second).chain(values);
                    misfit(&Value::Object(all.collect()), expected(shape, None))
                }
            }
        }
        value @ Value::Number(_) => match only_number(choices) {
            Some(choice) => with_content(choice.name, value, shape, choices),
            None => misfit(&value, expected(shape, None)),
        },
        value => misfit(&value, expected(shape, None)),
    }
}

/// The choice whose content is a number, if there is one such choice.
fn only_number(choices: &[Choice]) -> Option<&Choice> {
    let is_number = |choice: &&Choice| {
        matches!(
            choice.content,
            Content::Value(Shape::Whole | Shape::Number, _)
        )
    };
    let mut numbers = choices.iter().filter(is_number);
    let first = numbers.next()?;
    numbers.next().is_none().then_some(first)
}

/// A choice by its name, or as `NAME:NUMBER`.
fn named(text: String, shape: &Shape, choices: &[Choice]) -> Result<Value, Misfit> {
    let known = |name: &str| choices.iter().find(|choice| choice.name == name);
    let found = json!(text);
    if let Some((name, content)) = text.split_once(':')
        && let Some(choice) = known(name)
        && let Ok(number) = content.trim().parse::<Number>()
    {
        return with_content(choice.name, Value::Number(number), shape, choices);
    }
    match known(&text) {
        Some(choice) if choice.content == Content::Nothing => Ok(found),
        Some(choice) => Err(Misfit::new(&found, form(choice))),
        None => {
            let names = choices.iter().map(|choice| choice.name);
            let hint = nearest(&text, names).map(|name| format!("; did you mean `{name}`?"));
            let text = format!("{}{}", expected(shape, None), hint.unwrap_or_default());
            Err(Misfit::new(&found, text))
        }
    }
}

/// A choice with what follows its name.
fn with_content(
    name: &str,
    content: Value,
    shape: &Shape,
    choices: &[Choice],
) -> Result<Value, Misfit> {
    let found = json!({ name: content });
    let Some(choice) = choices.iter().find(|choice| choice.name == name) else {
        let hint = nearest(name, choices.iter().map(|choice| choice.name));
        let hint = hint.map(|name| format!("; did you mean `{name}`?"));
        let text = format!("{}{}", expected(shape, None), hint.unwrap_or_default());
        return Err(Misfit::new(&found, text));
    };
    let content = match (&choice.content, content) {
        (Content::Value(shape, range), content) => fitted(content, shape, range.as_ref()),
        (Content::Table(fields), Value::Object(values)) => table(values, fields),
        (Content::Table(fields), content) => match fields.as_slice() {
            [field] => fitted(content, &field.shape, field.range.as_ref())
                .map(|value| json!({ field.name: value }))
                .map_err(|misfit| misfit.inside(field.name)),
            _ => return Err(Misfit::new(&found, form(choice))),
        },
        _ => return Err(Misfit::new(&found, form(choice))),
    };
    match content {
        Ok(content) => Ok(json!({ name: content })),
        Err(misfit) => Err(misfit.inside(name)),
    }
}

/// Every field of a table; all of them must be there.
fn table(mut values: Map<String, Value>, fields: &[Field]) -> Result<Value, Misfit> {
    let mut fitting = Map::new();
    for field in fields {
        let range = field.range.as_ref();
        let missing = || Misfit {
            key: vec![field.name.to_string()],
            found: None,
            expected: expected(&field.shape, range),
        };
        let value = values.remove(field.name).ok_or_else(missing)?;
        let value = fitted(value, &field.shape, range);
        let value = value.map_err(|misfit| misfit.inside(field.name))?;
        fitting.insert(field.name.to_string(), value);
    }
    // What is left has no field; the layers refuse it by its name.
    fitting.extend(values);
    Ok(Value::Object(fitting))
}
