//! The parts of a video: what is said, seen and heard during one label, or in all of it.

use super::CsdFolder;
use super::sequence::{Csd, Features};
use crate::DataError;
use misa_recordings::Interval;
use misa_recordings::align::{Timeline, sdk};

/// What the sequences have of one utterance.
#[derive(Debug)]
pub(super) struct Part {
    /// `video[number of the label]`, the name of the piece that has this label alone, or the video.
    pub id: String,
    /// The words, including pauses.
    pub words: Option<Vec<String>>,
    /// One row per word with visual features; without words, every row.
    pub visual: Option<Vec<Vec<f64>>>,
    /// Like `visual`.
    pub acoustic: Option<Vec<Vec<f64>>>,
    /// The first number of the label.
    pub label: Option<f64>,
}

/// The parts of a video.
#[derive(Debug)]
pub(super) struct Parts {
    /// In the order of the file.
    pub list: Vec<Part>,
    /// Labels that are too short to contain anything.
    pub without_duration: usize,
}

/// Time and label of a part.
struct Span {
    id: String,
    time: Interval,
    label: Option<f64>,
}

impl CsdFolder {
    /// The parts of a video: one per label, or one if the video has no labels.
    pub(super) fn parts(&self, video: &str) -> Result<Parts, DataError> {
        let words = self.with_video(&self.words, video);
        let words = words
            .map(|sequence| Words::of(sequence, video))
            .transpose()?;
        let by_word = |sequence| {
            let sequence = self.with_video(sequence, video);
            let rows = sequence.map(|sequence| by_word(sequence, video, words.as_ref()));
            rows.transpose()
        };
        let (visual, acoustic) = (by_word(&self.visual)?, by_word(&self.acoustic)?);
        let spans = self.spans(video)?;
        let count = spans.len();
        let within = |aligned: &Option<Aligned>, time| {
            let aligned = aligned.as_ref();
            aligned.map(|aligned| aligned.within(time))
        };
        let lasting = spans.into_iter().filter(|span| sdk::has_length(span.time));
        let list: Vec<Part> = lasting
            .map(|Span { id, time, label }| Part {
                words: words.as_ref().map(|words| words.within(time)),
                visual: within(&visual, time),
                acoustic: within(&acoustic, time),
                id,
                label,
            })
            .collect();
        Ok(Parts {
            without_duration: count - list.len(),
            list,
        })
    }

    /// The sequence; `None` if it lacks the video of a clip.
    fn with_video<'s>(&self, sequence: &'s Option<Csd>, video: &str) -> Option<&'s Csd> {
        let has = |csd: &&Csd| !self.wanted.is_clips() || csd.videos.contains_key(video);
        sequence.as_ref().filter(has)
    }

    /// The times of the labels of a video, or all of its time.
    fn spans(&self, video: &str) -> Result<Vec<Span>, DataError> {
        let Some(labels) = self.with_video(&self.labels, video) else {
            return Ok(vec![Span {
                id: video.to_string(),
                time: Interval::new(f64::NEG_INFINITY, f64::INFINITY),
                label: None,
            }]);
        };
        let pieces = labels.pieces(video);
        let values = self.wanted.beyond_clips(labels.features(pieces))?;
        let times = match &values {
            Some(values) => values.intervals.clone(),
            None => labels.times(pieces)?,
        };
        let names = ids(video, pieces, &labels.rows(pieces)?);
        let span = |(number, (id, time))| Span {
            id,
            time,
            label: values.as_ref().map(|values| values.row(number)[0]),
        };
        let spans = names.into_iter().zip(times).enumerate();
        Ok(spans.map(span).collect())
    }
}

/// The names of the labels of a video whose pieces have so many of them: those of the pieces, if each has one,
/// otherwise the video's with their numbers.
fn ids(video: &str, pieces: &[String], rows: &[usize]) -> Vec<String> {
    let is_whole = pieces.iter().any(|piece| piece == video);
    if !is_whole && rows.iter().all(|&rows| rows == 1) {
        return pieces.to_vec();
    }
    let count: usize = rows.iter().sum();
    let id = |number| format!("{video}[{number}]");
    (0..count).map(id).collect()
}

/// The words of a video with their times.
#[derive(Debug)]
struct Words {
    /// Only words with a duration.
    times: Vec<Interval>,
    words: Vec<String>,
    timeline: Timeline,
}

impl Words {
    fn of(sequence: &Csd, video: &str) -> Result<Self, DataError> {
        let (times, words) = sequence.texts(sequence.pieces(video))?;
        let lasting = times.into_iter().zip(words);
        let (times, words): (Vec<Interval>, Vec<String>) =
            lasting.filter(|(time, _)| sdk::has_length(*time)).unzip();
        Ok(Self {
            timeline: Timeline::new(&times, |_| true),
            times,
            words,
        })
    }

    fn within(&self, time: Interval) -> Vec<String> {
        let overlaps = sdk::overlaps(&self.timeline, time).into_iter();
        overlaps.map(|(row, _)| self.words[row].clone()).collect()
    }
}

/// The features of a sequence, averaged per word; words without features are skipped. Without words,
/// every row stays.
fn by_word(sequence: &Csd, video: &str, words: Option<&Words>) -> Result<Aligned, DataError> {
    let pieces = sequence.pieces(video);
    let is_single = sequence.is_single(pieces)?;
    let features = sequence.features(pieces)?;
    let timeline = Timeline::new(&features.intervals, |_| true);
    let Some(words) = words else {
        let rows = 0..features.intervals.len();
        return Ok(Aligned {
            rows: rows.map(|row| features.row(row).to_vec()).collect(),
            timeline,
        });
    };
    let (mut times, mut rows) = (Vec::new(), Vec::new());
    for &word in &words.times {
        let overlaps = sdk::overlaps(&timeline, word);
        if !overlaps.is_empty() {
            times.push(sdk::hull(&overlaps));
            rows.push(mean(&features, &overlaps, is_single));
        }
    }
    Ok(Aligned {
        timeline: Timeline::new(&times, |_| true),
        rows,
    })
}

/// Rows of features with their times.
#[derive(Debug)]
struct Aligned {
    timeline: Timeline,
    rows: Vec<Vec<f64>>,
}

impl Aligned {
    fn within(&self, time: Interval) -> Vec<Vec<f64>> {
        let overlaps = sdk::overlaps(&self.timeline, time);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that the SDK has aligned lacks the pieces in which nothing was found.
    #[test]
    fn labels_have_the_names_of_their_pieces_or_numbers() {
        let texts = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = |names: &[&str], rows: &[usize]| ids("v", &texts(names), rows);
        assert_eq!(found(&["v[1]", "v[10]"], &[1, 1]), ["v[1]", "v[10]"]);
        assert_eq!(found(&["v[1]", "v[10]"], &[1, 2]), ["v[0]", "v[1]", "v[2]"]);
        assert_eq!(found(&["v"], &[1]), ["v[0]"]);
        assert_eq!(found(&["v"], &[2]), ["v[0]", "v[1]"]);
    }
}
