//! Rows of features as shape and base64.

use super::keys::Keys;
use super::reader::{Part, Reader};
use crate::error::Fault;
use crate::values::{self, check_rows};
use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};
use misa_terms::Sequence;
use serde::de::{MapAccess, SeqAccess};

/// Rows of features, `[steps, d_input]`, as little-endian `f32`, and the numbers of absent steps.
pub(super) struct PackedPart;

impl<'de> Part<'de> for PackedPart {
    type Output = Sequence;

    fn expected(&self) -> String {
        "an object of `shape` and `base64`".to_string()
    }

    fn object<A: MapAccess<'de>>(
        self,
        mut object: A,
        reader: &Reader<'_>,
    ) -> Result<Sequence, A::Error> {
        let mut keys = Keys::new(&["shape", "base64", "absent"]);
        let (mut shape, mut bytes, mut absent) = (None, None, Vec::new());
        while let Some(key) = keys.next(&mut object, reader)? {
            match key {
                "shape" => shape = Some(reader.value(&mut object, key, ShapePart)?),
                "absent" => absent = reader.value(&mut object, key, AbsentPart)?,
                _ => bytes = Some(reader.value(&mut object, key, BytesPart)?),
            }
        }
        let (Some(shape), Some(bytes)) = (shape, bytes) else {
            let missing = if shape.is_none() { "shape" } else { "base64" };
            let fault = Fault::invalid("`shape` and `base64`", format!("no `{missing}`"));
            return Err(reader.refuse(fault));
        };
        let checked = check_rows(shape, 4, bytes.len(), &reader.tally);
        checked.map_err(|fault| reader.refuse(fault))?;
        let number = |bytes| f64::from(f32::from_le_bytes(bytes));
        let rows = values::rows(shape, &bytes, number);
        let rows = rows.map_err(|(place, fault)| reader.refuse_number(place, fault))?;
        let mut flags = vec![false; rows.steps()];
        for step in absent {
            let Some(flag) = flags.get_mut(step) else {
                let expected = format!("numbers of {} steps from 0", rows.steps());
                let fault = Fault::invalid(expected, step.to_string());
                return Err(reader.refuse_key("absent", fault));
            };
            *flag = true;
        }
        values::with_absent(rows, flags).map_err(|fault| reader.refuse(fault))
    }
}

/// Numbers of absent steps, from 0.
struct AbsentPart;

impl<'de> Part<'de> for AbsentPart {
    type Output = Vec<usize>;

    fn expected(&self) -> String {
        "a list of the numbers of absent steps".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Vec<usize>, A::Error> {
        let mut steps = Vec::new();
        let limit = reader.limits().steps;
        while steps.len() < limit {
            let Some(step) = reader.element(&mut list, steps.len(), AxisPart)? else {
                return Ok(steps);
            };
            steps.push(step);
        }
        reader.no_element(&mut list, || Fault::more_than(limit, "steps"))?;
        Ok(steps)
    }
}

/// The shape of rows, `[steps, d_input]`.
struct ShapePart;

impl<'de> Part<'de> for ShapePart {
    type Output = [usize; 2];

    fn expected(&self) -> String {
        "a shape [steps, features]".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<[usize; 2], A::Error> {
        let mut shape = [0; 2];
        for (index, axis) in shape.iter_mut().enumerate() {
            let Some(length) = reader.element(&mut list, index, AxisPart)? else {
                let found = format!("{index} axes");
                return Err(reader.refuse(Fault::invalid(self.expected(), found)));
            };
            *axis = length;
        }
        let expected = self.expected();
        reader.no_element(&mut list, || Fault::invalid(expected, "more axes"))?;
        Ok(shape)
    }
}

/// The length of an axis.
struct AxisPart;

impl<'de> Part<'de> for AxisPart {
    type Output = usize;

    fn expected(&self) -> String {
        "a count".to_string()
    }

    fn whole(self, number: u64, _: &Reader<'_>) -> Result<usize, Fault> {
        usize::try_from(number).map_err(|_| self.wrong(number.to_string()))
    }
}

/// Bytes in base64.
struct BytesPart;

impl<'de> Part<'de> for BytesPart {
    type Output = Vec<u8>;

    fn expected(&self) -> String {
        "base64".to_string()
    }

    fn text(self, text: &str, reader: &Reader<'_>) -> Result<Vec<u8>, Fault> {
        // Three bytes of four in four characters.
        let limit = reader.limits().values;
        if text.len() / 4 * 3 / 4 > limit {
            return Err(Fault::more_than(limit, "numbers"));
        }
        STANDARD
            .decode(text)
            .map_err(|error| Fault::invalid("base64 with padding", fault_of_base64(&error)))
    }
}

fn fault_of_base64(error: &DecodeError) -> String {
    match error {
        DecodeError::InvalidByte(index, byte) => {
            format!("`{}` at byte {index}", byte.escape_ascii())
        }
        DecodeError::InvalidLength(len) => format!("{len} characters"),
        DecodeError::InvalidLastSymbol { offset, symbol, .. } => {
            format!(
                "`{}` at byte {offset}, which sets unused bits",
                symbol.escape_ascii()
            )
        }
        DecodeError::InvalidPadding => "wrong padding".to_string(),
    }
}
