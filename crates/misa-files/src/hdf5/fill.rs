//! The fill value: the value of elements that were never written.
//!
//! Source: HDF5 specification, IV.A.2.e and IV.A.2.f.

use super::cursor::Cursor;
use super::error::Result;
use super::header::{Header, Kind};

/// The fill value of a dataset; empty if it is zero.
pub(super) fn parse(header: &Header<'_>) -> Result<Vec<u8>> {
    let new = header.find(Kind::Fill, parse_new)?;
    match new {
        Some(fill) if !fill.is_empty() => Ok(fill),
        _ => Ok(header.find(Kind::OldFill, parse_value)?.unwrap_or_default()),
    }
}

fn parse_new(mut cursor: Cursor<'_>) -> Result<Vec<u8>> {
    let version = cursor.version("fill value", &[1, 2, 3])?;
    let defined = if version == 3 {
        cursor.u8()? & 0x20 != 0
    } else {
        cursor.skip(2)?;
        // Version 1 always writes the size.
        cursor.u8()? != 0 || version == 1
    };
    if defined {
        parse_value(cursor)
    } else {
        Ok(Vec::new())
    }
}

fn parse_value(mut cursor: Cursor<'_>) -> Result<Vec<u8>> {
    let len = cursor.u32()?;
    Ok(cursor.take(len.into())?.to_vec())
}
