//! Values with names, as options and settings write them.

/// Gives the values of an enum their names: `Display`, `FromStr`, and `ALL` in this order.
macro_rules! named {
    ($type:ident { $($name:literal => $value:ident),* $(,)? }) => {
        impl $type {
            /// All values.
            pub const ALL: &[Self] = &[$(Self::$value),*];

            /// Its name, as options and settings write it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)*
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = String;

            fn from_str(name: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|value| value.name() == name);
                found.copied().ok_or_else(|| {
                    let names = [$($name),*].join(", ");
                    format!("expected one of {names}, found {name:?}")
                })
            }
        }
    };
}

pub(crate) use named;
