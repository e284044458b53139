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
        let mut rows = RowsDraft::default();
        let limit = reader.limits().steps;
        while rows.absent.len() < limit {
            let row = RowPart {
                values: &mut rows.values,
                d_input: rows.d_input,
            };
            let Some(features) = reader.element(&mut list, rows.absent.len(), row)? else {
                break;
            };
            rows.absent.push(features.is_none());
            rows.d_input = rows.d_input.or(features);
        }
        if rows.absent.len() == limit {
            reader.no_element(&mut list, || Fault::more_than(limit, "steps"))?;
        }
        rows.finish(reader).map_err(|fault| reader.refuse(fault))
    }

    fn object<A: MapAccess<'de>>(
        self,
        object: A,
        reader: &Reader<'_>,
    ) -> Result<Sequence, A::Error> {
        PackedPart.object(object, reader)
    }
}

/// Rows that have been read.
#[derive(Default)]
struct RowsDraft {
    /// Those of the steps that are not absent.
    values: Vec<f32>,
    /// The width of each, once there is one.
    d_input: Option<usize>,
    /// A flag for each step.
    absent: Vec<bool>,
}

impl RowsDraft {
    fn finish(self, reader: &Reader<'_>) -> Result<Sequence, Fault> {
        let Some(d_input) = self.d_input else {
            // Without a row there is no width.
            return Err(match self.absent.len() {
                0 => Fault::invalid("at least one step", "none"),
                _ => Fault::invalid(
                    "a row that is not null, or no rows where the modality is missing",
                    "null alone",
                ),
            });
        };
        let n_absent = self.absent.iter().filter(|&&absent| absent).count();
        let sequence = if n_absent == 0 {
            Sequence::new(d_input, self.values)
        } else {
            reader.tally.add_values(n_absent.saturating_mul(d_input))?;
            let mut rows = self.values.chunks_exact(d_input);
            let mut values = Vec::with_capacity(self.absent.len() * d_input);
            for &absent in &self.absent {
                if absent {
                    values.resize(values.len() + d_input, 0.0);
                } else {
                    values.extend(rows.next().into_iter().flatten());
                }
            }
            Sequence::with_absent(d_input, values, self.absent)
        };
        Ok(sequence.expect("each row has this width"))
    }
}

/// One row, which is added to the others, or null for an absent step. Its output is its width, if it has one.
struct RowPart<'v> {
    values: &'v mut Vec<f32>,
    /// The width of the rows before it.
    d_input: Option<usize>,
}

impl<'de> Part<'de> for RowPart<'_> {
    type Output = Option<usize>;

    fn expected(&self) -> String {
        "a row, which is a list of numbers, or null for an absent step".to_string()
    }

    fn null(self, _: &Reader<'_>) -> Result<Option<usize>, Fault> {
        Ok(None)
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Option<usize>, A::Error> {
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
            return Ok(Some(features));
        };
        let expected = || format!("{d_input} features as in the first row");
        if features < d_input {
            return Err(reader.refuse(Fault::invalid(expected(), features.to_string())));
        }
        reader.no_element(&mut list, || Fault::invalid(expected(), "more"))?;
        Ok(Some(features))
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
