//! What an array says of itself before its content: class, shape and name.

use super::error::{MatError, shown};
use super::limits::Limits;
use super::stream::Stream;
use super::tag::{MATRIX, Tag};
use super::{Class, Position};
use std::fmt;

/// Axes of an array: NumPy's most, and far above any in use.
const AXES: u64 = 32;

/// A variable, or a field of a struct, without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub(super) name: String,
    pub(super) class: Class,
    pub(super) shape: Vec<usize>,
    pub(super) is_complex: bool,
}

impl Variable {
    /// Its name. A field has the path that it was found by, such as `data.features`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Length of each axis, at least two of them; empty for [`Class::Opaque`].
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Whether its numbers have an imaginary part. Such are not read.
    pub fn is_complex(&self) -> bool {
        self.is_complex
    }

    /// Number of elements, which was checked not to overflow.
    pub(super) fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// What stands for an array in an element of no bytes.
    fn empty() -> Self {
        Self {
            name: String::new(),
            class: Class::Double,
            shape: vec![0, 0],
            is_complex: false,
        }
    }

    pub(super) fn mismatch(&self, expected: &'static str) -> MatError {
        MatError::Mismatch {
            name: shown(&self.name),
            expected,
            found: self.to_string(),
        }
    }

    pub(super) fn unsupported(&self, what: &'static str) -> MatError {
        let name = shown(&self.name);
        MatError::Unsupported { name, what }
    }
}

/// Class and shape, such as `double [200, 74]`.
impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_complex {
            f.write_str("complex ")?;
        }
        write!(f, "{} {:?}", self.class, self.shape)
    }
}

/// An array whose content comes next.
#[derive(Debug)]
pub(super) struct Part {
    pub heading: Variable,
    /// Bytes left of the array.
    pub room: u64,
    pub position: Position,
}

impl Part {
    /// Reads the tag and the heading of the next array, in a part of the file with `room` bytes left.
    pub fn read(
        stream: &mut Stream<'_>,
        room: &mut u64,
        limits: &Limits,
    ) -> Result<Self, MatError> {
        let tag = stream.tag(room)?;
        tag.check(&[MATRIX], "an array")?;
        Self::after(stream, &tag, limits)
    }

    /// Reads the heading of the array with this tag.
    pub fn after(stream: &mut Stream<'_>, tag: &Tag, limits: &Limits) -> Result<Self, MatError> {
        let mut part = Self {
            heading: Variable::empty(),
            room: tag.len,
            position: tag.position,
        };
        if tag.len > 0 {
            part.heading = heading(stream, &mut part.room, limits)?;
        }
        Ok(part)
    }

    /// Checks that nothing follows the content.
    pub fn end(&self, stream: &Stream<'_>) -> Result<(), MatError> {
        if self.room == 0 {
            return Ok(());
        }
        Err(MatError::Extra {
            position: stream.position(),
            what: "an array",
        })
    }
}

fn heading(stream: &mut Stream<'_>, room: &mut u64, limits: &Limits) -> Result<Variable, MatError> {
    let (class, is_complex) = flags(stream, room)?;
    // Newer objects have no shape.
    let shape = match class {
        Class::Opaque => Vec::new(),
        _ => shape(stream, room)?,
    };
    let tag = stream.tag(room)?;
    tag.check(&[1, 2, 16], "the name of an array")?;
    let name = stream.data(&tag, limits.name_bytes, "bytes of a name")?;
    Ok(Variable {
        name: text(&name),
        class,
        shape,
        is_complex,
    })
}

/// The class, and whether the numbers are complex.
fn flags(stream: &mut Stream<'_>, room: &mut u64) -> Result<(Class, bool), MatError> {
    let tag = stream.tag(room)?;
    tag.check(&[6], "the flags of an array")?;
    let bytes = stream.data(&tag, 8, "bytes of the flags of an array")?;
    let Some(bytes) = bytes.first_chunk() else {
        return Err(MatError::Truncated {
            position: tag.position,
            what: "the flags of an array",
            expected: 8,
            found: tag.len,
        });
    };
    let flags = stream.number(*bytes);
    let number = flags as u8;
    let class = Class::parse(number, flags & 0x0200 != 0).ok_or(MatError::Value {
        position: tag.position,
        what: "class",
        found: number.into(),
        expected: "1 to 17",
    })?;
    Ok((class, flags & 0x0800 != 0))
}

/// Lengths of the axes, whose product does not overflow.
fn shape(stream: &mut Stream<'_>, room: &mut u64) -> Result<Vec<usize>, MatError> {
    let tag = stream.tag(room)?;
    let position = tag.position;
    tag.check(&[5, 6], "the shape of an array")?;
    let bytes = stream.data(&tag, 4 * AXES, "bytes of a shape")?;
    let (axes, rest) = bytes.as_chunks::<4>();
    if axes.len() < 2 || !rest.is_empty() {
        return Err(MatError::Value {
            position,
            what: "bytes of a shape",
            found: tag.len as i64,
            expected: "8 and more, 4 for each axis",
        });
    }
    let axis = |&bytes: &[u8; 4]| {
        let found = stream.number(bytes) as i32;
        usize::try_from(found).map_err(|_| MatError::Value {
            position,
            what: "length of an axis",
            found: found.into(),
            expected: "at least 0",
        })
    };
    let shape: Vec<usize> = axes.iter().map(axis).collect::<Result<_, _>>()?;
    // Overflow counts even where another axis is 0, so that no product of axes ever overflows.
    let bytes = shape
        .iter()
        .try_fold(8_usize, |product, &axis| product.checked_mul(axis.max(1)));
    if bytes.is_none() {
        return Err(MatError::Value {
            position,
            what: "axes of an array",
            found: shape.len() as i64,
            expected: "a product that can be counted",
        });
    }
    Ok(shape)
}

/// A name, which ends at the first zero.
pub(super) fn text(bytes: &[u8]) -> String {
    let name = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    crate::dtype::byte_text(name)
}
