//! The header of an array: element type, order and shape.

use super::NpyError;
use super::literal::Literal;
use crate::Source;
use crate::dtype::{Dtype, DtypeKind};

const MAGIC: [u8; 6] = *b"\x93NUMPY";

/// Longest header: the most that version 1 can state. NumPy itself stops at 10,000 by default.
const LONGEST: u64 = 1 << 16;

/// The header of an array, checked against the size of the file.
#[derive(Debug)]
pub(super) struct Header {
    pub dtype: Dtype,
    pub fortran: bool,
    pub shape: Vec<usize>,
    /// Number of elements.
    pub len: usize,
    /// Where the elements start.
    pub start: u64,
}

impl Header {
    pub fn read(source: &Source<'_>) -> Result<Self, NpyError> {
        let (text_start, text_len) = extent(source)?;
        if text_len > LONGEST {
            return Err(NpyError::HeaderLength {
                found: text_len,
                limit: LONGEST,
            });
        }
        let text = source
            .bytes(text_start, text_len as usize)
            .map_err(|source| unread(text_start, "the header", source))?;
        let fields = Literal::new(&text, text_start).fields()?;
        let Some(dtype) = Dtype::parse(fields.dtype) else {
            return Err(NpyError::Dtype {
                offset: fields.dtype_offset,
                found: fields.dtype.chars().take(40).collect(),
            });
        };
        let (start, fortran) = (text_start + text_len, fields.fortran);
        let found = source.len() - start;
        let Some((shape, len)) = sizes(&fields.shape, dtype, found) else {
            return Err(NpyError::Size {
                offset: start,
                shape: fields.shape,
                size: dtype.size(),
                found,
            });
        };
        Ok(Self {
            dtype,
            fortran,
            shape,
            len,
            start,
        })
    }
}

/// Where the text of the header starts, and its length.
fn extent(source: &Source<'_>) -> Result<(u64, u64), NpyError> {
    let read = |offset, bytes: &mut [u8]| {
        source
            .read(offset, bytes)
            .map_err(|source| unread(offset, "the start of an array", source))
    };
    let mut found = [0; 6];
    read(0, &mut found)?;
    if found != MAGIC {
        return Err(NpyError::Start { found });
    }
    let mut version = [0; 2];
    read(6, &mut version)?;
    match version {
        [1, 0] => {
            let mut len = [0; 2];
            read(8, &mut len)?;
            Ok((10, u16::from_le_bytes(len).into()))
        }
        [2 | 3, 0] => {
            let mut len = [0; 4];
            read(8, &mut len)?;
            Ok((12, u32::from_le_bytes(len).into()))
        }
        [major, minor] => Err(NpyError::Version { major, minor }),
    }
}

/// Axes and number of elements, if they fill the `found` bytes exactly. Objects are stored as a
/// pickle, whose size is not checked here.
fn sizes(shape: &[u64], dtype: Dtype, found: u64) -> Option<(Vec<usize>, usize)> {
    let axes: Vec<usize> = shape
        .iter()
        .map(|&axis| usize::try_from(axis).ok())
        .collect::<Option<_>>()?;
    let len = axes
        .iter()
        .try_fold(1_usize, |len, &axis| len.checked_mul(axis))?;
    let bytes = len.checked_mul(dtype.size())?;
    (dtype.kind() == DtypeKind::Object || bytes as u64 == found).then_some((axes, len))
}

pub(super) fn unread(offset: u64, expected: &'static str, source: std::io::Error) -> NpyError {
    NpyError::Read {
        offset,
        expected,
        source,
    }
}
