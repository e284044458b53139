//! Classes of arrays, and types of stored numbers.

use crate::dtype::Dtype;
use std::fmt;

/// What an array is, by the name that MATLAB gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Values of any class.
    Cell,
    /// Fields.
    Struct,
    /// An object of a class.
    Object,
    /// Text.
    Char,
    /// Numbers of which only those above or below zero are stored.
    Sparse,
    /// Numbers of double precision.
    Double,
    /// Numbers of single precision.
    Single,
    /// Signed integers of this many bytes: 1, 2, 4 or 8.
    Int(u8),
    /// Unsigned integers of this many bytes: 1, 2, 4 or 8.
    Uint(u8),
    /// True or false, as numbers 1 and 0.
    Logical,
    /// A function.
    Function,
    /// An object of a newer class, such as a table or a `string`.
    Opaque,
}

impl Class {
    /// The class of this number, with the flag that says whether the values are logical.
    pub(super) fn parse(number: u8, is_logical: bool) -> Option<Self> {
        Some(match number {
            6..=15 if is_logical => Self::Logical,
            1 => Self::Cell,
            2 => Self::Struct,
            3 => Self::Object,
            4 => Self::Char,
            5 => Self::Sparse,
            6 => Self::Double,
            7 => Self::Single,
            8 => Self::Int(1),
            9 => Self::Uint(1),
            10 => Self::Int(2),
            11 => Self::Uint(2),
            12 => Self::Int(4),
            13 => Self::Uint(4),
            14 => Self::Int(8),
            15 => Self::Uint(8),
            16 => Self::Function,
            17 => Self::Opaque,
            _ => return None,
        })
    }

    /// Whether the values are numbers that are read.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Double | Self::Single | Self::Int(_) | Self::Uint(_) | Self::Logical
        )
    }

    /// What is refused, if the class is not read.
    pub(super) fn refused(self) -> Option<&'static str> {
        match self {
            Self::Object => Some("objects are"),
            Self::Sparse => Some("sparse numbers are"),
            Self::Function => Some("function handles are"),
            Self::Opaque => Some("objects of newer classes are"),
            _ => None,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cell => "cell",
            Self::Struct => "struct",
            Self::Object => "object",
            Self::Char => "char",
            Self::Sparse => "sparse",
            Self::Double => "double",
            Self::Single => "single",
            Self::Int(bytes) => return write!(f, "int{}", 8 * u32::from(*bytes)),
            Self::Uint(bytes) => return write!(f, "uint{}", 8 * u32::from(*bytes)),
            Self::Logical => "logical",
            Self::Function => "function_handle",
            Self::Opaque => "opaque",
        })
    }
}

/// The elements of a stored type; `None` if they are no numbers. Values of a class may be stored in a
/// smaller type.
pub(super) fn dtype(kind: u32, big_endian: bool) -> Option<Dtype> {
    let name = match kind {
        1 => "i1",
        2 => "u1",
        3 => "i2",
        4 => "u2",
        5 => "i4",
        6 => "u4",
        7 => "f4",
        9 => "f8",
        12 => "i8",
        13 => "u8",
        _ => return None,
    };
    let mut dtype = Dtype::parse(name)?;
    dtype.set_big_endian(big_endian);
    Some(dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_the_names_of_matlab() {
        let names: Vec<String> = (1..=17)
            .filter_map(|number| Class::parse(number, false))
            .map(|class| class.to_string())
            .collect();
        let expected = "cell struct object char sparse double single int8 uint8 int16 uint16 int32 \
                        uint32 int64 uint64 function_handle opaque";
        assert_eq!(names.join(" "), expected);
        assert_eq!(Class::parse(9, true), Some(Class::Logical));
        assert_eq!(
            (Class::parse(0, false), Class::parse(18, true)),
            (None, None)
        );
    }
}
