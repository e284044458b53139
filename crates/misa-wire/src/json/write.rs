//! Requests to JSON.

use crate::error::WireError;
use crate::request::Request;
use crate::values;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use misa_terms::{Clip, ClipText, Modality, Sequence};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As lists of numbers.
    Lists,
    /// As a shape, and little-endian `f32` in base64.
    Base64,
}

/// The request as JSON.
pub(crate) fn write_request(request: &Request, layout: Layout) -> Result<Vec<u8>, WireError> {
    for (number, clip) in request.clips.iter().enumerate() {
        check_rows(clip, &format!("clips[{number}]"))?;
    }
    let clips = request.clips.iter();
    let body = BodyJson {
        model: request.model.as_deref(),
        modalities: request.modalities.map(|chosen| chosen.iter().collect()),
        clips: clips.map(|clip| ClipJson { clip, layout }).collect(),
    };
    Ok(serde_json::to_vec(&body).expect("texts, lists and finite numbers are JSON"))
}

/// Fails on a number for which JSON has no word: `serde_json` would write null.
fn check_rows(clip: &Clip, place: &str) -> Result<(), WireError> {
    let vectors = match &clip.text {
        Some(ClipText::Vectors { vectors, .. }) => Some(vectors),
        _ => None,
    };
    let rows = [
        ("text_vectors", vectors),
        ("visual", clip.visual.as_ref()),
        ("acoustic", clip.acoustic.as_ref()),
    ];
    for (key, rows) in rows {
        if let Some(rows) = rows {
            values::check_finite(rows, &format!("{place}.{key}"))?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct BodyJson<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modalities: Option<Vec<Modality>>,
    clips: Vec<ClipJson<'r>>,
}

struct ClipJson<'r> {
    clip: &'r Clip,
    layout: Layout,
}

impl Serialize for ClipJson<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        let mut object = json.serialize_map(None)?;
        if !self.clip.id.is_empty() {
            object.serialize_entry("id", &self.clip.id)?;
        }
        match &self.clip.text {
            None => {}
            Some(ClipText::Sentence(sentence)) => object.serialize_entry("text", sentence)?,
            Some(ClipText::Words(words)) => object.serialize_entry("text", words)?,
            Some(ClipText::Ids(ids)) => object.serialize_entry("text_ids", ids)?,
            Some(ClipText::Vectors { vectors, words }) => {
                if !words.is_empty() {
                    object.serialize_entry("text", words)?;
                }
                object.serialize_entry("text_vectors", &self.rows(vectors))?;
            }
        }
        if let Some(rows) = &self.clip.visual {
            object.serialize_entry("visual", &self.rows(rows))?;
        }
        if let Some(rows) = &self.clip.acoustic {
            object.serialize_entry("acoustic", &self.rows(rows))?;
        }
        object.end()
    }
}

impl ClipJson<'_> {
    fn rows<'r>(&self, rows: &'r Sequence) -> RowsJson<'r> {
        RowsJson {
            rows,
            layout: self.layout,
        }
    }
}

struct RowsJson<'r> {
    rows: &'r Sequence,
    layout: Layout,
}

impl Serialize for RowsJson<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        // Rows of null alone have no width.
        let layout = if self.rows.is_all_absent() {
            Layout::Base64
        } else {
            self.layout
        };
        match layout {
            // The digits of an `f64`: those of an `f32` are rounded twice when they are read. Absent steps
            // are null.
            Layout::Lists => json.collect_seq(self.rows.iter().enumerate().map(|(step, row)| {
                let numbers = row.iter().map(|&value| f64::from(value));
                (!self.rows.is_absent(step)).then(|| numbers.collect::<Vec<_>>())
            })),
            Layout::Base64 => {
                let values = self.rows.values().iter();
                let bytes: Vec<u8> = values.flat_map(|value| value.to_le_bytes()).collect();
                let mut object = json.serialize_map(None)?;
                object.serialize_entry("shape", &[self.rows.steps(), self.rows.d_input()])?;
                object.serialize_entry("base64", &STANDARD.encode(bytes))?;
                if self.rows.absent().is_some() {
                    let steps = 0..self.rows.steps();
                    let absent = steps.filter(|&step| self.rows.is_absent(step));
                    object.serialize_entry("absent", &absent.collect::<Vec<_>>())?;
                }
                object.end()
            }
        }
    }
}
