//! The clip of a sound.

use crate::ServeConfig;
use crate::api_error::{ApiError, ErrorType};
use misa_recordings::RecordingError;
use misa_recordings::assemble::{AssembleError, ClipMaker, ClipParts};
use misa_recordings::sounds::SoundReader;
use misa_terms::{Clip, Recipes};
use std::time::Duration;

/// What errors call the body.
const NAME: &str = "body";
/// Longest sound in seconds, whatever a file packs into few bytes.
const MOST_SECONDS: f64 = 600.0;

/// The clip of a sound.
pub(crate) struct Heard {
    pub clip: Clip,
    /// What became of the sound and its words, a sentence each.
    pub notes: Vec<String>,
}

/// The clip of the sound in `bytes`, in which `text` is said, for a model of these recipes.
pub(crate) fn clip(
    bytes: &[u8],
    text: Option<&str>,
    recipes: &Recipes,
    config: &ServeConfig,
) -> Result<Heard, ApiError> {
    let invalid = |error: &dyn ToString| ApiError::new(ErrorType::Invalid, error.to_string());
    let maker = ClipMaker::new(recipes).map_err(|error| invalid(&error))?;
    let recipe = maker.sound_recipe().map_err(|error| invalid(&error))?;
    let mut reader = SoundReader::new(recipe);
    reader.limits.seconds = MOST_SECONDS;
    reader.limits.patience = Some(Duration::from_secs_f64(config.answer_seconds));
    let sound = reader
        .read_bytes(bytes, NAME)
        .map_err(|error| refused(&error))?;
    let mut parts = ClipParts::named("").with_sound(sound);
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        parts = parts.with_sentence(text);
    }
    let made = maker.clip(parts).map_err(|error| match error {
        AssembleError::NoWords { .. } => {
            let message = "text: expected what is said in the sound, as the steps of the model are words, found nothing";
            ApiError::new(ErrorType::Invalid, message)
        }
        error => invalid(&error),
    })?;
    let steps = made.clip.acoustic.as_ref().map_or(0, |steps| steps.steps());
    if steps > config.steps {
        let most = config.steps;
        let message = format!("{NAME}: expected at most {most} steps, found {steps}");
        return Err(ApiError::new(ErrorType::TooLarge, message));
    }
    Ok(Heard {
        clip: made.clip,
        notes: made.report.sentences(),
    })
}

/// Why the bytes are no sound that is read.
fn refused(error: &RecordingError) -> ApiError {
    let kind = match error {
        RecordingError::Sound(error) if error.is_too_large() => ErrorType::TooLarge,
        RecordingError::Sound(error) if error.is_unsupported() => ErrorType::MediaType,
        _ => ErrorType::Malformed,
    };
    ApiError::new(kind, error.to_string())
}
