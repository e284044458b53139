//! Detecting which rows of padded sequences are real.

use super::values::Padded;
use crate::note::Notes;
use crate::{DataError, NoteKind, Padding, Sequence, Split};
use misa_terms::{Modality, PerModality};
use std::ops::Range;

/// Sequences that are examined to detect the side of the padding; more would give the same result.
const SAMPLE: usize = 256;

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
    /// Whether all modalities with features are padded to equal steps, word by word.
    is_aligned: bool,
}

impl<'p> Rows<'p> {
    pub fn new(mask: Option<Mask>, features: PerModality<Option<Padded<'p>>>) -> Self {
        Self {
            mask,
            is_aligned: is_aligned(&features),
            features,
        }
    }

    /// The votes of the sequences for the side of the padding.
    pub fn votes(&self) -> Result<PerModality<Votes>, DataError> {
        let mut votes = PerModality::from_fn(|_| Votes::default());
        for modality in Modality::ALL {
            if let Some(padded) = self.features.get(modality) {
                *votes.get_mut(modality) = Votes::of(padded)?;
            }
        }
        if self.is_aligned {
            let all = votes
                .into_array()
                .into_iter()
                .fold(Votes::default(), Votes::and);
            votes = PerModality::from_fn(|_| all);
        }
        Ok(votes)
    }

    /// The sequences of utterance `index` without their padding.
    pub fn sequences(
        &self,
        sides: &Sides,
        split: Split,
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
        for modality in Modality::ALL {
            let range = ranges.get_mut(modality).take();
            if let (Some(range), Some(sequence)) = (range, sequences.get_mut(modality)) {
                sides.cut(sequence, range, modality, split, notes);
            }
        }
        Ok(sequences)
    }

    /// The number of steps from the front that the file states, or implies by its tokens.
    fn stated(&self, sides: &Sides, padded: &Padded<'_>, index: usize) -> Option<usize> {
        let mask = self.mask.as_ref();
        let tokens = mask.map(|mask| (mask.lengths[index], mask.steps));
        let is_front = *sides.sides.get(padded.modality) == Some(Side::Front);
        match (&padded.stated, tokens) {
            _ if sides.padding == Padding::Left => None,
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

/// The side of the padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Front,
    Back,
}

/// The side for all splits of a file, as requested or as detected from the content.
#[derive(Debug)]
pub(in crate::format) struct Sides {
    padding: Padding,
    /// `None`: zeros at the ends are not padding.
    sides: PerModality<Option<Side>>,
}

impl Sides {
    /// The sides for the setting `padding` and the votes of the splits.
    pub fn decide(padding: Padding, votes: &[PerModality<Votes>]) -> Self {
        let all = PerModality::from_fn(|modality| {
            let votes = votes.iter().map(|votes| *votes.get(modality));
            votes.fold(Votes::default(), Votes::and)
        });
        Self {
            padding,
            sides: all.map(|votes| match padding {
                Padding::Left => Some(Side::Front),
                Padding::Right | Padding::Mask => Some(Side::Back),
                Padding::Auto => votes.side(),
            }),
        }
    }

    /// Cuts the padding off a sequence whose rows in `real` are not all zero.
    fn cut(
        &self,
        sequence: &mut Sequence,
        real: Range<usize>,
        modality: Modality,
        split: Split,
        notes: &mut Notes,
    ) {
        match self.sides.get(modality) {
            None => {}
            Some(_) if real.is_empty() => {
                notes.add(split, NoteKind::OnlyPadding(modality), 1);
                sequence.keep(0..1);
            }
            Some(Side::Back) => sequence.keep(0..real.end),
            Some(Side::Front) => {
                let is_cut = usize::from(real.start > 0);
                notes.add(split, NoteKind::PaddedFront(modality), is_cut);
                sequence.keep(real.start..sequence.steps());
            }
        }
    }
}

/// Counts of sequences by zeros in their first and last rows.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::format) struct Votes {
    /// Sequences that start but do not end with a row of zeros.
    front: usize,
    /// Sequences that end but do not start with a row of zeros.
    back: usize,
    /// Sequences that start and end with a row of zeros.
    both: usize,
    /// All examined sequences.
    sequences: usize,
}

impl Votes {
    fn of(padded: &Padded<'_>) -> Result<Self, DataError> {
        let mut votes = Self::default();
        if padded.steps < 2 {
            return Ok(votes);
        }
        let stride = padded.count.div_ceil(SAMPLE).max(1);
        for index in (0..padded.count).step_by(stride) {
            let first = padded.sequence(index, 0..1)?;
            let last = padded.sequence(index, padded.steps - 1..padded.steps)?;
            votes.sequences += 1;
            match (is_zero(first.values()), is_zero(last.values())) {
                (true, false) => votes.front += 1,
                (false, true) => votes.back += 1,
                (true, true) => votes.both += 1,
                (false, false) => {}
            }
        }
        Ok(votes)
    }

    /// The side of the padding. If fewer than two thirds of the sequences have zeros at an end, the
    /// zeros are missing values, because nearly all sequences of a padded file have them.
    fn side(self) -> Option<Side> {
        let padded = self.front + self.back + self.both;
        if padded == 0 || 3 * padded < 2 * self.sequences {
            return None;
        }
        if self.front > self.back {
            Some(Side::Front)
        } else {
            Some(Side::Back)
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            front: self.front + other.front,
            back: self.back + other.back,
            both: self.both + other.both,
            sequences: self.sequences + other.sequences,
        }
    }
}

/// The rows of a stated length. A length outside `1..=stored` is clamped and counted.
fn stated_rows(
    padded: &Padded<'_>,
    stated: usize,
    split: Split,
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
