//! An open file and its variables.

use super::error::{MatError, Position};
use super::heading::{Part, Variable};
use super::limits::Limits;
use super::reader::{Reader, missing, unique};
use super::stream::Stream;
use super::tag::{MATRIX, PACKED, TAG, Tag};
use super::{Array, Value};
use crate::Source;
use crate::dtype::Dtype;

/// Bytes before the first variable.
const HEAD: u64 = 128;

/// Offset of the version and of the mark that tells the order of bytes.
const VERSION: u64 = 124;

/// A MATLAB file of level 5 whose variables are listed, but not read.
#[derive(Debug)]
pub struct Mat<'a> {
    source: Source<'a>,
    big_endian: bool,
    limits: Limits,
    variables: Vec<Variable>,
    /// Where each variable is.
    extents: Vec<Extent>,
}

/// The element of a variable.
#[derive(Clone, Copy, Debug)]
struct Extent {
    /// Where it starts, its tag included.
    offset: u64,
    /// Bytes that are packed, after the tag; `None` if they are not.
    packed: Option<u64>,
}

impl<'a> Mat<'a> {
    /// Opens the file in `source` and lists its variables. An element without a name, in which MATLAB keeps
    /// what belongs to objects, is no variable.
    ///
    /// # Errors
    ///
    /// [`MatError`] when this is not a file of level 5, an element is longer than the file, a heading cannot
    /// be read or exceeds `limits`, or a name occurs twice.
    pub fn open(source: Source<'a>, limits: &Limits) -> Result<Self, MatError> {
        let mut file = Self {
            big_endian: is_big_endian(&source)?,
            source,
            limits: *limits,
            variables: Vec::new(),
            extents: Vec::new(),
        };
        let mut offset = HEAD;
        while offset < file.source.len() {
            offset = file.list(offset)?;
        }
        unique(file.variables.iter().map(Variable::name))?;
        Ok(file)
    }

    /// The variables, in the order of the file.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Class and shape of a variable, or of a field: `data.features` is the field `features` of the single
    /// struct `data`.
    ///
    /// # Errors
    ///
    /// [`MatError::Missing`], [`MatError::Mismatch`] when the path continues below what is no single struct,
    /// and any fault of the file.
    pub fn find(&self, path: &str) -> Result<Variable, MatError> {
        let mut walk = self.walk(path)?;
        walk.part().map(|part| part.heading)
    }

    /// The value of a variable or field.
    ///
    /// # Errors
    ///
    /// As for [`find`](Self::find), and [`MatError::Unsupported`] for complex and sparse numbers, objects and
    /// functions.
    pub fn read(&self, path: &str) -> Result<Value, MatError> {
        self.with(path, |reader, part| reader.value(part, 0))
    }

    /// The numbers of a variable or field, in single precision.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), and [`MatError::Mismatch`] when it holds no numbers.
    pub fn floats(&self, path: &str) -> Result<Array<f32>, MatError> {
        self.numbers(path, |dtype, bytes, values| dtype.floats(bytes, values))
    }

    /// The numbers of a variable or field, in double precision. Integers beyond 2^53 are rounded.
    ///
    /// # Errors
    ///
    /// As for [`floats`](Self::floats).
    pub fn doubles(&self, path: &str) -> Result<Array<f64>, MatError> {
        self.numbers(path, |dtype, bytes, values| dtype.doubles(bytes, values))
    }

    fn numbers<T>(
        &self,
        path: &str,
        convert: impl Fn(Dtype, &[u8], &mut Vec<T>) -> Option<()>,
    ) -> Result<Array<T>, MatError> {
        self.with(path, |reader, part| reader.numbers(part, convert))
    }

