//! Utterances that are prepared from raw data on their way in.

use super::Intake;
use crate::prepare::{NonFinite, Preparer, RawEntry};
use crate::refusal::Refused;
use crate::{DataError, Policy, Sequence, TextSequence};
use misa_terms::Modality;

impl Intake<'_> {
    /// Takes the utterance that is prepared from raw data, unless it is dropped; if there are
    /// vectors, they are its text. With the strict policy, an utterance with infinite features is
    /// refused before scaling hides them.
    pub fn push_raw(
        &mut self,
        place: &str,
        raw: &RawEntry,
        vectors: Option<Sequence>,
        preparer: &mut Preparer,
    ) -> Result<(), DataError> {
        let Some((split, mut entry)) = preparer.prepare(raw, &mut self.notes)? else {
            return Ok(());
        };
        if self.policy == Policy::Strict {
            for (modality, rows) in [
                (Modality::Visual, &raw.visual),
                (Modality::Acoustic, &raw.acoustic),
            ] {
                let mut values = rows.iter().flatten().flatten();
                if values.any(|value| value.is_infinite()) {
                    self.refused
                        .add(split, Refused::Infinite(modality), &raw.id);
                }
            }
        }
        if let Some(vectors) = vectors {
            entry.words.clear();
            entry.text = Some(TextSequence::Features(vectors));
        }
        self.push(split, place, entry)
    }

    /// How infinite values of raw features are replaced before scaling.
    pub fn non_finite(&self) -> NonFinite {
        match self.policy {
            Policy::Strict => NonFinite::Zero,
            Policy::Compat => NonFinite::Official,
        }
    }
}
