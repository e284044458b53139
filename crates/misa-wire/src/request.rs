//! A request for predictions.

use crate::error::WireError;
use crate::limits::Limits;
use crate::{json, safetensors};
use misa_terms::{Clip, Modalities};

/// Clips, and what to do with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The model to ask; the only one of a server if absent.
    pub model: Option<String>,
    /// The modalities to read; all if absent. The clips are complete nevertheless: see [`Clip::only`].
    pub modalities: Option<Modalities>,
    /// At least one clip, and each has a modality that is to be read.
    pub clips: Vec<Clip>,
}

impl Request {
    /// The request in a JSON body: `{"model": …, "modalities": […], "clips": […]}`, or the keys of one
    /// clip instead of `clips`.
    ///
    /// Numbers become the nearest `f32`.
    ///
    /// # Errors
    ///
    /// [`WireError`] when the body is not JSON, holds more than `limits` allow, or anything that a request
    /// must not have.
    pub fn from_json(body: &[u8], limits: &Limits) -> Result<Self, WireError> {
        json::read_request(body, limits)
    }

    /// The request in a safetensors body: the tensors and texts of clip `i` are named `i.visual`,
    /// `i.acoustic`, `i.text`, `i.words` and `i.id`.
    ///
    /// # Errors
    ///
    /// [`WireError`] when the body is not safetensors, holds more than `limits` allow, or anything that a
    /// request must not have.
    pub fn from_safetensors(body: &[u8], limits: &Limits) -> Result<Self, WireError> {
        safetensors::read_request(body, limits)
    }

    /// The request as JSON, with rows as lists of numbers. [`Request::from_json`] reads exactly this request
    /// from it, if its limits allow it.
    ///
    /// # Errors
    ///
    /// [`WireError`] when a number is NaN or infinite, for which JSON has no word.
    pub fn to_json(&self) -> Result<Vec<u8>, WireError> {
        json::write_request(self, json::Layout::Lists)
    }

    /// As [`Request::to_json`], with rows in base64, which is shorter and read faster.
    ///
    /// # Errors
    ///
    /// As [`Request::to_json`].
    pub fn to_packed_json(&self) -> Result<Vec<u8>, WireError> {
        json::write_request(self, json::Layout::Base64)
    }

    /// The request as safetensors. [`Request::from_safetensors`] reads exactly this request from it, if its
    /// limits allow it.
    ///
    /// # Errors
    ///
    /// [`WireError`] when a number is NaN or infinite, which is not read either, or the texts make a header that is
    /// longer than [`crate::HEADER_BYTES`].
    pub fn to_safetensors(&self) -> Result<Vec<u8>, WireError> {
        safetensors::write_request(self)
    }
}

/// The clip in a line of JSON, such as `{"id": "a", "text": "what fun"}`.
///
/// # Errors
///
/// [`WireError`], as [`Request::from_json`].
pub fn clip_from_json_line(line: &[u8], limits: &Limits) -> Result<Clip, WireError> {
    json::read_line(line, limits)
}
