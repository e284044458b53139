//! Rows of features.

use super::packed::PackedPart;
use super::reader::{Part, Reader};
use crate::error::Fault;
use crate::values::{self, NUMBER};
use misa_terms::Sequence;
use serde::de::{MapAccess, SeqAccess};

/// Rows of features, `[steps, d_input]`, as lists or as shape and base64.
pub(super) struct RowsPart;

impl<'de> Part<'de> for RowsPart {
    type Output = Sequence;

    fn expected(&self) -> String {
        "a list of rows, or an object of `shape` and `base64`".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Sequence, A::Error> {
        let (mut values, mut steps, mut d_input) = (Vec::new(), 0, 0);
        let limit = reader.limits().steps;
        while steps < limit {
            let row = RowPart {
                values: &mut values,
                d_input: (steps > 0).then_some(d_input),
            };
            let Some(features) = reader.element(&mut list, steps, row)? else {
                break;
            };
            d_input = features;
            steps += 1;
        }
        if steps == limit {
            reader.no_element(&mut list, || Fault::more_than(limit, "steps"))?;
        }
        // No rows have no width, so they make no sequence.
        let rows = Sequence::new(d_input, values);
        rows.ok_or_else(|| reader.refuse(Fault::invalid("at least one step", "none")))
    }

    fn object<A: MapAccess<'de>>(
        self,
        object: A,
        reader: &Reader<'_>,
    ) -> Result<Sequence, A::Error> {
        PackedPart.object(object, reader)
    }
}

/// One row, which is added to the others. Its output is its width.
struct RowPart<'v> {
    values: &'v mut Vec<f32>,
    /// The width of the rows before it.
    d_input: Option<usize>,
}

impl<'de> Part<'de> for RowPart<'_> {
    type Output = usize;

    fn expected(&self) -> String {
        "a row, which is a list of numbers".to_string()
    }

    fn list<A: SeqAccess<'de>>(self, mut list: A, reader: &Reader<'_>) -> Result<usize, A::Error> {
        let mut features = 0;
        while self.d_input != Some(features) {
            let Some(value) = reader.element(&mut list, features, FeaturePart)? else {
                break;
            };
            self.values.push(value);
            features += 1;
        }
        let Some(d_input) = self.d_input else {
            if features == 0 {
                return Err(reader.refuse(Fault::invalid("at least one feature", "none")));
            }
            return Ok(features);
        };
        let expected = || format!("{d_input} features as in the first row");
        if features < d_input {
            return Err(reader.refuse(Fault::invalid(expected(), features.to_string())));
        }
        reader.no_element(&mut list, || Fault::invalid(expected(), "more"))?;
        Ok(features)
    }
}

/// One feature.
struct FeaturePart;

impl<'de> Part<'de> for FeaturePart {
    type Output = f32;

    fn expected(&self) -> String {
        NUMBER.to_string()
    }

    fn number(self, number: f64, reader: &Reader<'_>) -> Result<f32, Fault> {
        reader.tally.add_values(1)?;
        values::float(number)
    }

    fn whole(self, number: u64, reader: &Reader<'_>) -> Result<f32, Fault> {
        self.number(number as f64, reader)
    }
}
