//! The names that files have for the variants of a type.

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// The names of the variants of `T`, in the order of its declaration; none if it has no variants.
pub(crate) fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut listener = Listener { names: &[] };
    // Only what the type asks for is of interest, not the value that it cannot have.
    let _ = T::deserialize(&mut listener);
    listener.names
}

/// Notes which variants a type asks for, and gives it none of them.
struct Listener {
    names: &'static [&'static str],
}

impl<'de> Deserializer<'de> for &mut Listener {
    type Error = Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.names = names;
        Err(Error::custom("the names are known"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a type without variants"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Split, Task};

    #[test]
    fn names_are_those_of_files() {
        assert_eq!(names::<Task>(), ["regression", "classification"]);
        assert_eq!(names::<Split>(), ["train", "valid", "test"]);
        assert!(names::<usize>().is_empty());
    }
}
