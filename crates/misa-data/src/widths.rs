//! The feature sizes that all utterances of a data set share.

use crate::entry::Entry;
use crate::{DataError, Sequence, TextSequence, Utterance, Width};
use misa_terms::{Modality, PerModality};

/// Size of a step of each modality; `None` for modalities that no utterance has.
pub(crate) type Widths = PerModality<Option<Width>>;

/// The sizes of an entry.
pub(crate) fn of_entry(entry: &Entry) -> Widths {
    PerModality {
        text: entry.text.as_ref().map(of_text),
        visual: entry.visual.as_ref().map(of_features),
        acoustic: entry.acoustic.as_ref().map(of_features),
    }
}

/// The sizes of an utterance.
pub(crate) fn of_utterance(utterance: &Utterance) -> Widths {
    PerModality {
        text: Some(of_text(&utterance.text)),
        visual: Some(of_features(&utterance.visual)),
        acoustic: Some(of_features(&utterance.acoustic)),
    }
}

fn of_text(text: &TextSequence) -> Width {
    match text {
        TextSequence::Words(_) => Width::Words,
        TextSequence::Features(text) => of_features(text),
    }
}

fn of_features(sequence: &Sequence) -> Width {
    Width::Features(sequence.d_input())
}

/// Fails unless the sizes of utterance `id` are those of the utterances before it, which are in
/// `known`.
pub(crate) fn check_width(
    place: &str,
    id: &str,
    widths: &Widths,
    known: &mut Widths,
) -> Result<(), DataError> {
    for modality in Modality::ALL {
        let Some(found) = *widths.get(modality) else {
            continue;
        };
        let expected = *known.get_mut(modality).get_or_insert(found);
        if found != expected {
            return Err(DataError::Width {
                place: place.to_owned(),
                id: id.to_owned(),
                modality,
                expected,
                found,
            });
        }
    }
    Ok(())
}
