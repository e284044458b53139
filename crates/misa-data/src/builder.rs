//! The methods that change one field of a configuration.

/// A method `with_field(value)` for each field.
macro_rules! with_fields {
    ($($method:ident: $field:ident, $kind:ty;)*) => {$(
        #[doc = concat!("The same with another `", stringify!($field), "`.")]
        #[must_use]
        pub fn $method(mut self, $field: $kind) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

pub(crate) use with_fields;
