//! What became of recordings, for people and programs.

use super::reading::ReadTrack;
use super::{Assembled, StepCounts, WordCounts};
use crate::align::{Offset, beyond};
use crate::sounds::SoundReport;
use crate::tracks::TrackNote;
use crate::words::WordsNote;
use crate::{Interval, Survey, Track};
use serde::{Deserialize, Serialize};

/// The part of the time of words beyond which they are of another cut than the rows.
const MOST_BEYOND: f64 = 0.5;

/// What became of a recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordingReport {
    /// Its name: the video, or the clip if files are cut.
    pub name: String,
    /// Utterances that it gave.
    pub utterances: usize,
    /// Segments without any word, left out.
    pub without_words: Vec<String>,
    /// Seconds of its words.
    pub seconds_of_words: f64,
    /// What became of its words.
    pub words: WordCounts,
    /// Its faces; `None` without a file.
    pub faces: Option<TrackReport>,
    /// Its voice; `None` without a file.
    pub voice: Option<TrackReport>,
    /// Its sound; `None` if its voice was not made of sound.
    pub sound: Option<SoundReport>,
    /// How well words and voice fit; `None` if that cannot be said.
    pub offset: Option<Offset>,
    /// Files of the same name and kind that were not read.
    pub other_files: usize,
    /// What its file of words left out, replaced or has that is odd.
    pub notes: Vec<WordsNote>,
}

/// What became of the rows of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrackReport {
    /// Its rows.
    pub survey: Survey,
    /// Seconds of its valid rows; 0 for one row without times.
    pub seconds: f64,
    /// Where the features of steps come from.
    pub steps: StepCounts,
    /// The part of the time of words that lies beyond the rows, from 0 to 1; `None` without words.
    pub words_beyond: Option<f64>,
    /// Faces besides the one that was read.
    pub other_faces: usize,
    /// What its file left out, replaced or has that is odd.
    pub notes: Vec<TrackNote>,
}

impl RecordingReport {
    /// Adds an utterance.
    pub(super) fn add(&mut self, utterance: &Assembled) {
        self.utterances += 1;
        for (track, steps) in [
            (&mut self.faces, &utterance.faces),
            (&mut self.voice, &utterance.voice),
        ] {
            if let (Some(track), Some(steps)) = (track, steps) {
                track.steps += steps.counts();
            }
        }
    }
}

impl TrackReport {
    /// What is wrong where most of the words lie beyond the rows, as they do if both are of different cuts. `kind` is
    /// what the rows are of.
    pub fn beyond_fault(&self, kind: &str) -> Option<String> {
        let beyond = self.words_beyond.filter(|beyond| *beyond > MOST_BEYOND)?;
        let (percent, span) = (100.0 * beyond, self.survey.span?);
        Some(format!(
            "expected words and {kind} of one cut, found {percent:.0} % of the time of the words beyond the {kind}, which \
             are from {:.2} to {:.2} s",
            span.start, span.end
        ))
    }

    pub(super) fn of(read: &ReadTrack, words: &[Interval]) -> Self {
        let mut survey = read.track.survey();
        let mut seconds = valid_seconds(&read.track);
        if read.is_whole {
            (survey.span, seconds) = (None, 0.0);
        }
        Self {
            survey,
            seconds,
            steps: StepCounts::default(),
            words_beyond: beyond(words, &read.track.times),
            other_faces: read.other_faces,
            notes: read.notes.clone(),
        }
    }
}

/// Seconds that at least one valid row covers.
fn valid_seconds(track: &Track) -> f64 {
    let mut end = f64::NEG_INFINITY;
    let mut seconds = 0.0;
    for (time, _) in track
        .times
        .iter()
        .zip(&track.valid)
        .filter(|(_, valid)| **valid)
    {
        seconds += (time.end - time.start.max(end)).max(0.0);
        end = end.max(time.end);
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_once() {
        let times = [(0.0, 1.0), (0.5, 2.0), (3.0, 4.0), (3.5, 3.75)];
        let track = Track {
            times: times.map(|(start, end)| Interval::new(start, end)).to_vec(),
            valid: vec![true; 4],
            ..Track::default()
        };
        assert_eq!(valid_seconds(&track), 3.0);
    }
}
