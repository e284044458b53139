//! Labels and features that are NaN or infinite: refused, or replaced and counted.

use super::Intake;
use crate::entry::Entry;
use crate::finite::is_finite;
use crate::refusal::Refused;
use crate::{NoteKind, Policy, Split};
use misa_terms::Modality;

impl Intake<'_> {
    /// Labels of clips are told to nobody, so they are neither refused nor counted.
    pub(super) fn pass_label(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
        let Some(label) = entry.label.filter(|label| !label.is_finite()) else {
            return true;
        };
        let is_clip = self.wanted().is_clips();
        if self.policy == Policy::Strict {
            entry.label = None;
            if !is_clip {
                self.refused.add(split, Refused::Label, &entry.id);
            }
            return is_clip;
        }
        if !is_clip {
            self.notes.add(split, NoteKind::Label, 1);
        }
        entry.label = Some(replaced(label));
        true
    }

    /// As [`Self::pass_label`], for the labels by single modalities.
    pub(super) fn pass_modality_labels(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
        let mut may_pass = true;
        let is_clip = self.wanted().is_clips();
        for modality in Modality::ALL {
            let label = entry.modality_labels.get_mut(modality);
            let Some(found) = label.filter(|label| !label.is_finite()) else {
                continue;
            };
            *label = Some(replaced(found));
            if self.policy == Policy::Strict && !is_clip {
                let why = Refused::ModalityLabel(modality);
                self.refused.add(split, why, &entry.id);
                may_pass = false;
            } else if !is_clip {
                self.notes.add(split, NoteKind::Label, 1);
            }
        }
        may_pass
    }

    pub(super) fn pass_features(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
        let mut may_pass = true;
        for modality in Modality::ALL {
            let Some(sequence) = entry.features_mut(modality) else {
                continue;
            };
            if is_finite(sequence.values()) {
                continue;
            }
            let is_infinite = sequence.values().iter().any(|value| value.is_infinite());
            if is_infinite && self.policy == Policy::Strict {
                let why = Refused::Infinite(modality);
                self.refused.add(split, why, &entry.id);
                may_pass = false;
                continue;
            }
            let count = sequence.zero_non_finite();
            self.notes.add(split, NoteKind::NonFinite(modality), count);
        }
        may_pass
    }
}

/// What stands for a label that is NaN or infinite.
fn replaced(label: f32) -> f32 {
    if label.is_nan() {
        0.0
    } else {
        label.clamp(f32::MIN, f32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use crate::intake::testing::{labelled, utterance};
    use crate::intake::{Heading, Intake};
    use crate::{DataError, Format, Overview, Policy, Split, Utterance};

    /// The result for these train utterances.
    fn take(
        policy: Policy,
        utterances: Vec<Utterance>,
    ) -> (Vec<Utterance>, Result<Overview, DataError>) {
        let mut taken = Vec::new();
        let mut sink = |_, utterance| {
            taken.push(utterance);
            Ok(())
        };
        let mut intake = Intake::new(policy, &mut sink);
        for utterance in utterances {
            intake.push(Split::Train, "place", utterance).unwrap();
        }
        let heading = Heading {
            format: Format::Memory,
            vocabulary: None,
        };
        let overview = intake.finish("place", heading);
        (taken, overview)
    }

    #[test]
    fn strict_refuses_and_lists() {
        let mut utterances: Vec<Utterance> = (0..12)
            .map(|i| utterance(&format!("u{i}"), f32::NAN, &[0.0]))
            .collect();
        utterances.push(utterance("v", 0.0, &[f32::NEG_INFINITY]));
        let (taken, overview) = take(Policy::Strict, utterances);
        assert!(taken.is_empty());
        let expected = "place: expected finite labels and features, found train: 12 labels NaN or \
                        infinite (u0, u1, u2, u3, u4, u5, u6, u7, u8, u9 and 2 more); train: \
                        1 utterance with infinite visual (v); policy compat replaces them";
        assert_eq!(overview.unwrap_err().to_string(), expected);
    }

    #[test]
    fn strict_counts_features_that_are_missing() {
        let (taken, overview) = take(
            Policy::Strict,
            vec![utterance("u", 1.0, &[f32::NAN, 2.0, f32::NAN])],
        );
        assert_eq!(taken[0].visual.values(), [0.0, 2.0, 0.0]);
        let notes = overview.unwrap().notes;
        assert_eq!(notes.len(), 1);
        assert_eq!(
            notes[0].to_string(),
            "train: 2 non-finite visual values replaced by 0"
        );
    }

    #[test]
    fn labels_by_single_modalities_are_checked_as_labels_are() {
        let utterances = || {
            vec![
                labelled("u", Some(0.5), Some(f32::NAN)),
                labelled("v", Some(-0.5), Some(1.0)),
            ]
        };
        let (taken, overview) = take(Policy::Strict, utterances());
        assert_eq!(taken, utterances()[1..]);
        let error = overview.unwrap_err().to_string();
        let expected = "train: 1 label of acoustic NaN or infinite (u)";
        assert!(error.contains(expected), "{error}");
        let (taken, overview) = take(Policy::Compat, utterances());
        assert_eq!(taken[0], labelled("u", Some(0.5), Some(0.0)));
        let notes = overview.unwrap().notes;
        assert_eq!(notes[0].to_string(), "train: 1 non-finite label replaced");
    }

    #[test]
    fn compat_replaces_and_counts() {
        let infinite = utterance("u", f32::INFINITY, &[f32::INFINITY, 1.0]);
        let (taken, overview) = take(
            Policy::Compat,
            vec![infinite, utterance("v", f32::NAN, &[1.0])],
        );
        assert_eq!(taken[0].label, f32::MAX);
        assert_eq!(taken[0].visual.values(), [0.0, 1.0]);
        assert_eq!(taken[1].label, 0.0);
        let notes: Vec<String> = overview
            .unwrap()
            .notes
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected = [
            "train: 2 non-finite labels replaced",
            "train: 1 non-finite visual value replaced by 0",
        ];
        assert_eq!(notes, expected);
    }
}
