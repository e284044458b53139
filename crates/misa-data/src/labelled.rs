//! Which modalities have labels of their own.

use crate::{DataError, Split};
use misa_terms::{Modality, ModalityLabels, PerModality};

/// Which modalities the utterances of each split have labels by, known from the first of them; the last is
/// that of clips in no split.
#[derive(Debug, Default)]
pub(crate) struct Labelled([Option<PerModality<bool>>; 4]);

impl Labelled {
    /// Fails if an utterance has a label by a modality and those before it in the split have none, or the
    /// other way around; `place` names the source in messages.
    pub fn check(
        &mut self,
        split: Option<Split>,
        place: &str,
        id: &str,
        labels: &ModalityLabels,
    ) -> Result<(), DataError> {
        let has = labels.as_ref().map(Option::is_some);
        let index = split.map_or(Split::ALL.len(), Split::index);
        let first = self.0[index].get_or_insert(has.clone());
        for modality in Modality::ALL {
            let (expected, found) = (*first.get(modality), *has.get(modality));
            if expected != found {
                let word = |has| if has { "one" } else { "none" };
                return Err(DataError::layout(
                    format!("{place}: utterance {id:?}: label of {modality}"),
                    format!("{}, as the first utterance", word(expected)),
                    word(found),
                ));
            }
        }
        Ok(())
    }
}
