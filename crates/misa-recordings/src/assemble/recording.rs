//! One recording, read and made into utterances.

use super::job::Job;
use super::reading::{ReadTrack, ReadWords};
use super::report::{RecordingReport, TrackReport};
use super::shelf::Place;
use super::spoken::Spoken;
use super::steps::{SteppedTrack, Steps};
use super::{AssembleError, AssembleOptions, Assembled, Mode};
use crate::align::sdk::has_length;
use crate::align::{PAUSE, offset, steps_of};
use crate::segments::Segment;
use crate::{Interval, Track, Word};

/// What is known of the recording of a job.
#[derive(Debug)]
pub(super) struct Recording<'r> {
    pub words: Option<&'r ReadWords>,
    pub faces: Option<&'r ReadTrack>,
    pub voice: Option<&'r ReadTrack>,
}

impl Recording<'_> {
    /// The utterances of the segments of `job`, and what became of everything.
    ///
    /// # Errors
    ///
    /// [`AssembleError`] when words cannot be used.
    pub fn assemble(
        &self,
        job: &Job,
        segments: &[Segment],
        options: &AssembleOptions,
    ) -> Result<(RecordingReport, Vec<Assembled>), AssembleError> {
        let mut report = self.report(job);
        let words: &[Word] = self.words.map_or(&[], |read| &read.words);
        let speech: &[Interval] = self.voice.map_or(&[], |read| &read.speech);
        let spoken = Spoken::new(words).within(speech);
        let mut faces = self
            .faces
            .map(|read| SteppedTrack::new(&read.track, options));
        let mut voice = self
            .voice
            .map(|read| SteppedTrack::new(&read.track, options));
        let mut utterances = Vec::with_capacity(job.segments.len());
        let mut stretches = Vec::with_capacity(job.segments.len());
        for &number in &job.segments {
            let segment = &segments[number];
            let stretch = job.stretch(segment).unwrap_or_else(|| self.whole(options));
            stretches.push(stretch);
            let (texts, times) = self.said(&spoken, segment, stretch, options, &mut report)?;
            let spans = if options.mode.is_by_word() {
                times.as_slice()
            } else {
                &[stretch]
            };
            if spans.is_empty() || options.mode.is_by_word() && texts.is_empty() {
                report.without_words.push(segment.id.clone());
                continue;
            }
            let steps = |track: Option<&mut SteppedTrack<'_>>, rate: f64| {
                track.map(|track| steps_for(track, spans, rate, options))
            };
            let assembled = Assembled {
                number,
                id: segment.id.clone(),
                faces: steps(faces.as_mut(), options.face_rate),
                voice: steps(voice.as_mut(), options.voice_rate),
                stretch,
                spans: times,
                words: texts,
            };
            report.add(&assembled);
            utterances.push(assembled);
        }
        report.words.outside += spoken.outside(&stretches);
        Ok((report, utterances))
    }

    /// The words of a segment, and for modes by word the stretch of each step.
    fn said(
        &self,
        spoken: &Spoken<'_>,
        segment: &Segment,
        stretch: Interval,
        options: &AssembleOptions,
        report: &mut RecordingReport,
    ) -> Result<(Vec<String>, Vec<Interval>), AssembleError> {
        let counts = &mut report.words;
        if self.words.is_none() {
            let text = segment.text.as_deref().unwrap_or_default();
            let cleaned = text.split_whitespace().map(|word| options.cleaned(word));
            return Ok((
                cleaned.filter(|word| !word.is_empty()).collect(),
                Vec::new(),
            ));
        }
        if !options.mode.is_by_word() {
            let words = spoken.texts_of(stretch, options, counts);
            return Ok((
                words.into_iter().map(|word| word.text).collect(),
                Vec::new(),
            ));
        }
        let words =
            spoken
                .of(stretch, options, counts)
                .map_err(|source| AssembleError::Spoken {
                    id: segment.id.clone(),
                    source,
                })?;
        let times: Vec<Interval> = words.iter().filter_map(|word| word.time).collect();
        let steps = match options.mode {
            Mode::Sdk => times
                .iter()
                .enumerate()
                .map(|(word, &span)| (Some(word), span))
                .collect(),
            _ => steps_of(&times, options.pauses)
                .into_iter()
                .map(|step| (step.word, step.span))
                .collect::<Vec<_>>(),
        };
        let text = |word: Option<usize>| {
            word.map_or_else(|| PAUSE.to_string(), |word| words[word].text.clone())
        };
        Ok(steps
            .into_iter()
            .map(|(word, span)| (text(word), span))
            .unzip())
    }

    /// From the first moment of anything, or 0, to the last; or from the first to the last moment of speech. A row
    /// without times has no moments: where there is nothing else, the stretch is a step.
    fn whole(&self, options: &AssembleOptions) -> Interval {
        let speech: &[Interval] = self.voice.map_or(&[], |read| &read.speech);
        if let (true, Some(first), Some(last)) = (options.trim, speech.first(), speech.last()) {
            return Interval::new(first.start, last.end);
        }
        let words = self.words.iter().flat_map(|read| &read.words);
        let times = words.filter_map(|word| word.time.or(word.phrase));
        let tracks = [self.faces, self.voice].into_iter().flatten();
        let timed = tracks.filter(|read| !read.is_whole);
        let spans = timed.filter_map(|read| read.track.survey().span);
        let mut whole = times
            .chain(spans)
            .fold(Interval::new(0.0, 0.0), |whole, time| {
                // The last word's middle must lie before the end, even if it has no length.
                Interval::new(
                    whole.start.min(time.start),
                    whole.end.max(time.end.next_up()),
                )
            });
        let rates = [
            (self.faces, options.face_rate),
            (self.voice, options.voice_rate),
        ];
        let rates = rates
            .into_iter()
            .filter_map(|(read, rate)| read.is_some_and(|read| read.is_whole).then_some(rate));
        if let (false, Some(rate)) = (has_length(whole), rates.reduce(f64::max)) {
            whole.end = whole.start + rate.recip();
        }
        whole
    }

    fn report(&self, job: &Job) -> RecordingReport {
        let said = self.words.iter().flat_map(|read| &read.words);
        let words: Vec<Interval> = said.clone().filter_map(|word| word.time).collect();
        let bounds: Vec<Interval> = said.filter_map(|word| word.time.or(word.phrase)).collect();
        let speech = words.iter().map(|time| time.length()).sum();
        RecordingReport {
            name: job.name.clone(),
            seconds_of_words: speech,
            faces: self.faces.map(|read| TrackReport::of(read, &bounds)),
            voice: self.voice.map(|read| TrackReport::of(read, &bounds)),
            sound: self.voice.and_then(|read| read.sound.clone()),
            offset: self.voice.filter(|read| !read.is_whole).and_then(|read| {
                let energy = energy(&read.track)?;
                offset(&words, &read.track.times, &energy)
            }),
            other_files: job.places.iter().map(Place::others).sum(),
            notes: self
                .words
                .map(|read| read.notes.clone())
                .unwrap_or_default(),
            ..RecordingReport::default()
        }
    }
}

