//! The gate that every utterance of a data set passes, whatever its source.

mod finish;

use crate::entry::Entry;
use crate::finite::is_finite;
use crate::labelled::Labelled;
use crate::note::Notes;
use crate::prepare::{NonFinite, Preparer, RawEntry};
use crate::refusal::{Refusals, Refused};
use crate::replacement::Replacements;
use crate::wanted::Wanted;
use crate::widths::{self, Widths, check_width};
use crate::{
    DataError, Format, NoteKind, Policy, Sequence, Split, TextSequence, Utterance, Vocabulary,
};
use misa_files::pickle::Pickle;
use misa_terms::{Modality, Recipes};
use std::collections::HashSet;

/// The receiver of utterances that pass.
pub(crate) type Sink<'s> = dyn FnMut(Split, Utterance) -> Result<(), DataError> + 's;

/// The receiver of clips that pass, with their splits.
pub(crate) type ClipSink<'s> = dyn FnMut(Option<Split>, Entry) + 's;

/// The receiver of what was asked for.
enum Receiver<'s> {
    Utterances(&'s mut Sink<'s>),
    Clips(&'s mut ClipSink<'s>),
}

/// An observer of every utterance as read, before anything is replaced or refused.
pub(crate) type Observer<'s> = dyn FnMut(Split, &Utterance) + 's;

/// What a reader knows after passing all utterances.
#[derive(Debug)]
pub(crate) struct Heading {
    pub format: Format,
    pub vocabulary: Option<Vocabulary>,
}

/// Checks utterances one by one and passes them on, so that a reader never holds all of them.
pub(crate) struct Intake<'s> {
    policy: Policy,
    /// Notes that the readers count themselves.
    pub notes: Notes,
    /// How the features were made, as far as a reader knows.
    pub recipes: Recipes,
    widths: Widths,
    /// By split; the last set is that of clips in no split.
    ids: [HashSet<String>; 4],
    counts: [usize; 3],
    largest: Largest,
    labelled: Labelled,
    refused: Refusals,
    replacements: Replacements,
    observer: Option<&'s mut Observer<'s>>,
    receiver: Receiver<'s>,
}

/// The largest word id, and the position of its utterance.
#[derive(Debug, Default)]
struct Largest {
    word_id: u32,
    place: String,
}

impl<'s> Intake<'s> {
    /// For labelled utterances.
    pub fn new(policy: Policy, sink: &'s mut Sink<'s>) -> Self {
        Self::of(policy, Receiver::Utterances(sink))
    }

    /// For clips.
    pub fn of_clips(policy: Policy, sink: &'s mut ClipSink<'s>) -> Self {
        Self::of(policy, Receiver::Clips(sink))
    }

    fn of(policy: Policy, receiver: Receiver<'s>) -> Self {
        Self {
            policy,
            notes: Notes::default(),
            recipes: Recipes::default(),
            widths: Widths::from_fn(|_| None),
            ids: Default::default(),
            counts: [0; 3],
            largest: Largest::default(),
            labelled: Labelled::default(),
            refused: Refusals::default(),
            replacements: Replacements::default(),
            observer: None,
            receiver,
        }
    }

    /// What the readers are asked for.
    pub fn wanted(&self) -> Wanted {
        match self.receiver {
            Receiver::Utterances(_) => Wanted::Utterances,
            Receiver::Clips(_) => Wanted::Clips,
        }
    }

    /// Replaces modalities by those of other files, before anything is checked.
    pub fn with_replacements(mut self, replacements: Replacements) -> Self {
        self.replacements = replacements;
        self.notes.extend(&self.replacements.take_notes());
        self
    }

