//! Checks and counts that are the same for all formats.

use crate::error::quoted;
use crate::words::label::{Labels, SAID_SILENCES, no_word};
use crate::words::phrase::{characters, spaced, spread};
use crate::words::{
    RecordingWords, WordsFile, WordsFormat, WordsNote, WordsNoteKind, WordsOptions,
};
use crate::{Fault, FaultKind, Interval, Limits, Place, Word, WordOrigin};
use std::collections::{BTreeMap, HashMap};

/// The words of a file, as far as it is read.
pub(super) struct Gather<'o> {
    pub(super) limits: &'o Limits,
    labels: Labels,
    recordings: Vec<RecordingWords>,
    /// Place of a recording in `recordings`.
    names: HashMap<String, usize>,
    current: usize,
    counts: BTreeMap<WordsNoteKind, usize>,
    words: usize,
    /// Words that an aligner may have written for a pause.
    silences: usize,
    /// Bytes of the names of speakers, which each word has anew.
    speaker_bytes: usize,
}

/// Bytes of the names of speakers for each word that is allowed.
const SPEAKER_BYTES: usize = 16;

impl<'o> Gather<'o> {
    pub(super) fn new(options: &'o WordsOptions, labels: Labels) -> Self {
        Self {
            limits: &options.limits,
            labels,
            recordings: vec![RecordingWords::default()],
            names: HashMap::new(),
            current: 0,
            counts: BTreeMap::new(),
            words: 0,
            silences: 0,
            speaker_bytes: 0,
        }
    }

    pub(super) fn note(&mut self, kind: WordsNoteKind, count: usize) {
        if count > 0 {
            *self.counts.entry(kind).or_default() += count;
        }
    }

    /// Whether something was counted under `kind`.
    pub(super) fn has(&self, kind: WordsNoteKind) -> bool {
        self.counts.contains_key(&kind)
    }

    /// Whether there are words, or at least labels, of the recording `name`.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The words that follow are of the recording `name`.
    pub(super) fn select(&mut self, name: &str, place: impl Fn() -> Place) -> Result<(), Fault> {
        if let Some(&current) = self.names.get(name) {
            self.current = current;
            return Ok(());
        }
        self.check_length(name, &place)?;
        // A name may stand in the file without words: bounded as they are.
        self.check_room(1, &place)?;
        // The first recording is there from the start, without a name.
        if !self.names.is_empty() {
            self.recordings.push(RecordingWords::default());
        }
        self.current = self.recordings.len() - 1;
        self.recordings[self.current].name = Some(name.to_string());
        self.names.insert(name.to_string(), self.current);
        Ok(())
    }

    /// The words of the recording that is read.
    pub(super) fn current(&self) -> &[Word] {
        &self.recordings[self.current].words
    }

