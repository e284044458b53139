//! A segment, and a table of them.

use crate::Interval;
use crate::segments::SegmentNote;
use misa_terms::{Modality, Split};
use serde::{Deserialize, Serialize};

/// A part of a recording that becomes an utterance.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Segment {
    /// Name of the utterance: that of the table, or `video[clip]`, or `video[start,end]`. Different from
    /// all others.
    pub id: String,
    /// Name of the video that it is from.
    pub video: String,
    /// Name or number of the clip in its video.
    pub clip: Option<String>,
    /// Its stretch of the recording; `None`: the whole recording.
    pub interval: Option<Interval>,
    /// What is said, if the table has it.
    pub text: Option<String>,
    /// Its label, finite: a number, or the index of its class in [`SegmentTable::classes`].
    pub label: Option<f32>,
    /// Label of the text alone.
    pub label_text: Option<f32>,
    /// Label of the picture alone.
    pub label_visual: Option<f32>,
    /// Label of the voice alone.
    pub label_acoustic: Option<f32>,
    /// Its split. All segments have one, or none has.
    pub split: Option<Split>,
    /// Who speaks. All segments have one, or none has.
    pub speaker: Option<String>,
    /// The line of the table where it starts, or its place in a table without lines, from 1.
    pub line: u64,
}

impl Segment {
    /// Its label by `modality` alone.
    pub fn label_of(&self, modality: Modality) -> Option<f32> {
        match modality {
            Modality::Text => self.label_text,
            Modality::Visual => self.label_visual,
            Modality::Acoustic => self.label_acoustic,
        }
    }

    /// The whole of a recording, of which nothing but its name is known.
    pub fn whole(id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            video: id.clone(),
            id,
            clip: None,
            interval: None,
            text: None,
            label: None,
            label_text: None,
            label_visual: None,
            label_acoustic: None,
            split: None,
            speaker: None,
            line: 0,
        }
    }
}

/// What wrote a table of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SegmentFormat {
    /// Our own columns.
    Misa,
    /// MMSA and MMSA-FET, CH-SIMS, SIMSv2: a header.
    Mmsa,
    /// CH-SIMS's public file: the columns of MMSA without a header.
    MmsaWithoutHeader,
    /// MELD.
    Meld,
    /// MERBench's transcriptions.
    MerBench,
    /// MERBench's labels, `label.npz`.
    MerBenchLabels,
    /// IEMOCAP's evaluations.
    Iemocap,
}

/// The segments of a table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SegmentTable {
    /// What wrote the table.
    pub format: SegmentFormat,
    /// The segments in the order of the table; at least one.
    pub segments: Vec<Segment>,
    /// What was left out, replaced or odd, counted.
    pub notes: Vec<SegmentNote>,
    /// Names of the classes in order; empty if labels are numbers.
    pub classes: Vec<String>,
}
