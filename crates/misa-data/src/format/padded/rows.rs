//! The sequences of an utterance without their padding.

use super::sides::{Ends, Sides, UtteranceEnds};
use super::values::Padded;
use crate::note::Notes;
use crate::{DataError, NoteKind, Padding, Sequence, Split};
use misa_terms::{Modality, PerModality};
use std::ops::Range;

/// Real steps of the text, from the attention mask.
#[derive(Debug)]
pub(in crate::format) struct Mask {
    /// Real steps of each utterance.
    pub lengths: Vec<usize>,
    /// The number of padded steps.
    pub steps: usize,
}

/// The features of a split.
#[derive(Debug)]
pub(in crate::format) struct Rows<'p> {
    mask: Option<Mask>,
    pub features: PerModality<Option<Padded<'p>>>,
    /// Whether all modalities are padded to equal steps, word by word.
    pub is_aligned: bool,
}

impl<'p> Rows<'p> {
    /// The features of clips, which are aligned if those that are there are.
    pub fn of_clips(mask: Option<Mask>, features: PerModality<Option<Padded<'p>>>) -> Self {
        let steps = |modality| {
            features
                .get(modality)
                .as_ref()
                .map(|padded: &Padded<'_>| padded.steps)
        };
        let text = steps(Modality::Text);
        let others = [Modality::Visual, Modality::Acoustic].map(steps);
        let mut others = others.into_iter().flatten().peekable();
        Self {
            mask,
            is_aligned: text.is_some()
                && others.peek().is_some()
                && others.all(|steps| Some(steps) == text),
            features,
        }
    }

    pub fn new(mask: Option<Mask>, features: PerModality<Option<Padded<'p>>>) -> Self {
        Self {
            mask,
            is_aligned: is_aligned(&features),
            features,
        }
    }

    /// Fails unless there is a mask, if the padding is to be cut by it; `place` names the split in messages.
    pub fn check_mask(&self, padding: Padding, place: &str) -> Result<(), DataError> {
        if padding != Padding::Mask || self.mask.is_some() {
            return Ok(());
        }
        let expected = "`text_bert`, by whose mask the padding `mask` cuts";
        Err(DataError::layout(place, expected, "none"))
    }

    /// Whether the first and last rows of utterance `index` are zeros.
    pub fn ends(&self, index: usize) -> Result<UtteranceEnds, DataError> {
        let mut ends = PerModality::from_fn(|_| None);
        for modality in Modality::ALL {
            if let Some(padded) = self.features.get(modality) {
                *ends.get_mut(modality) = padded_ends(padded, index)?;
            }
        }
        Ok(ends)
    }

    /// The sequences of utterance `index` without their padding.
    pub fn sequences(
        &self,
        sides: &Sides,
        split: Option<Split>,
        index: usize,
        notes: &mut Notes,
    ) -> Result<PerModality<Option<Sequence>>, DataError> {
        let mut ranges = PerModality::from_fn(|_| None);
        let mut sequences = PerModality::from_fn(|_| None);
        for modality in Modality::ALL {
            let Some(padded) = self.features.get(modality) else {
                continue;
            };
            match self.stated(sides, padded, index) {
                Some(steps) => {
                    let rows = stated_rows(padded, steps, split, notes);
                    *sequences.get_mut(modality) = Some(padded.sequence(index, rows)?);
                }
                None => {
                    let sequence = padded.sequence(index, 0..padded.steps)?;
                    *ranges.get_mut(modality) = Some(real_rows(&sequence));
                    *sequences.get_mut(modality) = Some(sequence);
                }
            }
        }
        if self.is_aligned {
            join(&mut ranges);
        }
        let mut noted = Vec::new();
        for modality in Modality::ALL {
            let range = ranges.get_mut(modality).take();
            if let (Some(range), Some(sequence)) = (range, sequences.get_mut(modality)) {
                noted.extend(sides.cut(sequence, range, modality));
            }
        }
        // Rows that are cut in all modalities are noted once.
        noted.dedup();
        for kind in noted {
            notes.add(split, kind, 1);
        }
        Ok(sequences)
    }

    /// The number of steps from the front that the file states, or implies by its tokens.
    fn stated(&self, sides: &Sides, padded: &Padded<'_>, index: usize) -> Option<usize> {
        let mask = self.mask.as_ref();
        let tokens = mask.map(|mask| (mask.lengths[index], mask.steps));
        let is_front = sides.is_front(padded.modality);
        match (&padded.stated, tokens) {
            _ if [Padding::Left, Padding::None].contains(&sides.padding) => None,
            (_, tokens) if sides.padding == Padding::Mask => {
                tokens.map(|(length, _)| length.min(padded.steps))
            }
            // Such lengths come from a search for zeros from the front, so they are 1 if the
            // padding is there.
            (Some(lengths), _) => (!is_front).then_some(lengths[index]),
            // As many steps as the text, so the modality is aligned to its tokens.
            (None, Some((length, steps))) => (steps == padded.steps).then_some(length),
            (None, None) => None,
        }
    }
}

/// The ends of one sequence; `None` if it has a single step, which is never padding.
fn padded_ends(padded: &Padded<'_>, index: usize) -> Result<Option<Ends>, DataError> {
    if padded.steps < 2 {
        return Ok(None);
    }
    let [first, last] = padded.end_rows(index)?;
    Ok(Some(Ends {
        first: is_zero(&first),
        last: is_zero(&last),
    }))
}

/// The rows of a stated length. A length outside `1..=stored` is clamped and counted.
fn stated_rows(
    padded: &Padded<'_>,
    stated: usize,
    split: Option<Split>,
    notes: &mut Notes,
) -> Range<usize> {
    let (modality, stored) = (padded.modality, padded.steps);
    if stated == 0 {
        notes.add(split, NoteKind::NoSteps(modality), 1);
    } else if stated > stored {
        notes.add(split, NoteKind::TooLong(modality), 1);
    }
    0..stated.max(1).min(stored)
}

fn is_aligned(features: &PerModality<Option<Padded<'_>>>) -> bool {
    let steps = |modality| features.get(modality).as_ref().map(|padded| padded.steps);
    let text = steps(Modality::Text);
    text.is_some() && text == steps(Modality::Visual) && text == steps(Modality::Acoustic)
}

/// The range from the first to the last row with a nonzero value. NaN is a value.
fn real_rows(sequence: &Sequence) -> Range<usize> {
    let mut rows = sequence.iter();
    let Some(first) = rows.position(|row| !is_zero(row)) else {
        return 0..0;
    };
    let after = rows
        .rposition(|row| !is_zero(row))
        .map_or(0, |last| last + 1);
    first..first + 1 + after
}

fn is_zero(row: &[f32]) -> bool {
    row.iter().all(|&value| value == 0.0)
}

/// If words are aligned, a word is real if any modality has a value for it.
fn join(ranges: &mut PerModality<Option<Range<usize>>>) {
    let real = |range: &&Range<usize>| !range.is_empty();
    let all: Vec<Range<usize>> = ranges
        .as_ref()
        .into_array()
        .into_iter()
        .flatten()
        .filter(real)
        .cloned()
        .collect();
    let start = all.iter().map(|range| range.start).min();
    let end = all.iter().map(|range| range.end).max();
    if let (Some(start), Some(end)) = (start, end) {
        for modality in Modality::ALL {
            if let Some(range) = ranges.get_mut(modality) {
                *range = start..end;
            }
        }
    }
}
