//! A request from its bytes to clips that the model takes.

use crate::{ErrorType, Model, Refusal};
use misa_terms::{Clip, Modalities};
use misa_wire::{Limits, Request};

/// Reads a request in JSON.
///
/// # Errors
///
/// [`Refusal`] names the part that is wrong, or beyond the limits.
pub fn read(json: &[u8], limits: &Limits) -> Result<Request, Refusal> {
    Ok(Request::from_json(json, limits)?)
}

/// Reads a request in safetensors.
///
/// # Errors
///
/// As [`read`].
pub fn read_safetensors(body: &[u8], limits: &Limits) -> Result<Request, Refusal> {
    Ok(Request::from_safetensors(body, limits)?)
}

/// The clips of a request, with only the modalities that it chooses.
pub fn clips(request: Request) -> Vec<Clip> {
    let Some(chosen) = request.modalities else {
        return request.clips;
    };
    let clips = request.clips.into_iter();
    clips.map(|clip| clip.only(chosen)).collect()
}

/// The modalities that a query chooses, such as `text,acoustic`.
///
/// # Errors
///
/// [`ErrorType::Invalid`] if they are none.
pub fn modalities(query: Option<&str>) -> Result<Option<Modalities>, Refusal> {
    let modalities = query.map(str::parse::<Modalities>).transpose();
    modalities
        .map_err(|error| Refusal::new(ErrorType::Invalid, format!("query: modalities: {error}")))
}

/// Refuses clips that the model cannot read. The steps of all of them: what they cost.
///
/// # Errors
///
/// [`ErrorType::Invalid`] names the first clip and the modality that does not fit.
pub fn check(model: &dyn Model, clips: &[Clip]) -> Result<usize, Refusal> {
    let mut steps = 0;
    for (index, clip) in clips.iter().enumerate() {
        let checked = model.check(clip);
        checked.map_err(|error| {
            let part = error
                .modality
                .map_or(String::new(), |modality| format!(".{modality}"));
            let message = format!(
                "clips[{index}]{part}: expected {}, found {}",
                error.expected, error.found
            );
            Refusal::new(ErrorType::Invalid, message)
        })?;
        steps += model.steps(clip);
    }
    Ok(steps)
}
