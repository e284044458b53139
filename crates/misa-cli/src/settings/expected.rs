//! What a setting may be, in words.

use misa_terms::{Choice, Content, Field, Range, Shape};

/// The values that a setting may have, as a part of a sentence.
pub(crate) fn expected(shape: &Shape, range: Option<&Range>) -> String {
    let within = range.map_or_else(String::new, |range| format!(" in {range}"));
    match shape {
        Shape::Flag => "true or false".to_string(),
        Shape::Whole => format!("a whole number{within}"),
        Shape::Number => format!("a number{within}"),
        Shape::Text => "a text".to_string(),
        Shape::Path => "a path".to_string(),
        Shape::List(item) => match item.as_ref() {
            Shape::Choice(choices) => {
                let names: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
                format!("at least one of {} in a list", names.join(", "))
            }
            item => format!("a list, each item {}", expected(item, None)),
        },
        Shape::Choice(choices) => either(choices.iter().map(form).collect()),
        Shape::Table(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            format!("a table with {}", names.join(", "))
        }
        Shape::Optional(shape) => match shape.as_ref() {
            Shape::Table(_) => format!("{}, on or none", expected(shape, range)),
            shape => format!("{}, or none", expected(shape, range)),
        },
        _ => "a value".to_string(),
    }
}

/// A choice as it is written in a file.
pub(crate) fn form(choice: &Choice) -> String {
    let name = choice.name;
    match &choice.content {
        Content::Value(shape, range) => format!("{{ {name} = {} }}", blank(shape, range.as_ref())),
        Content::Table(fields) => {
            let fields: Vec<String> = fields.iter().map(field_form).collect();
            format!("{{ {name} = {{ {} }} }}", fields.join(", "))
        }
        _ => name.to_string(),
    }
}

fn field_form(field: &Field) -> String {
    format!(
        "{} = {}",
        field.name,
        blank(&field.shape, field.range.as_ref())
    )
}

/// What stands for a value of this shape.
fn blank(shape: &Shape, range: Option<&Range>) -> String {
    let name = match shape.present() {
        Shape::Whole => "N",
        Shape::Number => "NUMBER",
        Shape::Flag => "true",
        _ => "VALUE",
    };
    range.map_or_else(|| name.to_string(), |range| format!("{name} in {range}"))
}

/// Several alternatives as a part of a sentence.
fn either(mut names: Vec<String>) -> String {
    match names.pop() {
        None => "nothing".to_string(),
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} or {last}", names.join(", ")),
    }
}
