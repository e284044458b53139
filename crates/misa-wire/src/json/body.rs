//! The whole of a body: a request, or one clip.

use super::clip::{CLIP_KEYS, ClipPart, read_key};
use super::keys::Keys;
use super::reader::{Part, Reader};
use super::text::{ModalitiesPart, ModelPart};
use crate::draft::Draft;
use crate::error::Fault;
use misa_terms::{Clip, Modalities};
use serde::de::{MapAccess, SeqAccess};

const REQUEST_KEYS: [&str; 3] = ["model", "modalities", "clips"];

/// What a body says, before it is known whether its parts fit together.
#[derive(Debug)]
pub(super) struct Body {
    pub model: Option<String>,
    pub modalities: Option<Modalities>,
    pub clips: Vec<Clip>,
    /// Whether the clips are the list `clips`, instead of one that is the body.
    pub is_list: bool,
}

/// A request for predictions.
pub(super) struct BodyPart;

impl<'de> Part<'de> for BodyPart {
    type Output = Body;

    fn expected(&self) -> String {
        "an object with `clips`, or with the keys of one clip".to_string()
    }

    fn object<A: MapAccess<'de>>(
        self,
        mut object: A,
        reader: &Reader<'_>,
    ) -> Result<Body, A::Error> {
        let names = [&REQUEST_KEYS[..], &CLIP_KEYS].concat();
        let mut keys = Keys::new(&names);
        let (mut model, mut modalities, mut clips) = (None, None, None);
        let (mut draft, mut part_of_clip) = (Draft::default(), None);
        while let Some(key) = keys.next(&mut object, reader)? {
            match key {
                "model" => model = Some(reader.value(&mut object, key, ModelPart)?),
                "modalities" => {
                    modalities = Some(reader.value(&mut object, key, ModalitiesPart)?);
                }
                "clips" => clips = Some(reader.value(&mut object, key, ClipsPart)?),
                _ => {
                    read_key(key, &mut draft, &mut object, reader)?;
                    part_of_clip = Some(key);
                }
            }
        }
        let is_list = clips.is_some();
        let clips = match (clips, part_of_clip) {
            (Some(clips), None) => clips,
            (Some(_), Some(key)) => {
                let found = format!("`{key}` beside `clips`");
                let expected = "either `clips` or the keys of one clip";
                return Err(reader.refuse(Fault::invalid(expected, found)));
            }
            (None, None) => {
                let fault = Fault::empty("`clips`, or the keys of one clip");
                return Err(reader.refuse(fault));
            }
            (None, Some(_)) => vec![draft.finish().map_err(|fault| reader.refuse(fault))?],
        };
        Ok(Body {
            model,
            modalities,
            clips,
            is_list,
        })
    }
}

/// At least one clip.
struct ClipsPart;

impl<'de> Part<'de> for ClipsPart {
    type Output = Vec<Clip>;

    fn expected(&self) -> String {
        "a list of clips".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Vec<Clip>, A::Error> {
        let limit = reader.limits().clips;
        let mut clips = Vec::new();
        while clips.len() < limit {
            let Some(clip) = reader.element(&mut list, clips.len(), ClipPart)? else {
                break;
            };
            clips.push(clip);
        }
        if clips.len() == limit {
            reader.no_element(&mut list, || Fault::more_than(limit, "clips"))?;
        }
        if clips.is_empty() {
            return Err(reader.refuse(Fault::empty("at least one clip")));
        }
        Ok(clips)
    }
}
