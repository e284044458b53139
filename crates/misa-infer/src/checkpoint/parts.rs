//! The parts of a checkpoint, read from its files.

use super::{
    CALIBRATION, CALIBRATION_LAYOUT, CONFIG, CONFIG_LAYOUT, PREPROCESSING, TOKENISER, VOCABULARY,
    WEIGHTS, weights_error,
};
use crate::source::Source;
use crate::{BertText, Calibration, InferError, Tokeniser, Truncation, files};
use misa_core::{MisaConfig, StateDict};
use misa_terms::{Scaling, TextSize, Vocabulary};
use std::borrow::Cow;
use std::sync::Arc;

/// Refuses statistics that do not fit the features of the model.
pub(super) fn check_scaling(
    source: Source,
    scaling: Option<&Scaling>,
    config: &MisaConfig,
) -> Result<(), InferError> {
    match scaling.and_then(|scaling| scaling.fault(&config.sizes)) {
        None => Ok(()),
        Some((modality, expected, found)) => Err(InferError::Layout {
            place: format!(
                "{}: scaling of {modality}",
                source.path(PREPROCESSING).display()
            ),
            expected,
            found,
        }),
    }
}

/// How far off the model is, if that was measured.
pub(super) fn calibration(source: Source) -> Result<Option<Calibration>, InferError> {
    if !source.has(CALIBRATION) {
        return Ok(None);
    }
    let path = source.path(CALIBRATION);
    let calibration: Calibration = CALIBRATION_LAYOUT.parse(&path, &source.bytes(CALIBRATION)?)?;
    match calibration.fault() {
        None => Ok(Some(calibration)),
        Some((expected, found)) => Err(InferError::Layout {
            place: path.display().to_string(),
            expected: expected.to_string(),
            found,
        }),
    }
}

/// The configuration.
pub(super) fn read_config(source: Source) -> Result<MisaConfig, InferError> {
    CONFIG_LAYOUT.parse(&source.path(CONFIG), &source.bytes(CONFIG)?)
}

/// The bytes of the weights, if they are not too many.
pub(super) fn weights_of(source: Source<'_>) -> Result<Cow<'_, [u8]>, InferError> {
    match source {
        Source::Folder(folder) => {
            let path = folder.join(WEIGHTS);
            let bytes = StateDict::file_bytes(&path);
            Ok(Cow::Owned(
                bytes.map_err(|source| weights_error(&path, source))?,
            ))
        }
        Source::Memory(_) => source.bytes(WEIGHTS),
    }
}

/// The words of a model of word ids.
pub(super) fn vocabulary(source: Source) -> Result<Option<Vocabulary>, InferError> {
    if !source.has(VOCABULARY) {
        return Ok(None);
    }
    files::json(&source.path(VOCABULARY), &source.bytes(VOCABULARY)?).map(Some)
}

/// How words become tokens, for a model with BERT.
pub(super) fn bert(
    source: Source,
    config: &MisaConfig,
    truncation: Option<Truncation>,
) -> Result<Option<Arc<BertText>>, InferError> {
    let TextSize::Bert(bert) = config.sizes.text else {
        return Ok(None);
    };
    let tokeniser = match source {
        Source::Folder(folder) => Tokeniser::open(folder)?,
        Source::Memory(_) => {
            Tokeniser::of_bytes(&source.path(TOKENISER), &source.bytes(TOKENISER)?)?
        }
    };
    let text = BertText::new(tokeniser, &bert, truncation.unwrap_or_default())?;
    Ok(Some(Arc::new(text)))
}
