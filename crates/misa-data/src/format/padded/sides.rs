//! Which rows of zeros are padding, and how it is cut off.

use crate::{NoteKind, Padding, PaddingReason, PaddingSide, Sequence};
use misa_terms::{Modality, PerModality};
use std::ops::Range;

/// Whether the first and the last row of a sequence are zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) struct Ends {
    pub first: bool,
    pub last: bool,
}

/// The ends of an utterance's sequences; `None` for modalities without padded features.
pub(in crate::format) type UtteranceEnds = PerModality<Option<Ends>>;

/// Padding of one modality: its side, and why these zeros are padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Side {
    side: PaddingSide,
    reason: PaddingReason,
    /// Whether at least two thirds of the sequences have it.
    is_common: bool,
}

/// The padding of all splits of a file, as requested or as detected from the content.
#[derive(Debug)]
pub(in crate::format) struct Sides {
    pub padding: Padding,
    /// `None`: zeros at the ends are not padding.
    sides: PerModality<Option<Side>>,
    is_aligned: bool,
}

impl Sides {
    /// The padding by the setting, or by the ends of all utterances of the file.
    ///
    /// A missing value is zero in one modality, and at either end. So zeros are padding
    ///
    /// - in aligned files: in rows that are zero in all modalities;
    /// - otherwise: if the utterances in which they occur are padded on the same side in every
    ///   modality, or if at least two thirds of the sequences have them.
    pub fn decide(padding: Padding, is_aligned: bool, utterances: &[UtteranceEnds]) -> Self {
        let requested = |side| Side {
            side,
            reason: PaddingReason::Setting,
            is_common: true,
        };
        let equal = match padding {
            Padding::None => None,
            Padding::Left => Some(requested(PaddingSide::Front)),
            Padding::Right | Padding::Mask => Some(requested(PaddingSide::Back)),
            Padding::Auto => aligned_side(utterances),
        };
        let sides = if padding == Padding::Auto && !is_aligned {
            separate_sides(utterances)
        } else {
            PerModality::from_fn(|_| equal)
        };
        Self {
            padding,
            sides,
            is_aligned,
        }
    }

    /// Whether stated lengths of a modality count from the wrong end.
    pub fn is_front(&self, modality: Modality) -> bool {
        let side = self.sides.get(modality);
        side.is_some_and(|side| side.side == PaddingSide::Front && side.is_common)
    }

    /// Cuts the padding off a sequence whose rows in `real` are not all zero; returns the note of
    /// what was cut or kept, if there is one.
    pub fn cut(
        &self,
        sequence: &mut Sequence,
        real: Range<usize>,
        modality: Modality,
    ) -> Option<NoteKind> {
        let Some(side) = self.sides.get(modality) else {
            let has_zeros = real.start > 0 || real.end < sequence.steps();
            // In an aligned file, the other modalities have values in these rows.
            let is_doubtful = self.padding == Padding::Auto && !self.is_aligned;
            return (has_zeros && is_doubtful).then_some(NoteKind::ZerosKept(modality));
        };
        if real.is_empty() {
            sequence.keep(0..1);
            return Some(NoteKind::OnlyPadding(modality));
        }
        let kept = match side.side {
            PaddingSide::Front => real.start..sequence.steps(),
            PaddingSide::Back => 0..real.end,
        };
        if kept.len() == sequence.steps() {
            return None;
        }
        sequence.keep(kept);
        Some(NoteKind::Padded {
            modality: (!self.is_aligned).then_some(modality),
            side: side.side,
            reason: side.reason,
        })
    }
}

/// The side of rows that are zero in all modalities.
fn aligned_side(utterances: &[UtteranceEnds]) -> Option<Side> {
    let counts = Counts::of(utterances.iter().filter_map(|ends| {
        let given = ends.as_ref().into_array().into_iter().flatten();
        given.copied().reduce(|all, ends| Ends {
            first: all.first && ends.first,
            last: all.last && ends.last,
        })
    }));
    Some(Side {
        side: counts.side()?,
        reason: PaddingReason::Rows,
        is_common: counts.are_common(),
    })
}

/// The side of each modality of a file whose modalities differ in steps.
fn separate_sides(utterances: &[UtteranceEnds]) -> PerModality<Option<Side>> {
    let counts = PerModality::from_fn(|modality| {
        Counts::of(utterances.iter().filter_map(|ends| *ends.get(modality)))
    });
    let shared = shared_side(&counts, utterances);
    counts.map(|counts| {
        let side = counts.side()?;
        let is_common = counts.are_common();
        let reason = match shared {
            _ if is_common => PaddingReason::Most,
            // Utterances that are cut to the longest length of one modality may be shorter than
            // that of another, so a few have padding in some modalities only.
            Some(shared) if 4 * shared >= 3 * counts.on(side) => PaddingReason::Utterances,
            _ => return None,
        };
        Some(Side {
            side,
            reason,
            is_common,
        })
    })
}

/// Utterances with zeros on one and the same side in every modality; `None` if there is only one
/// modality, or sides differ.
fn shared_side(counts: &PerModality<Counts>, utterances: &[UtteranceEnds]) -> Option<usize> {
    let given = counts.as_ref().into_array().into_iter();
    let given: Vec<&Counts> = given.filter(|counts| counts.sequences > 0).collect();
    let side = given.first()?.side()?;
    if given.len() < 2 || given.iter().any(|counts| counts.side() != Some(side)) {
        return None;
    }
    let is_padded = |ends: &&UtteranceEnds| {
        let mut ends = ends.as_ref().into_array().into_iter().flatten();
        ends.all(|ends| match side {
            PaddingSide::Front => ends.first,
            PaddingSide::Back => ends.last,
        })
    };
    Some(utterances.iter().filter(is_padded).count())
}

/// Counts of sequences by zeros in their first and last rows.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// Sequences that start but do not end with a row of zeros.
    front: usize,
    /// Sequences that end but do not start with a row of zeros.
    back: usize,
    /// Sequences that start and end with a row of zeros.
    both: usize,
    sequences: usize,
}

impl Counts {
    fn of(ends: impl Iterator<Item = Ends>) -> Self {
        let mut counts = Self::default();
        for Ends { first, last } in ends {
            counts.sequences += 1;
            counts.front += usize::from(first && !last);
            counts.back += usize::from(last && !first);
            counts.both += usize::from(first && last);
        }
        counts
    }

    /// The side on which more sequences have zeros; `None` if none has any.
    fn side(&self) -> Option<PaddingSide> {
        if self.front + self.back + self.both == 0 {
            None
        } else if self.front > self.back {
            Some(PaddingSide::Front)
        } else {
            Some(PaddingSide::Back)
        }
    }

    /// Sequences with zeros on a side.
    fn on(&self, side: PaddingSide) -> usize {
        self.both
            + match side {
                PaddingSide::Front => self.front,
                PaddingSide::Back => self.back,
            }
    }

    fn are_common(&self) -> bool {
        3 * (self.front + self.back + self.both) >= 2 * self.sequences
    }
}
