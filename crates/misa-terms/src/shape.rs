//! What a setting may be: what messages about settings and their reference are made from.

use crate::Range;
use crate::meaning::{Meaning, meaning};
use crate::names::names;
use serde::de::DeserializeOwned;
use std::path::PathBuf;

/// The form of a value that a file of settings may hold.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// `true` or `false`.
    Flag,
    /// A whole number, at least 0.
    Whole,
    /// A number.
    Number,
    /// Any text.
    Text,
    /// The path of a file or folder.
    Path,
    /// A list of values of one shape.
    List(Box<Shape>),
    /// One of several named values.
    Choice(Vec<Choice>),
    /// A table of settings.
    Table(Vec<Field>),
    /// Nothing, or a value of this shape.
    Optional(Box<Shape>),
}

/// One setting of a table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Its name in files.
    pub name: &'static str,
    /// What it means, in one paragraph.
    pub meaning: String,
    /// The numbers that it may be; `None` for all of its shape.
    pub range: Option<Range>,
    /// What it may be.
    pub shape: Shape,
    /// Whether files have its own fields in its place.
    is_flat: bool,
}

/// One of several named values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Choice {
    /// Its name in files.
    pub name: &'static str,
    /// What it means, in one paragraph.
    pub meaning: String,
    /// What follows the name.
    pub content: Content,
}

/// What follows the name of a choice.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Nothing: the name is the value.
    Nothing,
    /// One value without a name of its own: `{ name = VALUE }`.
    Value(Shape, Option<Range>),
    /// A table: `{ name = { field = VALUE } }`.
    Table(Vec<Field>),
}

/// A type that settings hold, which can say what its values look like in a file.
pub trait Described {
    /// What its values look like.
    fn shape() -> Shape;
}

impl Shape {
    /// A table of these fields, where the fields of a flat one stand in its place.
    #[doc(hidden)]
    pub fn table(fields: impl IntoIterator<Item = Field>) -> Self {
        let fields = fields.into_iter().flat_map(|field| match field.shape {
            Self::Table(inner) if field.is_flat => inner,
            _ => vec![field],
        });
        Self::Table(fields.collect())
    }

    /// A choice of `T` with the documentation and content of each variant, in their order.
    ///
    /// # Panics
    ///
    /// Panics if `T` does not have as many variants.
    #[doc(hidden)]
    pub fn choice<T: DeserializeOwned>(variants: Vec<(&[&str], Content)>) -> Self {
        let names = names::<T>();
        assert_eq!(names.len(), variants.len(), "each variant has one name");
        let choices = names.iter().zip(variants).map(|(name, (doc, content))| {
            let Meaning { text, range } = meaning(doc);
            let content = match content {
                Content::Value(shape, _) => Content::Value(shape, range),
                content => content,
            };
            Choice {
                name,
                meaning: text,
                content,
            }
        });
        Self::Choice(choices.collect())
    }

    /// The shape without the possibility of nothing.
    pub fn present(&self) -> &Self {
        match self {
            Self::Optional(shape) => shape.present(),
            shape => shape,
        }
    }

    /// The shape of the value at `key`, and the numbers that it may be; also of a part of a choice,
    /// such as `training.schedule.cosine.floor`.
    pub fn at(&self, key: &str) -> Option<(&Self, Option<&Range>)> {
        match self.present() {
            Self::Table(fields) => at(fields, key),
            Self::Choice(choices) => {
                let (name, rest) = key.split_once('.').unwrap_or((key, ""));
                let choice = choices.iter().find(|choice| choice.name == name)?;
                match &choice.content {
                    Content::Value(shape, range) if rest.is_empty() => {
                        Some((shape, range.as_ref()))
                    }
                    Content::Table(fields) => at(fields, rest),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Every setting with its key, a table before what is in it.
    pub fn settings(&self) -> Vec<(String, &Field)> {
        let Self::Table(fields) = self.present() else {
            return Vec::new();
        };
        let mut settings = Vec::new();
        for field in fields {
            settings.push((field.name.to_string(), field));
            let inside = field.shape.settings().into_iter();
            settings.extend(inside.map(|(key, inner)| (format!("{}.{key}", field.name), inner)));
        }
        settings
    }
}

/// The shape of the value at `key` below these fields.
fn at<'a>(fields: &'a [Field], key: &str) -> Option<(&'a Shape, Option<&'a Range>)> {
    let (name, rest) = match key.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (key, None),
    };
    let field = fields.iter().find(|field| field.name == name)?;
    match rest {
        None => Some((&field.shape, field.range.as_ref())),
        Some(rest) => field.shape.at(rest),
    }
}

impl Field {
    /// A field with the lines of its documentation.
    #[doc(hidden)]
    pub fn new(name: &'static str, doc: &[&str], shape: Shape, is_flat: bool) -> Self {
        let Meaning { text, range } = meaning(doc);
        Self {
            name,
            meaning: text,
            range,
            shape,
            is_flat,
        }
    }
}

impl Described for bool {
    fn shape() -> Shape {
        Shape::Flag
    }
}

impl Described for usize {
    fn shape() -> Shape {
        Shape::Whole
    }
}

impl Described for u64 {
    fn shape() -> Shape {
        Shape::Whole
    }
}

impl Described for f64 {
    fn shape() -> Shape {
        Shape::Number
    }
}

impl Described for String {
    fn shape() -> Shape {
        Shape::Text
    }
}

impl Described for PathBuf {
    fn shape() -> Shape {
        Shape::Path
    }
}

impl<T: Described> Described for Option<T> {
    fn shape() -> Shape {
        Shape::Optional(Box::new(T::shape()))
    }
}
