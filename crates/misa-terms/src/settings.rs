//! Macros that define stored configurations, so that each setting is declared once.

/// Defines a configuration whose fields all have a default: the struct, `Default`, `new()` and one
/// builder method per field.
///
/// A field is written `pub name: Type = default, with_name;`. A field that is absent from a file has
/// its default, so the default of a new field must keep the behaviour of earlier versions. `Clone`,
/// `Debug`, `Serialize` and `Deserialize` are derived; further derives can be added.
///
/// It is [`Described`](crate::Described) as by [`described!`](crate::described).
#[doc(hidden)]
#[macro_export]
macro_rules! settings {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $(
                $(#[$($field_attribute:tt)*])*
                pub $field:ident: $type:ty = $default:expr, $with:ident;
            )*
        }
    ) => {
        $crate::described! {
            $(#[$attribute])*
            #[derive(Clone, Debug, ::serde::Serialize, ::serde::Deserialize)]
            #[serde(default)]
            pub struct $name {
                $(
                    $(#[$($field_attribute)*])*
                    pub $field: $type,
                )*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                }
            }
        }

        impl $name {
            /// The defaults.
            pub fn new() -> Self {
                Self::default()
            }
        }

        $crate::builder! {
            $name {
                $($with, $field: $type;)*
            }
        }
    };
}

