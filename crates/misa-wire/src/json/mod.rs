//! Clips in JSON.
//!
//! | File | Holds |
//! |---|---|
//! | `reader.rs`, `keys.rs` | reading part by part, and where a fault is |
//! | `body.rs`, `clip.rs`, `text.rs`, `ids.rs`, `rows.rs`, `packed.rs` | the parts of a request |
//! | `listing.rs` | names and texts in a header of safetensors |
//! | `syntax.rs` | what is not JSON at all |
//! | `write.rs` | requests to JSON |

mod body;
mod clip;
mod ids;
mod keys;
mod listing;
mod packed;
mod reader;
mod rows;
mod syntax;
mod text;
mod write;

use crate::draft::request;
use crate::error::{Fault, WireError};
use crate::limits::Limits;
use crate::request::Request;
use crate::safetensors::Listing;
use crate::values::NUMBER;
use body::BodyPart;
use clip::ClipPart;
use listing::ListingPart;
use misa_terms::Clip;
use reader::{Part, Reader, Seed};
use serde::de::DeserializeSeed;
pub(crate) use write::{Layout, write_request};

/// The request in a body.
pub(crate) fn read_request(body: &[u8], limits: &Limits) -> Result<Request, WireError> {
    let body = utf8(body, "body")?;
    let read = read("body", body, limits, BodyPart)?;
    let is_list = read.is_list;
    request(read.model, read.modalities, read.clips).map_err(|(number, fault)| {
        fault.at(if is_list {
            format!("clips[{number}]")
        } else {
            "body".to_string()
        })
    })
}

/// The clip in a line.
pub(crate) fn read_line(line: &[u8], limits: &Limits) -> Result<Clip, WireError> {
    read("clip", utf8(line, "clip")?, limits, ClipPart)
}

/// The names and texts in a header of safetensors.
pub(crate) fn read_listing(header: &[u8], limits: &Limits) -> Result<Listing, WireError> {
    read("header", utf8(header, "header")?, limits, ListingPart)
}

/// The words in a text of JSON, which is called `name`.
pub(crate) fn read_words(
    name: &str,
    json: &str,
    limits: &Limits,
) -> Result<Vec<String>, WireError> {
    read(name, json, limits, text::WordsPart)
}

fn utf8<'b>(body: &'b [u8], whole: &str) -> Result<&'b str, WireError> {
    std::str::from_utf8(body).map_err(|error| {
        let start = error.valid_up_to();
        let found = format!("`{}`", body[start].escape_ascii());
        Fault::malformed("UTF-8", found).at(format!("{whole}, byte {start}"))
    })
}

/// What `part` makes of a text, which is named `whole` in messages about all of it.
fn read<'de, P: Part<'de>>(
    whole: &str,
    text: &'de str,
    limits: &Limits,
    part: P,
) -> Result<P::Output, WireError> {
    if text.trim_ascii().is_empty() {
        return Err(Fault::empty("JSON").at(whole));
    }
    let reader = Reader::new(limits);
    let mut json = serde_json::Deserializer::from_str(text);
    let seed = Seed {
        part,
        reader: &reader,
    };
    let read = seed.deserialize(&mut json);
    let error = match read.and_then(|output| json.end().map(|()| output)) {
        Ok(output) => return Ok(output),
        Err(error) => error,
    };
    if let Some(number) = syntax::large_number(text, &error) {
        reader.note(Fault::invalid(NUMBER, number));
    }
    let refused = reader.into_error(whole);
    Err(refused.unwrap_or_else(|| syntax::syntax_error(text, &error, whole)))
}