    /// Shows every utterance to `observer` as read.
    pub fn with_observer(mut self, observer: &'s mut Observer<'s>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Counts the values of a pickle that are not read.
    pub fn note_unread(&mut self, split: impl Into<Option<Split>>, pickle: &Pickle<'_>) {
        let split = split.into();
        for unread in pickle.unread() {
            let kind = NoteKind::NotRead(unread.class);
            self.notes.add(split, kind, unread.count);
        }
    }

    /// Takes the next utterance of a split; `place` names its source in messages.
    pub fn push(
        &mut self,
        split: impl Into<Option<Split>>,
        place: &str,
        entry: impl Into<Entry>,
    ) -> Result<(), DataError> {
        let (split, mut entry) = (split.into(), entry.into());
        if !self.replacements.apply(split, &mut entry) {
            return Ok(());
        }
        self.check(place, &entry)?;
        let Some(mut entry) = self.whole(split, place, entry)? else {
            return Ok(());
        };
        if !self.wanted().is_clips() {
            let labels = &entry.modality_labels;
            self.labelled.check(split, place, &entry.id, labels)?;
        }
        let may_pass = self.pass_label(split, &mut entry);
        let may_pass = self.pass_modality_labels(split, &mut entry) && may_pass;
        let may_pass = self.pass_features(split, &mut entry) && may_pass;
        self.note_word_ids(place, &entry);
        let index = split.map_or(Split::ALL.len(), Split::index);
        if !self.ids[index].insert(entry.id.clone()) {
            self.notes.add(split, NoteKind::DuplicateId, 1);
        }
        if let Some(split) = split {
            self.counts[split.index()] += 1;
        }
        match (&mut self.receiver, split) {
            _ if !may_pass => Ok(()),
            (Receiver::Clips(sink), split) => {
                sink(split, entry);
                Ok(())
            }
            (Receiver::Utterances(sink), Some(split)) => sink(split, entry.into_utterance(place)?),
            (Receiver::Utterances(_), None) => Ok(()),
        }
    }

    /// Fails if an utterance is invalid, or has other sizes than the utterances before it.
    pub fn check(&mut self, place: &str, entry: &Entry) -> Result<(), DataError> {
        let checked = entry.check_steps();
        checked.map_err(|source| DataError::Utterance {
            place: place.to_owned(),
            id: entry.id.clone(),
            source,
        })?;
        check_width(place, &entry.id, &widths::of_entry(entry), &mut self.widths)
    }

    /// The entry with every part that is asked for, after the observer has seen it; `None` for an
    /// utterance without a split.
    fn whole(
        &mut self,
        split: Option<Split>,
        place: &str,
        entry: Entry,
    ) -> Result<Option<Entry>, DataError> {
        if self.wanted().is_clips() {
            if Modality::ALL.iter().all(|&one| entry.steps(one).is_none()) {
                let place = format!("{place}: utterance {:?}", entry.id);
                let expected = "text, visual or acoustic features";
                return Err(DataError::layout(place, expected, "none of them"));
            }
            return Ok(Some(entry));
        }
        let Some(split) = split else {
            self.notes.add(None, NoteKind::NoSplit, 1);
            return Ok(None);
        };
        let utterance = entry.into_utterance(place)?;
        if let Some(observer) = &mut self.observer {
            observer(split, &utterance);
        }
        Ok(Some(utterance.into()))
    }

    /// Labels of clips are told to nobody, so they are neither refused nor counted.
    fn pass_label(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
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
    fn pass_modality_labels(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
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

    fn pass_features(&mut self, split: Option<Split>, entry: &mut Entry) -> bool {
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

    fn note_word_ids(&mut self, place: &str, entry: &Entry) {
        let Some(TextSequence::Words(ids)) = &entry.text else {
            return;
        };
        let largest = ids.iter().copied().max().unwrap_or(0);
        if largest > self.largest.word_id {
            self.largest = Largest {
                word_id: largest,
                place: format!("{place}: utterance {:?}: text", entry.id),
            };
        }
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
    use super::*;
    use crate::Overview;
    use misa_terms::ModalityLabels;

    fn utterance(id: &str, label: f32, visual: &[f32]) -> Utterance {
        Utterance {
            id: id.to_owned(),
            words: Vec::new(),
            text: TextSequence::Words(vec![2]),
            visual: Sequence::new(1, visual.to_vec()).unwrap(),
            acoustic: Sequence::new(1, vec![0.0]).unwrap(),
            label,
            modality_labels: ModalityLabels::default(),
        }
    }

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
                        1 utterances with infinite visual (v); policy compat replaces them";
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

    /// An utterance with these labels of what is said and heard.
    fn labelled(id: &str, text: Option<f32>, acoustic: Option<f32>) -> Utterance {
        Utterance {
            modality_labels: ModalityLabels {
                text,
                visual: None,
                acoustic,
            },
            ..utterance(id, 1.0, &[0.0])
        }
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
        let expected = "train: 1 labels of acoustic NaN or infinite (u)";
        assert!(error.contains(expected), "{error}");
        let (taken, overview) = take(Policy::Compat, utterances());
        assert_eq!(taken[0], labelled("u", Some(0.5), Some(0.0)));
        let notes = overview.unwrap().notes;
        assert_eq!(notes[0].to_string(), "train: 1 non-finite labels replaced");
    }

    #[test]
    fn a_split_has_labels_by_a_modality_or_none() {
        let mut sink = |_, _| Ok(());
        let mut intake = Intake::new(Policy::Strict, &mut sink);
        let first = labelled("u", Some(0.5), None);
        intake.push(Split::Train, "place", first).unwrap();
        let other = labelled("v", None, None);
        intake.push(Split::Valid, "place", other.clone()).unwrap();
        let error = intake.push(Split::Train, "place", other).unwrap_err();
        let expected = "place: utterance \"v\": label of text: expected one, as the first utterance, \
                        found none";
        assert_eq!(error.to_string(), expected);
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
            "train: 1 non-finite visual values replaced by 0",
        ];
        assert_eq!(notes, expected);
    }
}