/// Defines a struct of settings, and describes it: the first paragraph of a field's documentation
/// says what the setting means. ``Range: `[0, 1)`.`` there says which numbers it may be.
#[doc(hidden)]
#[macro_export]
macro_rules! described {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $(
                $(#[$($field_attribute:tt)*])*
                pub $field:ident: $type:ty,
            )*
        }
    ) => {
        $(#[$attribute])*
        pub struct $name {
            $(
                $(#[$($field_attribute)*])*
                pub $field: $type,
            )*
        }

        impl $crate::Described for $name {
            fn shape() -> $crate::Shape {
                $crate::Shape::table([$(
                    $crate::Field::new(
                        stringify!($field),
                        &[$($crate::doc_line!($($field_attribute)*)),*],
                        <$type as $crate::Described>::shape(),
                        false $(|| $crate::is_flat!($($field_attribute)*))*,
                    ),
                )*])
            }
        }
    };
}

/// Defines an enum that is the value of a setting, and describes it as [`described!`] does; its
/// variants have the names that serde gives them.
#[doc(hidden)]
#[macro_export]
macro_rules! choice {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $(
                $(#[$($variant_attribute:tt)*])*
                $variant:ident
                $({
                    $(
                        $(#[$($field_attribute:tt)*])*
                        $field:ident: $type:ty,
                    )*
                })?
                $(($content:ty))?,
            )*
        }
    ) => {
        $(#[$attribute])*
        pub enum $name {
            $(
                $(#[$($variant_attribute)*])*
                $variant
                $({
                    $(
                        $(#[$($field_attribute)*])*
                        $field: $type,
                    )*
                })?
                $(($content))?,
            )*
        }

        impl $crate::Described for $name {
            fn shape() -> $crate::Shape {
                $crate::Shape::choice::<Self>(vec![$(
                    (
                        &[$($crate::doc_line!($($variant_attribute)*)),*],
                        $crate::content!(
                            $({
                                $(
                                    $crate::Field::new(
                                        stringify!($field),
                                        &[$($crate::doc_line!($($field_attribute)*)),*],
                                        <$type as $crate::Described>::shape(),
                                        false,
                                    ),
                                )*
                            })?
                            $(($content))?
                        ),
                    ),
                )*])
            }
        }
    };
}

/// What follows the name of a variant.
#[doc(hidden)]
#[macro_export]
macro_rules! content {
    () => {
        $crate::Content::Nothing
    };
    (($content:ty)) => {
        $crate::Content::Value(<$content as $crate::Described>::shape(), None)
    };
    ({ $($field:expr,)* }) => {
        $crate::Content::Table(vec![$($field),*])
    };
}

/// The line of documentation that an attribute is; another attribute is an empty line at its end.
#[doc(hidden)]
#[macro_export]
macro_rules! doc_line {
    (doc = $line:literal) => {
        $line
    };
    ($($other:tt)*) => {
        ""
    };
}

/// Whether an attribute puts the fields of a field in its place.
#[doc(hidden)]
#[macro_export]
macro_rules! is_flat {
    (serde(flatten)) => {
        true
    };
    ($($other:tt)*) => {
        false
    };
}

/// Builder methods of a configuration: `with_name, path.to.field: Type;` each.
#[doc(hidden)]
#[macro_export]
macro_rules! builder {
    ($name:ident { $($with:ident, $($field:ident).+: $type:ty;)* }) => {
        impl $name {
            $(
                #[doc = concat!("Sets `", stringify!($($field).+), "`.")]
                #[must_use]
                pub fn $with(mut self, value: $type) -> Self {
                    self.$($field).+ = value;
                    self
                }
            )*
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{Content, Described, Range, Shape};
    use serde::{Deserialize, Serialize};

    choice! {
        /// A choice.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Pace {
            /// As it comes.
            #[default]
            AsIs,
            /// At most this. Range: `[1, inf)`.
            Most(usize),
            /// Between two.
            #[serde(rename = "in+")]
            Between {
                /// The lower one. Range: `(0, 1)`.
                low: f64,
                /// The upper one.
                high: f64,
            },
        }
    }

    settings! {
        /// Settings of a part.
        #[derive(PartialEq)]
        pub struct Part {
            /// How fast.
            pub pace: Pace = Pace::AsIs, with_pace;
        }
    }

    settings! {
        /// A configuration.
        #[derive(PartialEq)]
        pub struct Config {
            /// A number,
            /// in one paragraph. Range: `[1, 9]`.
            ///
            /// - Source: nobody.
            pub number: usize = 3, with_number;
            /// Something that may be absent.
            pub text: Option<String> = None, with_text;
            /// In files, these are fields of the configuration itself.
            #[serde(flatten)]
            pub part: Part = Part::new(), with_part;
        }
    }

    #[test]
    fn what_a_file_lacks_takes_its_default() {
        let read: Config = serde_json::from_str(r#"{"text": "a"}"#).unwrap();
        assert_eq!(read, Config::new().with_text(Some("a".to_string())));
        assert_eq!(read.number, 3);
        assert_eq!(Config::new().with_number(4).number, 4);
        let part = Part::new().with_pace(Pace::Most(4));
        assert_eq!(Config::new().with_part(part.clone()).part, part);
    }

    #[test]
    fn a_configuration_describes_its_settings() {
        let shape = Config::shape();
        let settings = shape.settings();
        let keys: Vec<&str> = settings.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["number", "text", "pace"]);
        let (_, number) = settings[0];
        assert_eq!(number.meaning, "A number, in one paragraph.");
        assert_eq!(number.range, Range::parse("[1, 9]"));
        let (text, _) = shape.at("text").unwrap();
        assert_eq!(
            (text.present(), text == &Shape::Text),
            (&Shape::Text, false)
        );
        assert_eq!(shape.at("number.more"), None);
    }

    #[test]
    fn a_choice_describes_its_values_by_the_names_of_files() {
        let Shape::Choice(choices) = Pace::shape() else {
            panic!("expected a choice");
        };
        let names: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
        assert_eq!(names, ["as_is", "most", "in+"]);
        assert_eq!(choices[0].content, Content::Nothing);
        let most = Content::Value(Shape::Whole, Range::parse("[1, inf)"));
        assert_eq!(
            (&choices[1].content, choices[1].meaning.as_str()),
            (&most, "At most this.")
        );
        let Content::Table(fields) = &choices[2].content else {
            panic!("expected a table");
        };
        assert_eq!(
            (fields[1].name, fields[0].range.clone()),
            ("high", Range::parse("(0, 1)"))
        );
    }
}
