//! Macros that define stored configurations, so that each setting is declared once.

/// Defines a configuration whose fields all have a default: the struct, `Default`, `new()` and one
/// builder method per field.
///
/// A field is written `pub name: Type = default, with_name;`. A field that is absent from a file has
/// its default, so the default of a new field must keep the behaviour of earlier versions. `Clone`,
/// `Debug`, `Serialize` and `Deserialize` are derived; further derives can be added.
#[doc(hidden)]
#[macro_export]
macro_rules! settings {
    (
        $(#[$attribute:meta])*
        pub struct $name:ident {
            $(
                $(#[$field_attribute:meta])*
                pub $field:ident: $type:ty = $default:expr, $with:ident;
            )*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            $(
                $(#[$field_attribute])*
                pub $field: $type,
            )*
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
    settings! {
        /// A configuration.
        #[derive(PartialEq)]
        pub struct Config {
            /// A number.
            pub number: usize = 3, with_number;
            /// Something that may be absent.
            pub text: Option<String> = None, with_text;
        }
    }

    #[test]
    fn what_a_file_lacks_takes_its_default() {
        let read: Config = serde_json::from_str(r#"{"text": "a"}"#).unwrap();
        assert_eq!(read, Config::new().with_text(Some("a".to_string())));
        assert_eq!(read.number, 3);
        assert_eq!(Config::new().with_number(4).number, 4);
    }
}
