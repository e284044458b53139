//! The content of an array.

use super::class::dtype;
use super::error::{MatError, shown};
use super::heading::{Part, text};
use super::limits::Limits;
use super::stream::Stream;
use super::tag::{MATRIX, TAG};
use super::{Array, Class, Struct, Value};
use crate::dtype::Dtype;

/// Names that a message lists.
const LISTED: usize = 8;

/// Reads one variable, and counts what it takes.
pub(super) struct Reader<'s> {
    pub stream: Stream<'s>,
    limits: Limits,
    /// Cells, fields and lines that may still be read.
    items: usize,
    /// Bytes of texts that may still be read.
    text: u64,
}

impl<'s> Reader<'s> {
    pub fn new(stream: Stream<'s>, limits: &Limits) -> Self {
        Self {
            stream,
            limits: *limits,
            items: limits.items,
            text: limits.text_bytes,
        }
    }

    /// The value of an array at `depth` cells and structs.
    pub fn value(&mut self, part: Part, depth: usize) -> Result<Value, MatError> {
        match part.heading.class {
            Class::Char => self.lines(part).map(Value::Text),
            Class::Cell => self.cell(part, depth).map(Value::Cell),
            Class::Struct => self.structs(part, depth).map(Value::Struct),
            _ => self
                .numbers(part, |dtype, bytes, values| dtype.doubles(bytes, values))
                .map(Value::Numbers),
        }
    }

    /// The numbers of an array, where `convert` appends those in a piece of bytes.
    pub fn numbers<T>(
        &mut self,
        mut part: Part,
        convert: impl Fn(Dtype, &[u8], &mut Vec<T>) -> Option<()>,
    ) -> Result<Array<T>, MatError> {
        let heading = &part.heading;
        if let Some(what) = heading.class.refused() {
            return Err(heading.unsupported(what));
        }
        if !heading.class.is_number() {
            return Err(heading.mismatch("numbers"));
        }
        if heading.is_complex {
            return Err(heading.unsupported("complex numbers are"));
        }
        let (shape, count) = (heading.shape.clone(), heading.count());
        if count == 0 && part.room == 0 {
            let values = Vec::new();
            return Ok(Array { shape, values });
        }
        let tag = self.stream.tag(&mut part.room)?;
        let is_no_number = MatError::Kind {
            position: tag.position,
            expected: "numbers",
            found: tag.kind,
        };
        let dtype = dtype(tag.kind, self.stream.big_endian).ok_or(is_no_number)?;
        // The product of the axes and 8 was checked.
        if (count * dtype.size()) as u64 != tag.len {
            return Err(MatError::Size {
                position: tag.position,
                shape,
                size: dtype.size(),
                found: tag.len,
            });
        }
        let mut values = Vec::new();
        if !self.stream.is_packed() {
            // The bytes are in the file.
            reserve(&mut values, count)?;
        }
        self.stream.pieces(&tag, |piece| {
            grow(&mut values, piece.len() / dtype.size(), count)?;
            convert(dtype, piece, &mut values).expect("types of numbers convert to numbers");
            Ok(())
        })?;
        part.end(&self.stream)?;
        Ok(Array { shape, values })
    }

    /// The part of the single struct in `part` that is called `name`, at the path `path`.
    pub fn field(&mut self, mut part: Part, name: &str, path: &str) -> Result<Part, MatError> {
        if part.heading.class != Class::Struct || part.heading.count() != 1 {
            return Err(part.heading.mismatch("a single struct"));
        }
        let names = self.names(&mut part)?;
        let Some(index) = names.iter().position(|field| field == name) else {
            return Err(missing(path, names.iter().map(String::as_str)));
        };
        for _ in 0..index {
            let tag = self.stream.tag(&mut part.room)?;
            tag.check(&[MATRIX], "an array")?;
            self.stream.pass(&tag)?;
        }
        let mut field = Part::read(&mut self.stream, &mut part.room, &self.limits)?;
        field.heading.name = path.to_string();
        Ok(field)
    }

    fn cell(&mut self, mut part: Part, depth: usize) -> Result<Array<Value>, MatError> {
        let count = part.heading.count();
        let values = self.values(&mut part, count, depth)?;
        let shape = part.heading.shape;
        Ok(Array { shape, values })
    }

    fn structs(&mut self, mut part: Part, depth: usize) -> Result<Struct, MatError> {
        let fields = self.names(&mut part)?;
        let count = part.heading.count().saturating_mul(fields.len());
        let values = self.values(&mut part, count, depth)?;
        Ok(Struct {
            shape: part.heading.shape,
            fields,
            values,
        })
    }

