//! Folders of computational sequences (`.csd`), as the CMU Multimodal SDK distributes them.
//!
//! There is one HDF5 file each for words, labels, visual and acoustic features, which are
//! recognised by the name and the values of the sequence inside. All videos that occur in every
//! sequence are aligned to words, by averaging features, and then to labels, with one utterance per
//! label.
//!
//! Clips need no labels and no splits, and a video need not be in every sequence: without labels, a
//! video is one clip; without words, features keep their own rows.
//!
//! - Source: CMU Multimodal SDK, `align`; official MISA, `create_dataset.py`.
//! - Differs: videos are compared instead of prefixes of their names. An utterance without a visual
//!   or acoustic row is dropped and counted as misaligned; the official code stops or skips it.

mod part;
mod role;
mod sequence;
mod standard_folds;

use super::Format;
use crate::intake::{Heading, Intake};
use crate::prepare::{Preparer, RawEntry};
use crate::wanted::Wanted;
use crate::{DataError, NoteKind, OpenOptions};
use part::Part;
pub(super) use role::KINDS;
use role::{ACOUSTIC, LABELS, Role, VISUAL, WORDS, roles};
use sequence::Csd;
pub(super) use sequence::at;
use standard_folds::FolderFolds;
use std::collections::BTreeSet;
use std::path::Path;

/// Extension of the files.
pub(super) const EXTENSION: &str = "csd";

/// The computational sequences of a folder.
#[derive(Debug)]
pub struct CsdFolder {
    words: Option<Csd>,
    labels: Option<Csd>,
    visual: Option<Csd>,
    acoustic: Option<Csd>,
    folds: FolderFolds,
    wanted: Wanted,
}

/// The words and features during one label.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Segment {
    /// `video[number of the label]`, or the name of the piece of a video that has this label alone.
    pub id: String,
    /// The words, including pauses (`sp`).
    pub words: Vec<String>,
    /// One row per word with visual features; `None` if the folder has no such sequence.
    pub visual: Option<Vec<Vec<f64>>>,
    /// Like `visual`.
    pub acoustic: Option<Vec<Vec<f64>>>,
    /// The first number of the label.
    pub label: f64,
}

/// The data set of a folder.
pub(super) fn read_folder(
    path: &Path,
    options: &OpenOptions,
    intake: &mut Intake<'_>,
) -> Result<Heading, DataError> {
    let wanted = intake.wanted();
    let folder = CsdFolder::open_for(path, options, wanted)?;
    let place = path.display().to_string();
    for (sequence, names) in [(&folder.visual, VISUAL), (&folder.acoustic, ACOUSTIC)] {
        if sequence.is_none() && !wanted.is_clips() {
            let expected = format!("a sequence named like {}", names.join(", "));
            return Err(DataError::layout(place, expected, "none"));
        }
    }
    let mut preparer = Preparer::new(intake.non_finite(), wanted);
    let videos = folder.videos();
    intake.notes.add(None, NoteKind::NotInAll, videos.left_out);
    for video in &videos.names {
        let split = folder.folds.split(video);
        let is_single = folder.is_single(video)?;
        let parts = folder.parts(video)?;
        let without_duration = parts.without_duration;
        intake
            .notes
            .add(split, NoteKind::NoDuration, without_duration);
        for part in parts.list {
            let raw = RawEntry {
                id: part.id,
                split,
                words: part.words,
                visual: part.visual,
                acoustic: part.acoustic,
                label: part.label,
                is_single,
            };
            intake.push_raw(&place, &raw, None, &mut preparer)?;
        }
    }
    Ok(Heading {
        format: Format::Csd,
        vocabulary: Some(preparer.finish()),
    })
}

/// The segments of a video.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Segments {
    /// One per label, in the order of the file.
    pub list: Vec<Segment>,
    /// Labels shorter than 10 microseconds, which contain nothing.
    pub without_duration: usize,
}

/// The videos of a folder.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Videos {
    /// The videos that occur in all sequences, in alphabetical order.
    pub names: Vec<String>,
    /// The number of other videos with labels.
    pub left_out: usize,
}

