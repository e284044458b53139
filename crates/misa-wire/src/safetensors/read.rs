//! Bodies to requests.

use super::header::{self, Listing};
use super::name::{FORMAT, METADATA, Name, Part};
use super::tensor::{self, has_ids};
use crate::draft::{Draft, Said, request};
use crate::error::{Fault, WireError};
use crate::limits::Limits;
use crate::request::Request;
use crate::tally::Tally;
use crate::{json, text, values};
use misa_terms::{Clip, Modalities};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;
use std::collections::BTreeMap;

/// The request in a body.
pub(crate) fn read_request(body: &[u8], limits: &Limits) -> Result<Request, WireError> {
    let (listing, tensors) = header::open(body, limits)?;
    let mut parts = Parts {
        tally: Tally::new(limits),
        model: None,
        modalities: None,
        drafts: BTreeMap::new(),
        absent: Vec::new(),
    };
    // Texts are shorter, so they come first.
    for (name, text) in &listing.texts {
        parts.add_text(name, text)?;
    }
    parts.add_tensors(&listing, &tensors)?;
    parts.finish()
}

/// What has been read so far.
struct Parts<'l> {
    tally: Tally<'l>,
    model: Option<String>,
    modalities: Option<Modalities>,
    /// By number.
    drafts: BTreeMap<usize, Draft>,
    /// Flags of absent steps, which may come before the steps.
    absent: Vec<(Name, Vec<bool>)>,
}

impl Parts<'_> {
    fn add_text(&mut self, name: &str, text: &str) -> Result<(), WireError> {
        let limits = self.tally.limits();
        let at = |fault: Fault| fault.at(format!("{METADATA}.{name}"));
        match name {
            "model" => self.model = Some(text::model(text, limits).map_err(at)?),
            "modalities" => self.modalities = Some(modalities(text).map_err(at)?),
            FORMAT => {}
            _ => {
                let name = Name::of_text(name, limits).map_err(|fault| fault.at(METADATA))?;
                let draft = self.drafts.entry(name.clip).or_default();
                if name.part == Part::Id {
                    draft.id = Some(text::id(text, limits).map_err(at)?);
                    return Ok(());
                }
                if draft.said.is_some() {
                    let found = "both `text` and `words`";
                    return Err(at(Fault::invalid("one kind of text", found)));
                }
                draft.said = Some(if name.part == Part::Words {
                    let name = format!("{METADATA}.{name}");
                    Said::Words(json::read_words(&name, text, limits)?)
                } else {
                    Said::Sentence(text::sentence(text, limits).map_err(at)?)
                });
            }
        }
        Ok(())
    }

    fn add_tensors(
        &mut self,
        listing: &Listing,
        tensors: &SafeTensors<'_>,
    ) -> Result<(), WireError> {
        for name in &listing.tensors {
            let found = tensors.tensor(name).map_err(|error| {
                Fault::malformed(format!("the tensor {name}"), error.to_string()).at("header")
            })?;
            let limits = self.tally.limits();
            let parsed = Name::of_tensor(name, limits).map_err(|fault| fault.at("header"))?;
            self.add_tensor(parsed, &found)?;
        }
        Ok(())
    }

    fn add_tensor(&mut self, name: Name, found: &TensorView<'_>) -> Result<(), WireError> {
        let (draft, tally) = (self.drafts.entry(name.clip).or_default(), &self.tally);
        let Name { part, .. } = name;
        if [Part::TextAbsent, Part::VisualAbsent, Part::AcousticAbsent].contains(&part) {
            let flags = tensor::flags(&name.to_string(), found, tally)?;
            self.absent.push((name, flags));
            return Ok(());
        }
        let name = name.to_string();
        if part == Part::Text {
            if has_ids(found) {
                draft.ids = Some(tensor::ids(&name, found, tally)?);
            } else {
                let expected = "vectors of dtype F32 or F64, or word ids of I64, I32 or U32";
                draft.vectors = Some(tensor::rows(&name, found, expected, tally)?);
            }
            return Ok(());
        }
        let rows = tensor::rows(&name, found, "dtype F32 or F64", tally)?;
        if part == Part::Visual {
            draft.visual = Some(rows);
        } else {
            draft.acoustic = Some(rows);
        }
        Ok(())
    }

    /// Marks the absent steps of the rows that have been read.
    fn mark_absent(&mut self) -> Result<(), WireError> {
        for (name, flags) in std::mem::take(&mut self.absent) {
            let draft = self.drafts.entry(name.clip).or_default();
            let rows = match name.part {
                Part::TextAbsent => &mut draft.vectors,
                Part::VisualAbsent => &mut draft.visual,
                _ => &mut draft.acoustic,
            };
            let marked = match rows.take() {
                None => Err(Fault::invalid("the features of these steps", "none")),
                Some(rows) => values::with_absent(rows, flags),
            };
            *rows = Some(marked.map_err(|fault| fault.at(name.to_string()))?);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Request, WireError> {
        self.mark_absent()?;
        if self.drafts.is_empty() {
            return Err(Fault::empty("at least one clip").at("header"));
        }
        let mut clips: Vec<Clip> = Vec::with_capacity(self.drafts.len());
        for (number, draft) in self.drafts {
            if number != clips.len() {
                let expected = format!("clip {} before clip {number}", clips.len());
                return Err(Fault::invalid(expected, "none").at("header"));
            }
            let clip = draft.finish();
            clips.push(clip.map_err(|fault| fault.at(format!("clip {number}")))?);
        }
        request(self.model, self.modalities, clips)
            .map_err(|(number, fault)| fault.at(format!("clip {number}")))
    }
}

/// Names between commas.
fn modalities(names: &str) -> Result<Modalities, Fault> {
    let mut chosen = Vec::new();
    let names = names.split(',').map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        text::add_modality(&mut chosen, text::modality(name)?)?;
    }
    text::modalities(&chosen)
}
