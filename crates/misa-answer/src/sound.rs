//! The clip of a sound.

use crate::{ErrorType, Refusal};
use misa_recordings::RecordingError;
use misa_recordings::assemble::{AssembleError, ClipMaker, ClipParts};
use misa_recordings::sounds::SoundReader;
use misa_terms::{Clip, Modalities, Recipes};
use std::time::Duration;

/// Longest sound in seconds, whatever a file packs into few bytes.
const MOST_SECONDS: f64 = 600.0;

/// What goes with a sound.
#[derive(Clone, Copy, Debug)]
pub struct SoundRequest<'a> {
    /// What errors call the sound, such as `body`.
    pub name: &'a str,
    /// What is said in it.
    pub text: Option<&'a str>,
    /// The modalities that are read; `None` for all that there are.
    pub modalities: Option<Modalities>,
    /// Steps that the clip may have.
    pub steps: usize,
    /// How long reading may take; `None` where there is no clock.
    pub patience: Option<Duration>,
}

/// The clip of a sound.
#[derive(Debug)]
pub struct Heard {
    /// The clip, with the modalities that are read.
    pub clip: Clip,
    /// What became of the sound and its words, a sentence each.
    pub notes: Vec<String>,
}

/// The clip of the sound in `bytes`, for a model of these recipes.
///
/// # Errors
///
/// [`Refusal`] when the bytes are no sound that is read, or the model has no recipe for sounds.
pub fn hear(bytes: &[u8], request: &SoundRequest, recipes: &Recipes) -> Result<Heard, Refusal> {
    let invalid = |error: &dyn ToString| Refusal::new(ErrorType::Invalid, error.to_string());
    let maker = ClipMaker::new(recipes).map_err(|error| invalid(&error))?;
    let recipe = maker.sound_recipe().map_err(|error| invalid(&error))?;
    let mut reader = SoundReader::new(recipe);
    reader.limits.seconds = MOST_SECONDS;
    reader.limits.patience = request.patience;
    let sound = reader
        .read_bytes(bytes, request.name)
        .map_err(|error| refused(&error))?;
    let mut parts = ClipParts::named("").with_sound(sound);
    if let Some(text) = request.text.filter(|text| !text.trim().is_empty()) {
        parts = parts.with_sentence(text);
    }
    let made = maker.clip(parts).map_err(|error| match error {
        AssembleError::NoWords { .. } => {
            let message = "text: expected what is said in the sound, as the steps of the model are words, found nothing";
            Refusal::new(ErrorType::Invalid, message)
        }
        error => invalid(&error),
    })?;
    let steps = made.clip.acoustic.as_ref().map_or(0, |steps| steps.steps());
    if steps > request.steps {
        let (name, most) = (request.name, request.steps);
        let message = format!("{name}: expected at most {most} steps, found {steps}");
        return Err(Refusal::new(ErrorType::TooLarge, message));
    }
    let clip = match request.modalities {
        None => made.clip,
        Some(chosen) => made.clip.only(chosen),
    };
    Ok(Heard {
        clip,
        notes: made.report.sentences(),
    })
}

/// Why the bytes are no sound that is read.
fn refused(error: &RecordingError) -> Refusal {
    let kind = match error {
        RecordingError::Sound(error) if error.is_too_large() => ErrorType::TooLarge,
        RecordingError::Sound(error) if error.is_unsupported() => ErrorType::MediaType,
        _ => ErrorType::Malformed,
    };
    Refusal::new(kind, error.to_string())
}