    /// What `read` makes of the array at `path`, once the rest of its variable agrees with its checksum.
    fn with<T>(
        &self,
        path: &str,
        read: impl FnOnce(&mut Reader<'_>, Part) -> Result<T, MatError>,
    ) -> Result<T, MatError> {
        let mut walk = self.walk(path)?;
        let part = walk.part()?;
        let value = read(&mut walk.reader, part)?;
        walk.reader.stream.finish(TAG + walk.tag.len)?;
        Ok(value)
    }

    fn walk<'p>(&'p self, path: &'p str) -> Result<Walk<'p>, MatError> {
        let name = path.split('.').next().unwrap_or_default();
        let names = self.variables.iter().map(Variable::name);
        let Some(index) = names.clone().position(|known| known == name) else {
            return Err(missing(name, names));
        };
        let (stream, tag) = self.element(self.extents[index])?;
        Ok(Walk {
            reader: Reader::new(stream, &self.limits),
            tag,
            limits: self.limits,
            path,
        })
    }

    /// Lists the variable at `offset`, and returns where the next one is.
    fn list(&mut self, offset: u64) -> Result<u64, MatError> {
        let mut stream = Stream::stored(&self.source, offset, self.big_endian);
        let position = stream.position();
        if self.variables.len() >= self.limits.variables {
            let limit = self.limits.variables as u64;
            return Err(MatError::Limit {
                position,
                what: "variables",
                found: limit + 1,
                limit,
            });
        }
        let mut room = self.source.len() - offset;
        let tag = stream.tag(&mut room)?;
        tag.check(&[MATRIX, PACKED], "a variable")?;
        let extent = Extent {
            offset,
            packed: (tag.kind == PACKED).then_some(tag.len),
        };
        let (mut stream, tag) = self.element(extent)?;
        let heading = Part::after(&mut stream, &tag, &self.limits)?.heading;
        drop(stream);
        if !heading.name.is_empty() {
            self.variables.push(heading);
            self.extents.push(extent);
        }
        Ok(self.source.len() - room)
    }

    /// The bytes of a variable after its tag, and the tag.
    fn element(&self, extent: Extent) -> Result<(Stream<'_>, Tag), MatError> {
        let Some(len) = extent.packed else {
            let mut stream = Stream::stored(&self.source, extent.offset, self.big_endian);
            let tag = stream.tag(&mut (self.source.len() - extent.offset))?;
            return Ok((stream, tag));
        };
        let mut stream = Stream::packed(&self.source, extent.offset + TAG, len, self.big_endian);
        let tag = stream.tag(&mut u64::MAX.clone())?;
        tag.check(&[MATRIX], "an array")?;
        let limit = self.limits.unpacked_bytes;
        if tag.len > limit {
            return Err(MatError::Limit {
                position: tag.position,
                what: "unpacked bytes",
                found: tag.len,
                limit,
            });
        }
        Ok((stream, tag))
    }
}

/// The way to an array inside a variable.
struct Walk<'p> {
    reader: Reader<'p>,
    /// The tag of the variable.
    tag: Tag,
    limits: Limits,
    path: &'p str,
}

impl Walk<'_> {
    fn part(&mut self) -> Result<Part, MatError> {
        let mut part = Part::after(&mut self.reader.stream, &self.tag, &self.limits)?;
        // The end of the path of each field.
        let ends = self.path.match_indices('.').map(|(end, _)| end).skip(1);
        let ends = ends.chain([self.path.len()]);
        let names = self.path.split('.').skip(1);
        for (depth, (name, end)) in names.zip(ends).enumerate() {
            if depth >= self.limits.depth {
                return Err(MatError::Limit {
                    position: part.position,
                    what: "depth of cells and structs",
                    found: depth as u64 + 1,
                    limit: self.limits.depth as u64,
                });
            }
            part = self.reader.field(part, name, &self.path[..end])?;
        }
        Ok(part)
    }
}

/// The order of bytes, from the last bytes of the head.
fn is_big_endian(source: &Source<'_>) -> Result<bool, MatError> {
    let mut found = [0; 4];
    source
        .read(VERSION, &mut found)
        .map_err(|source| MatError::Read {
            position: Position {
                offset: VERSION,
                unpacked: None,
            },
            expected: "the head of a file of level 5",
            source,
        })?;
    let [a, b, mark @ ..] = found;
    // The mark is "MI" as a number of two bytes.
    let (big_endian, version) = match &mark {
        b"IM" => (false, u16::from_le_bytes([a, b])),
        b"MI" => (true, u16::from_be_bytes([a, b])),
        _ => return Err(MatError::Start { found }),
    };
    if version != 0x0100 {
        return Err(MatError::Version { found: version });
    }
    Ok(big_endian)
}
