//! Requests to safetensors.

use super::HEADER_BYTES;
use super::name::{Name, Part};
use crate::error::{Fault, WireError};
use crate::request::Request;
use crate::values;
use misa_terms::{Clip, ClipText, Sequence};
use safetensors::{Dtype, View};
use std::borrow::Cow;
use std::collections::HashMap;

/// The request as a body.
pub(crate) fn write_request(request: &Request) -> Result<Vec<u8>, WireError> {
    let (mut tensors, mut texts) = (Vec::new(), HashMap::new());
    if let Some(model) = &request.model {
        texts.insert("model".to_string(), model.clone());
    }
    if let Some(modalities) = request.modalities {
        texts.insert("modalities".to_string(), modalities.to_string());
    }
    for (number, clip) in request.clips.iter().enumerate() {
        add_clip(number, clip, &mut tensors, &mut texts)?;
    }
    let texts = (!texts.is_empty()).then_some(texts);
    let body = safetensors::serialize(tensors, texts).map_err(|error| {
        Fault::invalid("tensors that safetensors can hold", error.to_string()).at("request")
    })?;
    let length = body
        .first_chunk()
        .map_or(0, |length| u64::from_le_bytes(*length));
    if length > HEADER_BYTES as u64 {
        return Err(Fault::too_many(HEADER_BYTES, "bytes", length).at("header"));
    }
    Ok(body)
}

fn add_clip(
    clip: usize,
    parts: &Clip,
    tensors: &mut Vec<(String, Tensor)>,
    texts: &mut HashMap<String, String>,
) -> Result<(), WireError> {
    let name = |part| Name { clip, part }.to_string();
    let mut add_words = |words: &[String]| {
        let words = serde_json::Value::from(words).to_string();
        texts.insert(name(Part::Words), words);
    };
    match &parts.text {
        None => {}
        Some(ClipText::Words(words)) => add_words(words),
        Some(ClipText::Sentence(sentence)) => {
            texts.insert(name(Part::Text), sentence.clone());
        }
        Some(ClipText::Ids(ids)) => tensors.push((name(Part::Text), Tensor::ids(ids))),
        Some(ClipText::Vectors { vectors, words }) => {
            if !words.is_empty() {
                add_words(words);
            }
            add_rows(name(Part::Text), vectors, tensors)?;
            add_absent(name(Part::TextAbsent), vectors, tensors);
        }
    }
    if !parts.id.is_empty() {
        texts.insert(name(Part::Id), parts.id.clone());
    }
    for (part, absent, rows) in [
        (Part::Visual, Part::VisualAbsent, &parts.visual),
        (Part::Acoustic, Part::AcousticAbsent, &parts.acoustic),
    ] {
        if let Some(rows) = rows {
            add_rows(name(part), rows, tensors)?;
            add_absent(name(absent), rows, tensors);
        }
    }
    Ok(())
}

fn add_rows(
    name: String,
    rows: &Sequence,
    tensors: &mut Vec<(String, Tensor)>,
) -> Result<(), WireError> {
    values::check_finite(rows, &name)?;
    tensors.push((name, Tensor::rows(rows)));
    Ok(())
}

fn add_absent(name: String, rows: &Sequence, tensors: &mut Vec<(String, Tensor)>) {
    if let Some(absent) = rows.absent() {
        tensors.push((name, Tensor::flags(absent)));
    }
}

/// A tensor as `safetensors` writes it.
struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Tensor {
    fn rows(rows: &Sequence) -> Self {
        Self {
            dtype: Dtype::F32,
            shape: vec![rows.steps(), rows.d_input()],
            bytes: rows
                .values()
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        }
    }

    fn flags(flags: &[bool]) -> Self {
        Self {
            dtype: Dtype::U8,
            shape: vec![flags.len()],
            bytes: flags.iter().copied().map(u8::from).collect(),
        }
    }

    fn ids(ids: &[u32]) -> Self {
        Self {
            dtype: Dtype::U32,
            shape: vec![ids.len()],
            bytes: ids.iter().flat_map(|id| id.to_le_bytes()).collect(),
        }
    }
}

impl View for Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}
