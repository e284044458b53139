//! Folders of computational sequences (`.csd`), as the CMU Multimodal SDK distributes them.
//!
//! There is one HDF5 file each for words, labels, visual and acoustic features, which are
//! recognised by the name and the values of the sequence inside. All videos that occur in every
//! sequence are aligned to words, by averaging features, and then to labels, with one utterance per
//! label.
//!
//! - Source: CMU Multimodal SDK, `align`; official MISA, `create_dataset.py`.
//! - Differs: videos are compared instead of prefixes of their names. An utterance without a visual
//!   or acoustic row is dropped and counted as misaligned; the official code stops or skips it.

mod align;
mod folds;
mod role;
mod sequence;

use super::Format;
use crate::intake::{Heading, Intake};
use crate::prepare::{Preparer, RawUtterance};
use crate::{DataError, NoteKind, OpenOptions};
use align::{Interval, Timeline, has_length, hull};
use folds::Folds;
pub(super) use role::KINDS;
use role::{ACOUSTIC, LABELS, Role, VISUAL, WORDS, roles};
pub(super) use sequence::at;
use sequence::{Csd, Features};
use std::path::Path;

/// Extension of the files.
pub(super) const EXTENSION: &str = "csd";

/// The computational sequences of a folder.
#[derive(Debug)]
pub struct CsdFolder {
    words: Csd,
    labels: Csd,
    visual: Option<Csd>,
    acoustic: Option<Csd>,
    folds: Folds,
}

/// The words and features during one label.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Segment {
    /// `video[number of the label]`.
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
    let folder = CsdFolder::open_with(path, options)?;
    let place = path.display().to_string();
    for (sequence, names) in [(&folder.visual, VISUAL), (&folder.acoustic, ACOUSTIC)] {
        if sequence.is_none() {
            let expected = format!("a sequence named like {}", names.join(", "));
            return Err(DataError::layout(place, expected, "none"));
        }
    }
    let mut preparer = Preparer::new(intake.non_finite());
    let videos = folder.videos();
    intake.notes.add(None, NoteKind::NotInAll, videos.left_out);
    for video in &videos.names {
        let split = folder.folds.split(video);
        let is_single = folder.is_single(video)?;
        let segments = folder.segments(video)?;
        intake
            .notes
            .add(split, NoteKind::NoDuration, segments.without_duration);
        for segment in segments.list {
            let raw = RawUtterance {
                id: segment.id,
                split,
                words: segment.words,
                visual: segment.visual.unwrap_or_default(),
                acoustic: segment.acoustic.unwrap_or_default(),
                label: segment.label,
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
        let folder = folder.as_ref();
        let mut roles = roles(folder, options)?;
        let mut one = |role: Role| match roles.remove(&role).unwrap_or_default() {
            mut found if found.len() < 2 => Ok(found.pop()),
            found => Err(role.several(folder, &found)),
        };
        let missing = |names: &[&str]| {
            let expected = format!("a sequence named like {}", names.join(", "));
            DataError::layout(folder.display().to_string(), expected, "none")
        };
        Ok(Self {
            words: one(Role::Words)?.ok_or_else(|| missing(&WORDS))?,
            labels: one(Role::Labels)?.ok_or_else(|| missing(&LABELS))?,
            visual: one(Role::Visual)?,
            acoustic: one(Role::Acoustic)?,
            folds: Folds::open(folder)?,
        })
    }

    fn features(&self) -> impl Iterator<Item = &Csd> {
        [&self.visual, &self.acoustic].into_iter().flatten()
    }

    /// The videos that occur in every sequence of the folder.
    pub fn videos(&self) -> Videos {
        let mut names: Vec<String> = self.labels.videos.keys().cloned().collect();
        let all = names.len();
        for sequence in [&self.words].into_iter().chain(self.features()) {
            names.retain(|video| sequence.videos.contains_key(video));
        }
        let left_out = all - names.len();
        Videos { names, left_out }
    }

    fn is_single(&self, video: &str) -> Result<bool, DataError> {
        match &self.visual {
            Some(visual) => visual.is_single(visual.pieces(video)),
            None => Ok(false),
        }
    }

    /// The segments of a video, one per label.
    ///
    /// # Errors
    ///
    /// [`DataError`] when a file is damaged or has other shapes.
    pub fn segments(&self, video: &str) -> Result<Segments, DataError> {
        let (times, words) = self.words.texts(self.words.pieces(video))?;
        let labels = self.labels.features(self.labels.pieces(video))?;
        let visual = self.by_word(self.visual.as_ref(), video, &times)?;
        let acoustic = self.by_word(self.acoustic.as_ref(), video, &times)?;
        let spoken: Vec<usize> = (0..times.len()).filter(|&i| has_length(times[i])).collect();
        let spoken_times: Vec<Interval> = spoken.iter().map(|&i| times[i]).collect();
        let timeline = Timeline::new(&spoken_times);
        let segment = |(number, &time): (usize, &Interval)| Segment {
            id: format!("{video}[{number}]"),
            words: timeline
                .overlaps(time)
                .into_iter()
                .map(|(row, _)| words[spoken[row]].clone())
                .collect(),
            visual: visual.as_ref().map(|aligned| aligned.within(time)),
            acoustic: acoustic.as_ref().map(|aligned| aligned.within(time)),
            label: labels.row(number)[0],
        };
        let labelled = labels.intervals.iter().enumerate();
        let list: Vec<Segment> = labelled
            .filter(|(_, time)| has_length(**time))
            .map(segment)
            .collect();
        Ok(Segments {
            without_duration: labels.intervals.len() - list.len(),
            list,
        })
    }

    /// The features of a sequence, averaged per word. Words without features are skipped.
    fn by_word(
        &self,
        sequence: Option<&Csd>,
        video: &str,
        words: &[Interval],
    ) -> Result<Option<Aligned>, DataError> {
        let Some(sequence) = sequence else {
            return Ok(None);
        };
        let pieces = sequence.pieces(video);
        let is_single = sequence.is_single(pieces)?;
        let features = sequence.features(pieces)?;
        let timeline = Timeline::new(&features.intervals);
        let (mut times, mut rows) = (Vec::new(), Vec::new());
        for &word in words.iter().filter(|&&word| has_length(word)) {
            let overlaps = timeline.overlaps(word);
            if !overlaps.is_empty() {
                times.push(hull(&overlaps));
                rows.push(mean(&features, &overlaps, is_single));
            }
        }
        Ok(Some(Aligned {
            timeline: Timeline::new(&times),
            rows,
        }))
    }
}

/// A row of features per word.
#[derive(Debug)]
struct Aligned {
    timeline: Timeline,
    rows: Vec<Vec<f64>>,
}

impl Aligned {
    fn within(&self, time: Interval) -> Vec<Vec<f64>> {
        let overlaps = self.timeline.overlaps(time);
        overlaps
            .into_iter()
            .map(|(row, _)| self.rows[row].clone())
            .collect()
    }
}

/// The mean of rows, which are not weighted by their overlap.
fn mean(features: &Features, overlaps: &[(usize, Interval)], is_single: bool) -> Vec<f64> {
    let mut sum = vec![0.0; features.d_input];
    for &(row, _) in overlaps {
        for (sum, value) in sum.iter_mut().zip(features.row(row)) {
            *sum += value;
        }
    }
    let count = overlaps.len() as f64;
    let rounded = |sum: f64| {
        if is_single {
            f64::from((sum / count) as f32)
        } else {
            sum / count
        }
    };
    sum.into_iter().map(rounded).collect()
}
