//! The shape of a dataset.
//!
//! Source: HDF5 specification, IV.A.2.b.

use super::cursor::Cursor;
use super::error::{Fault, Result};

/// Most axes that the format allows.
const AXES: u8 = 32;

/// Lengths of a dataset's axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dataspace {
    /// Empty for a scalar, a single 0 for a dataset without values.
    pub shape: Vec<u64>,
    /// The maximum length of each axis; `None` if unlimited.
    pub most: Vec<Option<u64>>,
}

impl Dataspace {
    pub fn parse(mut cursor: Cursor<'_>) -> Result<Self> {
        let version = cursor.version("dataspace", &[1, 2])?;
        let offset = cursor.offset();
        let rank = cursor.u8()?;
        if rank > AXES {
            return Err(Fault::Value {
                offset,
                what: "axes",
                found: rank.into(),
                expected: "at most 32",
            });
        }
        let grows = cursor.u8()? & 1 != 0;
        if version == 1 {
            cursor.skip(5)?;
        } else if cursor.u8()? == 2 {
            return Ok(Self::fixed(vec![0]));
        }
        let shape = (0..rank)
            .map(|_| cursor.length())
            .collect::<Result<Vec<_>>>()?;
        if !grows {
            return Ok(Self::fixed(shape));
        }
        let unlimited = u64::MAX >> (64 - 8 * u32::from(cursor.sizes().length));
        let bound = |length| (length != unlimited).then_some(length);
        let most = (0..rank)
            .map(|_| cursor.length().map(bound))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self { shape, most })
    }

    fn fixed(shape: Vec<u64>) -> Self {
        let most = shape.iter().copied().map(Some).collect();
        Self { shape, most }
    }
}

/// The product of all axes except those of length 0. If it fits, so does the product of any subset of
/// the axes.
pub(super) fn product(shape: &[u64], offset: u64) -> Result<u64> {
    let times = |total: u64, &length: &u64| total.checked_mul(length.max(1));
    shape.iter().try_fold(1, times).ok_or(Fault::Limit {
        offset,
        what: "elements of a dataset",
        limit: u64::MAX,
    })
}
