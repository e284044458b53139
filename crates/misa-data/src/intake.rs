//! The gate that every utterance of a data set passes, whatever its source.

use crate::note::Notes;
use crate::prepare::{NonFinite, Preparer, RawUtterance};
use crate::refusal::{Refusals, Refused};
use crate::replacement::Replacements;
use crate::widths::{Widths, check_width};
use crate::{
    DataError, Format, NoteKind, Overview, Policy, Sequence, Split, TextSequence, Utterance,
    Vocabulary, Width,
};
use misa_files::pickle::Pickle;
use misa_terms::{FeatureSizes, Modality, TextSize};
use std::collections::HashSet;

/// The receiver of utterances that pass.
pub(crate) type Sink<'s> = dyn FnMut(Split, Utterance) -> Result<(), DataError> + 's;

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
    widths: Option<Widths>,
    ids: [HashSet<String>; 3],
    counts: [usize; 3],
    largest: Largest,
    refused: Refusals,
    replacements: Replacements,
    observer: Option<&'s mut Observer<'s>>,
    sink: &'s mut Sink<'s>,
}

/// The largest word id, and the position of its utterance.
#[derive(Debug, Default)]
struct Largest {
    word_id: u32,
    place: String,
}

impl<'s> Intake<'s> {
    pub fn new(policy: Policy, sink: &'s mut Sink<'s>) -> Self {
        Self {
            policy,
            notes: Notes::default(),
            widths: None,
            ids: Default::default(),
            counts: [0; 3],
            largest: Largest::default(),
            refused: Refusals::default(),
            replacements: Replacements::default(),
            observer: None,
            sink,
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
        split: Split,
        place: &str,
        mut utterance: Utterance,
    ) -> Result<(), DataError> {
        if !self.replacements.apply(&mut utterance) {
            return Ok(());
        }
        self.check(place, &utterance)?;
        if let Some(observer) = &mut self.observer {
            observer(split, &utterance);
        }
        let may_pass = self.pass_label(split, &mut utterance);
        let may_pass = self.pass_features(split, &mut utterance) && may_pass;
        self.note_word_ids(place, &utterance);
        if !self.ids[split.index()].insert(utterance.id.clone()) {
            self.notes.add(split, NoteKind::DuplicateId, 1);
        }
        self.counts[split.index()] += 1;
        if may_pass {
            (self.sink)(split, utterance)?;
        }
        Ok(())
    }

    /// Fails if an utterance is invalid, or has other sizes than the utterances before it.
    pub fn check(&mut self, place: &str, utterance: &Utterance) -> Result<(), DataError> {
        let checked = utterance.check_steps();
        checked.map_err(|source| DataError::Utterance {
            place: place.to_owned(),
            id: utterance.id.clone(),
            source,
        })?;
        check_width(place, utterance, &mut self.widths)
    }

    fn pass_label(&mut self, split: Split, utterance: &mut Utterance) -> bool {
        if utterance.label.is_finite() {
            return true;
        }
        if self.policy == Policy::Strict {
            self.refused.add(split, Refused::Label, &utterance.id);
            return false;
        }
        self.notes.add(split, NoteKind::Label, 1);
        utterance.label = match utterance.label {
            label if label.is_nan() => 0.0,
            label => label.clamp(f32::MIN, f32::MAX),
        };
        true
    }

    fn pass_features(&mut self, split: Split, utterance: &mut Utterance) -> bool {
        let mut may_pass = true;
        for modality in Modality::ALL {
            let sequence = match (modality, &mut utterance.text) {
                (Modality::Text, TextSequence::Features(text)) => text,
                (Modality::Text, TextSequence::Words(_)) => continue,
                (Modality::Visual, _) => &mut utterance.visual,
                (Modality::Acoustic, _) => &mut utterance.acoustic,
            };
            if is_finite(sequence.values()) {
                continue;
            }
            let is_infinite = sequence.values().iter().any(|value| value.is_infinite());
            if is_infinite && self.policy == Policy::Strict {
                self.refused
                    .add(split, Refused::Infinite(modality), &utterance.id);
                may_pass = false;
                continue;
            }
            let count = zero_non_finite(sequence);
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
        raw: &RawUtterance,
        vectors: Option<Sequence>,
        preparer: &mut Preparer,
    ) -> Result<(), DataError> {
        let Some((split, mut utterance)) = preparer.prepare(raw, &mut self.notes)? else {
            return Ok(());
        };
        if self.policy == Policy::Strict {
            for (modality, rows) in [
                (Modality::Visual, &raw.visual),
                (Modality::Acoustic, &raw.acoustic),
            ] {
                if rows.iter().flatten().any(|value| value.is_infinite()) {
                    self.refused
                        .add(split, Refused::Infinite(modality), &raw.id);
                }
            }
        }
        if let Some(vectors) = vectors {
            utterance.words.clear();
            utterance.text = TextSequence::Features(vectors);
        }
        self.push(split, place, utterance)
    }

    /// How infinite values of raw features are replaced before scaling.
    pub fn non_finite(&self) -> NonFinite {
        match self.policy {
            Policy::Strict => NonFinite::Zero,
            Policy::Compat => NonFinite::Official,
        }
    }

    fn note_word_ids(&mut self, place: &str, utterance: &Utterance) {
        let TextSequence::Words(ids) = &utterance.text else {
            return;
        };
        let largest = ids.iter().copied().max().unwrap_or(0);
        if largest > self.largest.word_id {
            self.largest = Largest {
                word_id: largest,
                place: format!("{place}: utterance {:?}: text", utterance.id),
            };
        }
    }

    /// The overview after all utterances have passed; `place` names the data set in messages.
    pub fn finish(mut self, place: &str, heading: Heading) -> Result<Overview, DataError> {
        if !self.refused.is_empty() {
            return Err(DataError::NonFinite {
                place: place.to_owned(),
                found: self.refused.to_string(),
            });
        }
        self.replacements.check()?;
        let Some(widths) = self.widths.take() else {
            return Err(DataError::NoUtterances {
                place: place.to_owned(),
                notes: self.notes.into_vec(),
            });
        };
        self.note_shared_ids();
        let sizes = FeatureSizes {
            text: match widths.text {
                Width::Words => TextSize::Words {
                    vocabulary: self.words(heading.vocabulary.as_ref())?,
                },
                Width::Features(d_input) => TextSize::Features { d_input },
            },
            visual: features(widths.visual),
            acoustic: features(widths.acoustic),
        };
        let has_words = widths.text == Width::Words;
        let mut vocabulary = heading.vocabulary.filter(|_| has_words);
        if let Some(vocabulary) = &mut vocabulary {
            vocabulary.freeze();
        }
        Ok(Overview {
            format: heading.format,
            sizes,
            vocabulary,
            notes: self.notes.into_vec(),
            counts: self.counts,
        })
    }

    fn note_shared_ids(&mut self) {
        for split in [Split::Valid, Split::Test] {
            let (earlier, ids) = self.ids.split_at(split.index());
            let is_shared = |id: &&String| earlier.iter().any(|earlier| earlier.contains(*id));
            let shared = ids[0].iter().filter(is_shared).count();
            self.notes.add(split, NoteKind::SharedId, shared);
        }
    }

    /// The number of word ids, after checking that none is outside the vocabulary.
    fn words(&self, vocabulary: Option<&Vocabulary>) -> Result<usize, DataError> {
        let bound = vocabulary.map_or(Vocabulary::MAX_LEN, Vocabulary::len);
        let largest = self.largest.word_id as usize;
        if largest >= bound {
            return Err(DataError::layout(
                self.largest.place.as_str(),
                format!("word ids below {bound}"),
                largest.to_string(),
            ));
        }
        Ok(vocabulary.map_or((largest + 1).max(2), Vocabulary::len))
    }
}

fn features(width: Width) -> usize {
    match width {
        Width::Features(d_input) => d_input,
        // Visual and acoustic sequences are always features.
        Width::Words => 0,
    }
}

/// Whether no value is NaN or infinite. The loop has no early exit, so that the compiler can
/// vectorise it.
pub(crate) fn is_finite(values: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    let is_bad = |value: &f32| u32::from(value.to_bits() & EXPONENT == EXPONENT);
    values.iter().map(is_bad).fold(0, |any, bad| any | bad) == 0
}

fn zero_non_finite(sequence: &mut Sequence) -> usize {
    let mut count = 0;
    for value in sequence.values_mut() {
        if !value.is_finite() {
            *value = 0.0;
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utterance(id: &str, label: f32, visual: &[f32]) -> Utterance {
        Utterance {
            id: id.to_owned(),
            words: Vec::new(),
            text: TextSequence::Words(vec![2]),
            visual: Sequence::new(1, visual.to_vec()).unwrap(),
            acoustic: Sequence::new(1, vec![0.0]).unwrap(),
            label,
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

    #[test]
    fn finite_means_neither_nan_nor_infinite() {
        assert!(is_finite(&[
            0.0,
            -f32::MAX,
            f32::MIN_POSITIVE / 2.0,
            f32::MAX
        ]));
        for odd in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(!is_finite(&[1.0, odd, 2.0]));
        }
    }
}
