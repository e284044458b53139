//! The header of safetensors, of which only names and texts are read here.

use super::keys::AnyKey;
use super::reader::{Part, Reader};
use crate::error::{Fault, quoted};
use crate::safetensors::{Listing, METADATA, check_tensor_name, check_text_name};
use serde::de::{IgnoredAny, MapAccess};
use std::collections::BTreeSet;

/// The names and texts of a header.
pub(super) struct ListingPart;

impl<'de> Part<'de> for ListingPart {
    type Output = Listing;

    fn expected(&self) -> String {
        "an object of tensors".to_string()
    }

    fn object<A: MapAccess<'de>>(
        self,
        mut object: A,
        reader: &Reader<'_>,
    ) -> Result<Listing, A::Error> {
        let mut listing = Listing::default();
        let mut seen = BTreeSet::new();
        while let Some(name) = reader.key(&mut object, AnyKey)? {
            if name == METADATA {
                listing.texts = reader.value(&mut object, METADATA, TextsPart)?;
            } else {
                let known = check_tensor_name(&name, reader.limits());
                known.map_err(|fault| reader.refuse(fault))?;
                object.next_value::<IgnoredAny>()?;
                listing.tensors.push(name.clone());
            }
            once(&mut seen, name).map_err(|fault| reader.refuse(fault))?;
        }
        Ok(listing)
    }
}

/// Texts by their names.
struct TextsPart;

impl<'de> Part<'de> for TextsPart {
    type Output = Vec<(String, String)>;

    fn expected(&self) -> String {
        "an object of texts".to_string()
    }

    fn object<A: MapAccess<'de>>(
        self,
        mut object: A,
        reader: &Reader<'_>,
    ) -> Result<Self::Output, A::Error> {
        let mut texts = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(name) = reader.key(&mut object, AnyKey)? {
            let known = check_text_name(&name, reader.limits());
            let checked = known.and_then(|()| once(&mut seen, name.clone()));
            checked.map_err(|fault| reader.refuse(fault))?;
            let text = reader.value(&mut object, &name, AnyText)?;
            texts.push((name, text));
        }
        Ok(texts)
    }
}

/// Adds a name that was not there before.
fn once(seen: &mut BTreeSet<String>, name: String) -> Result<(), Fault> {
    if seen.contains(&name) {
        let found = format!("{} again", quoted(&name));
        return Err(Fault::invalid("each name once", found));
    }
    seen.insert(name);
    Ok(())
}

struct AnyText;

impl<'de> Part<'de> for AnyText {
    type Output = String;

    fn expected(&self) -> String {
        "a text".to_string()
    }

    fn text(self, text: &str, _: &Reader<'_>) -> Result<String, Fault> {
        Ok(text.to_string())
    }
}
