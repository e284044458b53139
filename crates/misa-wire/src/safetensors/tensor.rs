//! Rows and word ids of a tensor.

use crate::error::{Fault, WireError};
use crate::tally::Tally;
use crate::values::{self, WORD_ID};
use misa_terms::Sequence;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

/// Whether a tensor of text has word ids, instead of vectors.
pub(super) fn has_ids(tensor: &TensorView<'_>) -> bool {
    matches!(tensor.dtype(), Dtype::I64 | Dtype::I32 | Dtype::U32)
}

/// The rows of a tensor of `[steps, d_input]`.
///
/// - expected: the dtypes that it may have
pub(super) fn rows(
    name: &str,
    tensor: &TensorView<'_>,
    expected: &'static str,
    tally: &Tally<'_>,
) -> Result<Sequence, WireError> {
    let size = match tensor.dtype() {
        Dtype::F32 => 4,
        Dtype::F64 => 8,
        other => return Err(Fault::invalid(expected, format!("{other:?}")).at(name)),
    };
    let &[steps, d_input] = tensor.shape() else {
        return Err(wrong_shape("[steps, features]", tensor).at(name));
    };
    let (shape, bytes) = ([steps, d_input], tensor.data());
    values::check_rows(shape, size, bytes.len(), tally).map_err(|fault| fault.at(name))?;
    let rows = if size == 4 {
        values::rows(shape, bytes, |number| f64::from(f32::from_le_bytes(number)))
    } else {
        values::rows(shape, bytes, f64::from_le_bytes)
    };
    rows.map_err(|([row, column], fault)| fault.at(format!("{name}[{row}][{column}]")))
}

/// The flags of a tensor of `[steps]`.
pub(super) fn flags(
    name: &str,
    tensor: &TensorView<'_>,
    tally: &Tally<'_>,
) -> Result<Vec<bool>, WireError> {
    if !matches!(tensor.dtype(), Dtype::U8 | Dtype::BOOL) {
        let found = format!("{:?}", tensor.dtype());
        return Err(Fault::invalid("flags of dtype U8 or BOOL", found).at(name));
    }
    let &[steps] = tensor.shape() else {
        return Err(wrong_shape("[steps] of flags", tensor).at(name));
    };
    tally.check_steps(steps).map_err(|fault| fault.at(name))?;
    let flag = |(index, &flag): (usize, &u8)| match flag {
        0 => Ok(false),
        1 => Ok(true),
        other => {
            let fault = Fault::invalid("a flag of 0 or 1", other.to_string());
            Err(fault.at(format!("{name}[{index}]")))
        }
    };
    tensor.data().iter().enumerate().map(flag).collect()
}

/// The word ids of a tensor of `[steps]`, for which [`has_ids`] holds.
pub(super) fn ids(
    name: &str,
    tensor: &TensorView<'_>,
    tally: &Tally<'_>,
) -> Result<Vec<u32>, WireError> {
    let &[steps] = tensor.shape() else {
        return Err(wrong_shape("[steps] of word ids", tensor).at(name));
    };
    if steps == 0 {
        return Err(Fault::invalid("at least one word id", "none").at(name));
    }
    let checked = tally
        .check_steps(steps)
        .and_then(|()| tally.add_values(steps));
    checked.map_err(|fault| fault.at(name))?;
    let bytes = tensor.data();
    let ids = match tensor.dtype() {
        Dtype::I64 => convert(bytes, i64::from_le_bytes),
        Dtype::I32 => convert(bytes, |id| i32::from_le_bytes(id).into()),
        _ => convert(bytes, |id| u32::from_le_bytes(id).into()),
    };
    ids.map_err(|(index, id)| {
        Fault::invalid(WORD_ID, id.to_string()).at(format!("{name}[{index}]"))
    })
}

/// The ids in `bytes`, or the first that is none with its place.
fn convert<const N: usize>(
    bytes: &[u8],
    id: impl Fn([u8; N]) -> i64,
) -> Result<Vec<u32>, (usize, i64)> {
    let (ids, _) = bytes.as_chunks::<N>();
    let ids = ids.iter().enumerate().map(|(index, &bytes)| {
        let id = id(bytes);
        u32::try_from(id).map_err(|_| (index, id))
    });
    ids.collect()
}

fn wrong_shape(expected: &'static str, tensor: &TensorView<'_>) -> Fault {
    let found = match tensor.shape() {
        shape if shape.len() <= 4 => format!("{shape:?}"),
        shape => format!("{} axes", shape.len()),
    };
    Fault::invalid(format!("a shape {expected}"), found)
}
