//! The sizes that all utterances of a data set share.

use crate::{DataError, TextSequence, Utterance, Width};
use misa_terms::{Modality, PerModality};

/// Size of a step of each modality.
pub(crate) type Widths = PerModality<Width>;

fn widths(utterance: &Utterance) -> Widths {
    PerModality {
        text: match &utterance.text {
            TextSequence::Words(_) => Width::Words,
            TextSequence::Features(features) => Width::Features(features.d_input()),
        },
        visual: Width::Features(utterance.visual.d_input()),
        acoustic: Width::Features(utterance.acoustic.d_input()),
    }
}

/// Fails unless `utterance` has the sizes of those before it, which `known` carries.
pub(crate) fn check_width(
    place: &str,
    utterance: &Utterance,
    known: &mut Option<Widths>,
) -> Result<(), DataError> {
    let found = widths(utterance);
    let Some(expected) = known else {
        *known = Some(found);
        return Ok(());
    };
    for modality in Modality::ALL {
        if found.get(modality) != expected.get(modality) {
            return Err(DataError::Width {
                place: place.to_owned(),
                id: utterance.id.clone(),
                modality,
                expected: *expected.get(modality),
                found: *found.get(modality),
            });
        }
    }
    Ok(())
}
