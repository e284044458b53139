//! The gate that every utterance of a data set passes, whatever its source.

mod finish;
mod non_finite;
mod raw;
#[cfg(test)]
mod testing;

use crate::entry::Entry;
use crate::labelled::Labelled;
use crate::note::Notes;
use crate::refusal::Refusals;
use crate::replacement::Replacements;
use crate::wanted::Wanted;
use crate::widths::{self, Widths, check_width};
use crate::{DataError, Format, NoteKind, Policy, Split, TextSequence, Utterance, Vocabulary};
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

#[cfg(test)]
mod tests {
    use super::testing::labelled;
    use super::*;

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
}