    /// All words so far.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Word> {
        self.recordings.iter_mut().flat_map(|one| &mut one.words)
    }

    /// Adds `word` unless it is no word, which is counted. Its times are checked first.
    pub(super) fn add(&mut self, mut word: Word, place: impl Fn() -> Place) -> Result<(), Fault> {
        for time in word.time.iter().chain(&word.phrase) {
            check_time(*time, self.limits, &place)?;
        }
        self.check_length(&word.text, &place)?;
        let text = word.text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if let Some(kind) = no_word(text, self.labels) {
            self.note(kind, 1);
            return Ok(());
        }
        let is_of_aligner = self.labels == Labels::Aligner;
        self.silences += usize::from(is_of_aligner && SAID_SILENCES.contains(&text));
        if text.len() < word.text.len() {
            word.text = text.to_string();
        }
        self.check_room(1, &place)?;
        // A part of it had no time.
        if word.time.is_none() {
            word.origin = WordOrigin::Missing;
        }
        if let Some(speaker) = &word.speaker {
            self.check_length(speaker, &place)?;
            self.speaker_bytes += speaker.len();
            let most = self.limits.words.saturating_mul(SPEAKER_BYTES);
            if self.speaker_bytes > most {
                let expected = format!("at most {most} bytes of names of speakers");
                return Err(Fault::new(FaultKind::TooLarge, place(), expected, "more"));
            }
        }
        let is_odd = |confidence: &f32| !(0.0..=1.0).contains(confidence);
        if word
            .confidence
            .take_if(|confidence| is_odd(confidence))
            .is_some()
        {
            self.note(WordsNoteKind::OddConfidence, 1);
        }
        self.words += 1;
        self.recordings[self.current].words.push(word);
        Ok(())
    }

    /// Adds the words of `text`, whose times nobody knows.
    pub(super) fn add_missing(
        &mut self,
        text: &str,
        is_without_spaces: bool,
        like: &Word,
        place: impl Fn() -> Place,
    ) -> Result<(), Fault> {
        let texts: Vec<&str> = if is_without_spaces {
            self.bounded(characters(text), &place)?
        } else {
            self.bounded(spaced(text), &place)?
        };
        for text in texts {
            let word = Word {
                text: text.to_string(),
                ..like.clone()
            };
            self.add(word, &place)?;
        }
        Ok(())
    }

    /// Adds the words of `text`, which share the time of the phrase by their characters.
    pub(super) fn add_spread(
        &mut self,
        text: &str,
        phrase: Interval,
        speaker: Option<&str>,
        place: impl Fn() -> Place,
    ) -> Result<(), Fault> {
        check_time(phrase, self.limits, &place)?;
        let all: Vec<&str> = self.bounded(spaced(text), &place)?;
        // What is no word takes no time.
        let mut texts = Vec::with_capacity(all.len());
        for text in all {
            match no_word(text, self.labels) {
                Some(kind) => self.note(kind, 1),
                None => texts.push(text),
            }
        }
        for word in spread(&texts, phrase) {
            let word = Word {
                speaker: speaker.map(str::to_string),
                phrase: Some(phrase),
                ..word
            };
            self.add(word, &place)?;
        }
        Ok(())
    }

    /// The pieces, if there is room for as many words: before memory is allocated for them.
    fn bounded<'t>(
        &self,
        pieces: impl Iterator<Item = &'t str>,
        place: &impl Fn() -> Place,
    ) -> Result<Vec<&'t str>, Fault> {
        let most = self.limits.words.saturating_sub(self.words);
        let pieces: Vec<&str> = pieces.take(most.saturating_add(1)).collect();
        self.check_room(pieces.len(), place)?;
        Ok(pieces)
    }

    fn check_room(&self, more: usize, place: &impl Fn() -> Place) -> Result<(), Fault> {
        let named = self.names.len();
        if self.words.max(named).saturating_add(more) > self.limits.words {
            return Err(too_many(self.limits, place()));
        }
        Ok(())
    }

    fn check_length(&self, text: &str, place: &impl Fn() -> Place) -> Result<(), Fault> {
        if text.len() > self.limits.word_bytes {
            return Err(Fault::new(
                FaultKind::TooLarge,
                place(),
                format!("at most {} bytes of a word or name", self.limits.word_bytes),
                format!("{} bytes: {}", text.len(), quoted(text)),
            ));
        }
        Ok(())
    }

    /// The file, with what can be counted at the end.
    ///
    /// # Errors
    ///
    /// [`FaultKind::Empty`] if there is no word.
    pub(super) fn finish(
        mut self,
        format: WordsFormat,
        language: Option<String>,
    ) -> Result<WordsFile, Fault> {
        if self.words == 0 {
            return Err(self.empty());
        }
        if !self.has(WordsNoteKind::Silence) {
            self.note(WordsNoteKind::SaidSilence, self.silences);
        }
        let mut counted = [0; 4];
        for recording in &self.recordings {
            let mut latest = 0.0;
            for word in &recording.words {
                counted[0] += usize::from(word.origin == WordOrigin::Missing);
                counted[1] += usize::from(word.origin == WordOrigin::Interpolated);
                let Some(time) = word.time else { continue };
                counted[2] += usize::from(time.start < latest);
                counted[3] += usize::from(time.end <= time.start);
                latest = time.start;
            }
        }
        use WordsNoteKind::{Interpolated, MissingTime, OutOfOrder, ZeroLength};
        let kinds = [MissingTime, Interpolated, OutOfOrder, ZeroLength];
        for (kind, count) in kinds.into_iter().zip(counted) {
            self.note(kind, count);
        }
        Ok(WordsFile {
            format,
            recordings: self.recordings,
            language,
            notes: self
                .counts
                .into_iter()
                .map(|(kind, count)| WordsNote::new(kind, count))
                .collect(),
        })
    }

    fn empty(self) -> Fault {
        let notes: Vec<String> = self
            .counts
            .into_iter()
            .map(|(kind, count)| WordsNote::new(kind, count).to_string())
            .collect();
        let found = if notes.is_empty() {
            "none".to_string()
        } else {
            format!("none, but {}", notes.join(", "))
        };
        Fault::new(FaultKind::Empty, Place::File, "words", found)
    }
}

/// The fault of a file with more words, cues or tiers than are allowed.
pub(super) fn too_many(limits: &Limits, place: Place) -> Fault {
    let expected = format!("at most {} words", limits.words);
    Fault::new(FaultKind::TooLarge, place, expected, "more")
}

/// Checks that 0 <= start <= end <= the limit.
pub(super) fn check_time(
    time: Interval,
    limits: &Limits,
    place: &impl Fn() -> Place,
) -> Result<(), Fault> {
    let fault = |expected: String, found| {
        Fault::new(FaultKind::Invalid, place(), expected, format!("{found}"))
    };
    let most = limits.seconds;
    for moment in [time.start, time.end] {
        // Not so for NaN either.
        if !(0.0..=most).contains(&moment) {
            return Err(fault(format!("a time from 0 to {most} seconds"), moment));
        }
    }
    if time.end < time.start {
        let expected = format!("an end from {} seconds on", time.start);
        return Err(fault(expected, time.end));
    }
    Ok(())
}

/// The stretch that two moments bound, if both are known.
pub(super) fn stretch(start: Option<f64>, end: Option<f64>) -> Option<Interval> {
    start.zip(end).map(|(start, end)| Interval::new(start, end))
}