fn steps_for(
    track: &mut SteppedTrack<'_>,
    spans: &[Interval],
    rate: f64,
    options: &AssembleOptions,
) -> Steps {
    match options.mode {
        Mode::Words => track.weighted(spans),
        Mode::Sdk => track.sdk(spans),
        Mode::Unaligned => track.windows(spans[0], rate, options.most_steps),
        Mode::Utterance => track.statistics(spans[0]),
    }
}

/// How loud the voice is over time, or at least whether there is one.
fn energy(track: &Track) -> Option<Vec<f32>> {
    let column = energy_column(track)?;
    let value = |row: usize| match track.row(row)[column] {
        // Without a pitch, there is no voice.
        value if value.is_nan() => 0.0,
        value => value,
    };
    Some((0..track.rows()).map(value).collect())
}

/// The column that says how loud the voice is, or at least whether there is one.
pub(super) fn energy_column(track: &Track) -> Option<usize> {
    const NAMES: [&str; 7] = [
        "loudness",
        "energy",
        "intensity",
        "rms",
        "vuv",
        "voic",
        "f0",
    ];
    let has = |name: &str, column: &String| column.to_ascii_lowercase().contains(name);
    NAMES
        .iter()
        .find_map(|name| track.columns.iter().position(|column| has(name, column)))
}