impl CsdFolder {
    /// Opens the sequences of a folder: words and labels, and visual and acoustic features if they
    /// exist. The splits are those of `folds.json` (`train`, `valid` or `dev`, `test`: lists of
    /// video ids) or the standard ones of MOSI and MOSEI.
    ///
    /// # Errors
    ///
    /// [`DataError`] when a file is damaged, words or labels are missing, or two files have the
    /// same role.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::open_with(folder, &OpenOptions::new())
    }

    /// The same, with the sequences that [`OpenOptions::with_replacement`] names. The other sequences
    /// of their roles are not read.
    ///
    /// # Errors
    ///
    /// As for [`open`](Self::open), and when a named sequence has texts instead of numbers, or numbers
    /// instead of words.
    pub fn open_with(folder: impl AsRef<Path>, options: &OpenOptions) -> Result<Self, DataError> {
        Self::open_for(folder.as_ref(), options, Wanted::Utterances)
    }

    /// The same; for clips, one sequence with words or features is enough.
    fn open_for(folder: &Path, options: &OpenOptions, wanted: Wanted) -> Result<Self, DataError> {
        let mut roles = roles(folder, options)?;
        let mut one = |role: Role| match roles.remove(&role).unwrap_or_default() {
            mut found if found.len() < 2 => Ok(found.pop()),
            found => Err(role.several(folder, &found)),
        };
        let missing = |names: &[&str]| {
            let expected = format!("a sequence named like {}", names.join(", "));
            DataError::layout(folder.display().to_string(), expected, "none")
        };
        let (words, labels) = (one(Role::Words)?, one(Role::Labels)?);
        if !wanted.is_clips() {
            words.as_ref().ok_or_else(|| missing(&WORDS))?;
            labels.as_ref().ok_or_else(|| missing(&LABELS))?;
        }
        let opened = Self {
            words,
            labels,
            visual: one(Role::Visual)?,
            acoustic: one(Role::Acoustic)?,
            folds: FolderFolds::open(folder)?,
            wanted,
        };
        if opened.sequences().next().is_none() {
            return Err(missing(&[&WORDS[..], &VISUAL, &ACOUSTIC].concat()));
        }
        Ok(opened)
    }

    /// The sequences of the modalities.
    fn sequences(&self) -> impl Iterator<Item = &Csd> {
        let sequences = [&self.words, &self.visual, &self.acoustic];
        sequences.into_iter().flatten()
    }

    /// The videos that occur in every sequence of the folder; of clips, those in any sequence of a
    /// modality.
    pub fn videos(&self) -> Videos {
        let labelled = self.labels.iter().flat_map(|labels| labels.videos.keys());
        let labelled: BTreeSet<&String> = labelled.collect();
        let has = |sequence: &Csd, video: &str| sequence.videos.contains_key(video);
        if self.wanted.is_clips() {
            let names = self.sequences().flat_map(|sequence| sequence.videos.keys());
            let names: BTreeSet<&String> = names.collect();
            return Videos {
                left_out: labelled.difference(&names).count(),
                names: names.into_iter().cloned().collect(),
            };
        }
        let is_in_all = |video: &&&String| self.sequences().all(|sequence| has(sequence, video));
        let names: Vec<String> = labelled
            .iter()
            .filter(is_in_all)
            .map(|&v| v.clone())
            .collect();
        Videos {
            left_out: labelled.len() - names.len(),
            names,
        }
    }

    /// Whether the visual features of a video have single precision, or its acoustic ones if it has no
    /// others.
    fn is_single(&self, video: &str) -> Result<bool, DataError> {
        let features = [&self.visual, &self.acoustic].into_iter().flatten();
        let mut features = features.filter(|sequence| sequence.videos.contains_key(video));
        match features.next() {
            Some(features) => features.is_single(features.pieces(video)),
            None => Ok(false),
        }
    }

    /// The segments of a video, one per label.
    ///
    /// # Errors
    ///
    /// [`DataError`] when a file is damaged or has other shapes.
    pub fn segments(&self, video: &str) -> Result<Segments, DataError> {
        let parts = self.parts(video)?;
        let segment = |part: Part| Segment {
            id: part.id,
            words: part.words.unwrap_or_default(),
            visual: part.visual,
            acoustic: part.acoustic,
            // Only folders that are opened for clips lack labels, and they have no segments.
            label: part.label.unwrap_or(f64::NAN),
        };
        Ok(Segments {
            list: parts.list.into_iter().map(segment).collect(),
            without_duration: parts.without_duration,
        })
    }
}
