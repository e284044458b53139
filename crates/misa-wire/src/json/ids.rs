//! Word ids.

use super::reader::{Part, Reader};
use crate::error::Fault;
use crate::values::WORD_ID;
use serde::de::SeqAccess;

/// At least one word id.
pub(super) struct IdsPart;

impl<'de> Part<'de> for IdsPart {
    type Output = Vec<u32>;

    fn expected(&self) -> String {
        "a list of word ids".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Vec<u32>, A::Error> {
        let mut ids = Vec::new();
        let limit = reader.limits().steps;
        while ids.len() < limit {
            let Some(id) = reader.element(&mut list, ids.len(), WordIdPart)? else {
                break;
            };
            ids.push(id);
        }
        if ids.len() == limit {
            reader.no_element(&mut list, || Fault::more_than(limit, "steps"))?;
        }
        if ids.is_empty() {
            return Err(reader.refuse(Fault::invalid("at least one word id", "none")));
        }
        Ok(ids)
    }
}

/// The id of a word.
struct WordIdPart;

impl<'de> Part<'de> for WordIdPart {
    type Output = u32;

    fn expected(&self) -> String {
        WORD_ID.to_string()
    }

    fn whole(self, number: u64, reader: &Reader<'_>) -> Result<u32, Fault> {
        reader.tally.add_values(1)?;
        u32::try_from(number).map_err(|_| self.wrong(number.to_string()))
    }
}
