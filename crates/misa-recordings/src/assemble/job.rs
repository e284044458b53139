//! Segments whose files are the same.

use super::names_of;
use super::shelf::Place;
use crate::segments::Segment;
use crate::{Interval, RecordingError};
use misa_terms::Split;
use std::collections::BTreeMap;

/// The words, faces and voice of a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Places {
    pub words: Option<Place>,
    pub faces: Option<Place>,
    pub voice: Option<Place>,
}

impl Places {
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        [&self.words, &self.faces, &self.voice]
            .into_iter()
            .flatten()
    }

    /// Whether every file is that of a clip.
    fn are_of_clip(&self) -> bool {
        self.iter().all(|place| place.is_of_clip)
    }
}

/// Segments of one split whose files are the same.
#[derive(Debug)]
pub(super) struct Job {
    /// A name for reports: the video, or the clip if its files are cut.
    pub name: String,
    pub split: Option<Split>,
    pub places: Places,
    /// Numbers of the segments in the table.
    pub segments: Vec<usize>,
}

impl Job {
    /// The jobs of a table, those of the train split first, so that all its words are known before the
    /// others come; otherwise in the order of the table.
    ///
    /// # Errors
    ///
    /// [`RecordingError::Uncut`] when several segments have one file, and not all have times; or the error of
    /// `find`.
    pub fn of(
        segments: &[Segment],
        find: impl Fn(&[String], usize) -> Result<Places, RecordingError>,
    ) -> Result<Vec<Self>, RecordingError> {
        let mut jobs: Vec<Self> = Vec::new();
        let mut known: BTreeMap<(Option<Split>, Places), usize> = BTreeMap::new();
        for (number, segment) in segments.iter().enumerate() {
            let (names, clips) = Self::names(segment);
            let places = find(&names, clips)?;
            // Without any file, a segment has its text alone.
            let is_alone = places.are_of_clip();
            let key = (segment.split, places.clone());
            let job = match known.get(&key) {
                Some(&job) if !is_alone => job,
                _ => {
                    known.insert(key, jobs.len());
                    jobs.push(Self {
                        name: if is_alone {
                            &segment.id
                        } else {
                            &segment.video
                        }
                        .clone(),
                        split: segment.split,
                        places,
                        segments: Vec::new(),
                    });
                    jobs.len() - 1
                }
            };
            jobs[job].segments.push(number);
        }
        for job in &jobs {
            job.check(segments)?;
        }
        jobs.sort_by_key(|job| job.split);
        Ok(jobs)
    }

    /// The names under which the files of a segment may be found, and how many of them are of its clip.
    pub fn names(segment: &Segment) -> (Vec<String>, usize) {
        let (id, clip) = (&segment.id, segment.clip.as_deref());
        names_of(id, &segment.video, clip, segment.interval.is_some())
    }

    /// The same files for one segment.
    pub fn only(&self, segment: usize) -> Self {
        Self {
            name: self.name.clone(),
            split: self.split,
            places: self.places.clone(),
            segments: vec![segment],
        }
    }

    /// Fails if several segments are each the whole of one recording.
    fn check(&self, segments: &[Segment]) -> Result<(), RecordingError> {
        let is_whole = |&&number: &&usize| segments[number].interval.is_none();
        match self.segments.iter().find(is_whole) {
            Some(&number) if self.segments.len() > 1 => Err(RecordingError::Uncut {
                video: self.name.clone(),
                segments: self.segments.len(),
                id: segments[number].id.clone(),
                line: segments[number].line,
            }),
            _ => Ok(()),
        }
    }

    /// The stretch of a segment in the time of its files; `None` is the whole of them. Files of a clip beside
    /// one of its video are later by the start of the segment.
    pub fn stretch(&self, segment: &Segment) -> Option<Interval> {
        segment.interval.filter(|_| !self.places.are_of_clip())
    }

    /// Segments whose times nothing uses, since all of their files are of clips.
    pub fn useless_times(&self, segments: &[Segment]) -> usize {
        if self.places.iter().next().is_none() || !self.places.are_of_clip() {
            return 0;
        }
        let has_times = |&&number: &&usize| segments[number].interval.is_some();
        self.segments.iter().filter(has_times).count()
    }

    /// Seconds to add to the times of a file.
    pub fn shift(&self, place: &Place, segment: &Segment) -> f64 {
        match self.stretch(segment) {
            Some(stretch) if place.is_of_clip => stretch.start,
            _ => 0.0,
        }
    }
}
