//! Sums over all recordings.

use crate::assembly::record::{AssemblyRecord, RecordingRecord, StepNumbers, WordNumbers};
use crate::error::RecordError;

/// What became of all recordings together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) recordings: usize,
    pub(crate) utterances: usize,
    /// Seconds of speech.
    pub(crate) seconds: f64,
    pub(crate) words: WordNumbers,
    pub(crate) faces: ModalityTotals,
    pub(crate) voice: ModalityTotals,
    /// Rows of faces that were not kept.
    pub(crate) other_faces: usize,
    /// Recordings with an offset, and those of them where it is clear.
    pub(crate) compared: usize,
    pub(crate) clear: usize,
}

/// What became of one modality.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ModalityTotals {
    /// Recordings with a file of the modality.
    pub(crate) files: usize,
    /// Seconds that its rows cover.
    pub(crate) seconds: f64,
    pub(crate) steps: StepNumbers,
}

impl Totals {
    /// # Errors
    ///
    /// Returns an error if a sum is too large for a count.
    pub(crate) fn of(record: &AssemblyRecord) -> Result<Self, RecordError> {
        let mut totals = Self::default();
        for recording in &record.recordings {
            totals.add(recording)?;
        }
        // Each sum of these is shown too.
        all_words(&totals.words)?;
        all_steps(&totals.faces.steps)?;
        all_steps(&totals.voice.steps)?;
        Ok(totals)
    }

    fn add(&mut self, given: &RecordingRecord) -> Result<(), RecordError> {
        self.recordings += 1;
        self.seconds += given.seconds;
        add(&mut self.utterances, given.utterances, "utterances")?;
        add(&mut self.other_faces, given.other_faces, "other_faces")?;
        let words = &mut self.words;
        add(&mut words.measured, given.words.measured, "words")?;
        add(&mut words.interpolated, given.words.interpolated, "words")?;
        add(&mut words.placed, given.words.placed, "words")?;
        add(&mut words.dropped, given.words.dropped, "words")?;
        add(&mut words.outside, given.words.outside, "words")?;
        self.faces.add(given.face_seconds, given.faces, "faces")?;
        self.voice.add(given.voice_seconds, given.voice, "voice")?;
        if let Some(offset) = given.offset {
            self.compared += 1;
            self.clear += usize::from(offset.is_clear);
        }
        Ok(())
    }
}

impl ModalityTotals {
    fn add(
        &mut self,
        seconds: Option<f64>,
        steps: Option<StepNumbers>,
        what: &'static str,
    ) -> Result<(), RecordError> {
        self.files += usize::from(seconds.is_some() || steps.is_some());
        self.seconds += seconds.unwrap_or_default();
        let steps = steps.unwrap_or_default();
        add(&mut self.steps.measured, steps.measured, what)?;
        add(&mut self.steps.borrowed, steps.borrowed, what)?;
        add(&mut self.steps.absent, steps.absent, what)?;
        add(&mut self.steps.gaps, steps.gaps, what)?;
        add(&mut self.steps.invalid_rows, steps.invalid_rows, what)
    }
}

impl WordNumbers {
    /// All words.
    pub(crate) fn all(&self) -> usize {
        self.measured + self.interpolated + self.placed + self.dropped + self.outside
    }
}

impl StepNumbers {
    /// All steps.
    pub(crate) fn all(&self) -> usize {
        self.measured + self.borrowed + self.absent
    }
}

fn all_words(words: &WordNumbers) -> Result<(), RecordError> {
    let mut sum = words.measured;
    add(&mut sum, words.interpolated, "words")?;
    add(&mut sum, words.placed, "words")?;
    add(&mut sum, words.dropped, "words")?;
    add(&mut sum, words.outside, "words")
}

fn all_steps(steps: &StepNumbers) -> Result<(), RecordError> {
    let mut sum = steps.measured;
    add(&mut sum, steps.borrowed, "steps")?;
    add(&mut sum, steps.absent, "steps")
}

fn add(sum: &mut usize, count: usize, what: &'static str) -> Result<(), RecordError> {
    let larger = sum.checked_add(count).ok_or_else(|| RecordError::Value {
        place: "recordings".to_string(),
        what,
        expected: "a sum that can be counted",
        found: format!("{sum} and {count} more"),
    })?;
    *sum = larger;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assembly::record::OffsetNumbers;

    #[test]
    fn sums_count_every_recording_and_every_file() {
        let one = RecordingRecord {
            utterances: 2,
            seconds: 1.5,
            face_seconds: Some(2.0),
            words: WordNumbers {
                measured: 5,
                placed: 1,
                ..Default::default()
            },
            faces: Some(StepNumbers {
                measured: 4,
                absent: 2,
                ..Default::default()
            }),
            offset: Some(OffsetNumbers {
                is_clear: true,
                ..Default::default()
            }),
            ..Default::default()
        };
        let record = AssemblyRecord {
            recordings: vec![one.clone(), RecordingRecord::default(), one],
            ..Default::default()
        };
        let totals = Totals::of(&record).unwrap();
        assert_eq!((totals.recordings, totals.utterances), (3, 4));
        assert_eq!((totals.seconds, totals.faces.seconds), (3.0, 4.0));
        assert_eq!((totals.words.all(), totals.words.placed), (12, 2));
        assert_eq!((totals.faces.files, totals.voice.files), (2, 0));
        assert_eq!(
            (totals.faces.steps.all(), totals.faces.steps.absent),
            (12, 4)
        );
        assert_eq!((totals.compared, totals.clear), (2, 2));
    }

    #[test]
    fn a_sum_that_overflows_is_refused() {
        let of = |words| {
            let recording = RecordingRecord {
                words,
                ..Default::default()
            };
            let record = AssemblyRecord {
                recordings: vec![recording],
                ..Default::default()
            };
            Totals::of(&record)
        };
        let words = WordNumbers {
            measured: usize::MAX,
            placed: 1,
            ..Default::default()
        };
        let expected = format!(
            "recordings: `words` is {} and 1 more, expected a sum that can be counted",
            usize::MAX
        );
        assert_eq!(of(words).unwrap_err().to_string(), expected);
        let fits = WordNumbers { placed: 0, ..words };
        assert_eq!(of(fits).unwrap().words.all(), usize::MAX);
    }
}
