//! One clip.

use super::ids::IdsPart;
use super::keys::Keys;
use super::reader::{Part, Reader};
use super::rows::RowsPart;
use super::text::{IdPart, TextPart};
use crate::draft::Draft;
use misa_terms::Clip;
use serde::de::MapAccess;

/// The keys of a clip.
pub(super) const CLIP_KEYS: [&str; 6] = [
    "id",
    "text",
    "text_vectors",
    "text_ids",
    "visual",
    "acoustic",
];

/// Reads the value of `key`, which is one of [`CLIP_KEYS`], into `draft`.
pub(super) fn read_key<'de, A: MapAccess<'de>>(
    key: &str,
    draft: &mut Draft,
    object: &mut A,
    reader: &Reader<'_>,
) -> Result<(), A::Error> {
    match key {
        "id" => draft.id = Some(reader.value(object, key, IdPart)?),
        "text" => draft.said = Some(reader.value(object, key, TextPart)?),
        "text_ids" => draft.ids = Some(reader.value(object, key, IdsPart)?),
        _ => {
            let rows = reader.value(object, key, RowsPart)?;
            match key {
                "text_vectors" => draft.vectors = Some(rows),
                "visual" => draft.visual = Some(rows),
                _ => draft.acoustic = Some(rows),
            }
        }
    }
    Ok(())
}

/// A clip.
pub(super) struct ClipPart;

impl<'de> Part<'de> for ClipPart {
    type Output = Clip;

    fn expected(&self) -> String {
        "a clip, which is an object".to_string()
    }

    fn object<A: MapAccess<'de>>(
        self,
        mut object: A,
        reader: &Reader<'_>,
    ) -> Result<Clip, A::Error> {
        let mut keys = Keys::new(&CLIP_KEYS);
        let mut draft = Draft::default();
        while let Some(key) = keys.next(&mut object, reader)? {
            read_key(key, &mut draft, &mut object, reader)?;
        }
        draft.finish().map_err(|fault| reader.refuse(fault))
    }
}