    /// The `count` arrays that are the rest of `part`.
    fn values(
        &mut self,
        part: &mut Part,
        count: usize,
        depth: usize,
    ) -> Result<Vec<Value>, MatError> {
        let limit = self.limits.depth;
        if depth >= limit {
            return Err(MatError::Limit {
                position: part.position,
                what: "depth of cells and structs",
                found: depth as u64 + 1,
                limit: limit as u64,
            });
        }
        self.charge(part, count)?;
        // Each takes a tag at least.
        let least = (count as u64).saturating_mul(TAG);
        if least > part.room {
            return Err(MatError::Truncated {
                position: part.position,
                what: "cells or fields",
                expected: least,
                found: part.room,
            });
        }
        let mut values = Vec::new();
        for _ in 0..count {
            let item = Part::read(&mut self.stream, &mut part.room, &self.limits)?;
            values.push(self.value(item, depth + 1)?);
        }
        part.end(&self.stream)?;
        Ok(values)
    }

    /// Names of the fields of a struct.
    fn names(&mut self, part: &mut Part) -> Result<Vec<String>, MatError> {
        let tag = self.stream.tag(&mut part.room)?;
        tag.check(&[5], "the length of the names of fields")?;
        let bytes = self.stream.data(&tag, 4, "bytes of a length")?;
        let length = bytes
            .first_chunk()
            .map_or(0, |&bytes| self.stream.number(bytes) as i32);
        let limit = self.limits.name_bytes;
        let len = usize::try_from(length).ok();
        let Some(len) = len.filter(|&len| len > 0 && len as u64 <= limit) else {
            return Err(MatError::Value {
                position: tag.position,
                what: "length of the names of fields",
                found: length.into(),
                expected: "1 and more, as many as names may have",
            });
        };
        let tag = self.stream.tag(&mut part.room)?;
        tag.check(&[1, 2, 16], "the names of fields")?;
        let bytes = self
            .stream
            .data(&tag, limit, "bytes of the names of fields")?;
        if bytes.len() % len != 0 {
            return Err(MatError::Value {
                position: tag.position,
                what: "bytes of the names of fields",
                found: tag.len as i64,
                expected: "a multiple of the length of a name",
            });
        }
        let names: Vec<String> = bytes.chunks_exact(len).map(text).collect();
        unique(names.iter().map(String::as_str))?;
        Ok(names)
    }

    /// Takes `count` items from what may be read.
    pub fn charge(&mut self, part: &Part, count: usize) -> Result<(), MatError> {
        let rest = self.items.checked_sub(count).ok_or(MatError::Limit {
            position: part.position,
            what: "cells, fields and lines",
            found: (self.limits.items - self.items).saturating_add(count) as u64,
            limit: self.limits.items as u64,
        })?;
        self.items = rest;
        Ok(())
    }

    /// Takes `bytes` of text from what may be read.
    pub fn charge_text(&mut self, part: &Part, bytes: u64) -> Result<(), MatError> {
        let rest = self.text.checked_sub(bytes).ok_or(MatError::Limit {
            position: part.position,
            what: "bytes of texts",
            found: (self.limits.text_bytes - self.text).saturating_add(bytes),
            limit: self.limits.text_bytes,
        })?;
        self.text = rest;
        Ok(())
    }
}

/// Makes room for `additional` values more, of `count` in all, by doubling what there is: bytes that are
/// unpacked may end early.
fn grow<T>(values: &mut Vec<T>, additional: usize, count: usize) -> Result<(), MatError> {
    if values.capacity() - values.len() >= additional {
        return Ok(());
    }
    let most = count - values.len();
    reserve(values, most.min(additional.max(values.len())))
}

fn reserve<T>(values: &mut Vec<T>, additional: usize) -> Result<(), MatError> {
    let bytes = additional.saturating_mul(size_of::<T>()) as u64;
    values
        .try_reserve_exact(additional)
        .map_err(|_| MatError::Memory { bytes })
}

/// Refuses a name that occurs twice.
pub(super) fn unique<'n>(names: impl Iterator<Item = &'n str>) -> Result<(), MatError> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(MatError::Duplicate {
            name: shown(pair[0]),
        }),
        None => Ok(()),
    }
}

/// The error for a name that is none of `names`.
pub(super) fn missing<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> MatError {
    MatError::Missing {
        name: shown(name),
        expected: names.take(LISTED).map(shown).collect(),
    }
}
