//! One utterance, from the rows of its files to its steps.

use super::job::Job;
use super::reading::ReadTrack;
use super::recording::{Recording, energy_column};
use super::spoken::Spoken;
use super::{AssembleError, AssembleOptions, Steps, WordCounts};
use crate::align::StepKind;
use crate::segments::Segment;
use crate::{Interval, Track, Word, WordOrigin};

/// The column of faces that is shown, if there is such: smiling.
const SMILE: [&str; 4] = ["AU12_r", "AU12", "au_12_intensity", "au_12"];

/// One utterance, from the rows of its files to its steps.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Picture {
    /// The utterance.
    pub id: String,
    /// Its stretch, in seconds.
    pub stretch: Interval,
    /// Its words with their times; empty without such.
    pub words: Vec<PictureWord>,
    /// A column of faces and one of the voice.
    pub tracks: Vec<PictureTrack>,
}

/// A word of a picture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PictureWord {
    /// The word.
    pub text: String,
    /// When it is said.
    pub time: Interval,
    /// Where its times come from.
    pub origin: WordOrigin,
}

/// One column of a modality of a picture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PictureTrack {
    /// `faces` or `voice`.
    pub name: &'static str,
    /// The column.
    pub column: String,
    /// Rows of its file: stretch, value (NaN for none), and whether the row is valid.
    pub rows: Vec<(Interval, f32, bool)>,
    /// Steps: stretch, value, and where it comes from.
    pub steps: Vec<(Interval, f32, StepKind)>,
}

impl Recording<'_> {
    /// The picture of the only segment of `job`; `None` if it has no utterance.
    pub fn picture(
        &self,
        job: &Job,
        segments: &[Segment],
        options: &AssembleOptions,
    ) -> Result<Option<Picture>, AssembleError> {
        let (_, utterances) = self.assemble(job, segments, options)?;
        let Some(utterance) = utterances.into_iter().next() else {
            return Ok(None);
        };
        let stretch = utterance.stretch;
        let tracks = [
            ("faces", self.faces, &utterance.faces),
            ("voice", self.voice, &utterance.voice),
        ];
        let tracks = tracks
            .into_iter()
            .filter_map(|(name, read, steps)| picture_track(name, read?, steps.as_ref()?, stretch));
        Ok(Some(Picture {
            words: self.picture_words(stretch, options),
            tracks: tracks.collect(),
            id: utterance.id,
            stretch,
        }))
    }

    fn picture_words(&self, stretch: Interval, options: &AssembleOptions) -> Vec<PictureWord> {
        let Some(read) = self.words.filter(|_| options.mode.is_by_word()) else {
            return Vec::new();
        };
        let speech: &[Interval] = self.voice.map_or(&[], |read| &read.speech);
        let words = Spoken::new(&read.words).within(speech).of(
            stretch,
            options,
            &mut WordCounts::default(),
        );
        let picture = |word: Word| {
            word.time.map(|time| PictureWord {
                text: word.text,
                time,
                origin: word.origin,
            })
        };
        words
            .unwrap_or_default()
            .into_iter()
            .filter_map(picture)
            .collect()
    }
}

fn picture_track(
    name: &'static str,
    read: &ReadTrack,
    steps: &Steps,
    stretch: Interval,
) -> Option<PictureTrack> {
    let track = &read.track;
    let column = shown_column(name, track)?;
    let width = steps.values.len() / steps.kinds.len().max(1);
    // Statistics have four values a column, of which the mean comes first.
    let place = column * (width / track.columns.len().max(1)).max(1);
    let is_shown = |row: &usize| track.times[*row].overlap(stretch) > 0.0;
    let rows = (0..track.rows())
        .filter(is_shown)
        .map(|row| (track.times[row], track.row(row)[column], track.valid[row]));
    let step = |step: usize| {
        (
            steps.spans[step],
            steps.values[step * width + place],
            steps.kinds[step],
        )
    };
    Some(PictureTrack {
        name,
        column: track.columns[column].clone(),
        rows: rows.collect(),
        steps: (0..steps.kinds.len()).map(step).collect(),
    })
}

fn shown_column(name: &str, track: &Track) -> Option<usize> {
    let found = match name {
        "faces" => SMILE
            .iter()
            .find_map(|name| track.columns.iter().position(|column| column == name)),
        _ => energy_column(track),
    };
    found.or((!track.columns.is_empty()).then_some(0))
}
