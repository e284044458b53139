//! The words of segments.

use super::{AssembleOptions, Mode, WordCounts};
use crate::align::{Disorder, Timeline, UntimedRule};
use crate::align::{place_in_speech, place_untimed, sdk, sort_words};
use crate::{Interval, Word, WordOrigin};
use std::ops::Range;
use thiserror::Error;

/// Words that cannot be used.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SpokenError {
    /// They are too far out of order.
    #[error(transparent)]
    Disorder(#[from] Disorder),
    /// One has no times, and the options refuse that.
    #[error(
        "expected times for every word, found none for {word:?}; leave out --untimed refuse, or align the words again"
    )]
    Untimed {
        /// The word.
        word: String,
    },
}

/// The words of a recording, ready to be divided among its segments.
#[derive(Clone, Debug)]
pub struct Spoken<'w> {
    words: &'w [Word],
    /// When each word is said: its own middle, or that of its phrase, or of a neighbour.
    middles: Vec<f64>,
    /// Words in the order of their middles.
    order: Vec<usize>,
    /// The stretches of words with times and a length.
    times: Timeline,
    /// Where somebody speaks, if that is known.
    speech: Timeline,
}

impl<'w> Spoken<'w> {
    /// The words of a recording, in the order of their file.
    pub fn new(words: &'w [Word]) -> Self {
        let middles = middles(words);
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by(|&a, &b| middles[a].total_cmp(&middles[b]));
        let nowhere = Interval::new(0.0, 0.0);
        let times: Vec<Interval> = words
            .iter()
            .map(|word| word.time.unwrap_or(nowhere))
            .collect();
        Self {
            words,
            middles,
            order,
            times: Timeline::new(&times, |word| sdk::has_length(times[word])),
            speech: Timeline::default(),
        }
    }

    /// The same words, said within `speech`: those without any times are spread over it.
    #[must_use]
    pub fn within(self, speech: &[Interval]) -> Self {
        let speech = Timeline::new(speech, |_| true);
        Self { speech, ..self }
    }

    /// The words of `segment`, with times, cleaned and in the order of time; for `words` and `sdk`.
    ///
    /// # Errors
    ///
    /// [`SpokenError`] if the words are out of order, or one has no times and must have.
    pub fn of(
        &self,
        segment: Interval,
        options: &AssembleOptions,
        counts: &mut WordCounts,
    ) -> Result<Vec<Word>, SpokenError> {
        let mut words = self.texts_of(segment, options, counts);
        counts.sorted += sort_words(&mut words)?;
        let untimed = words.iter().position(|word| word.time.is_none());
        match (options.mode, options.untimed, untimed) {
            (_, _, None) => {}
            (_, UntimedRule::Refuse, Some(first)) => {
                let word = words.swap_remove(first).text;
                return Err(SpokenError::Untimed { word });
            }
            (Mode::Sdk, ..) | (_, UntimedRule::Drop, _) => {
                let before = words.len();
                words.retain(|word| word.time.is_some());
                counts.untimed_dropped += before - words.len();
            }
            (_, UntimedRule::Spread, _) => {
                counts.placed += match place_in_speech(&mut words, &self.speech_of(segment)) {
                    0 => place_untimed(&mut words, segment),
                    placed => placed,
                };
            }
        }
        Ok(words)
    }

    /// The words of `segment`, cleaned, in the order of their file.
    pub fn texts_of(
        &self,
        segment: Interval,
        options: &AssembleOptions,
        counts: &mut WordCounts,
    ) -> Vec<Word> {
        let mut words = Vec::new();
        for number in self.numbers_of(segment, options.mode, counts) {
            let text = options.cleaned(&self.words[number].text);
            if text.is_empty() {
                counts.punctuation_dropped += 1;
                continue;
            }
            let word = Word {
                text,
                ..self.words[number].clone()
            };
            match word.origin {
                WordOrigin::Measured => counts.measured += 1,
                WordOrigin::Interpolated => counts.interpolated_by_tool += 1,
                WordOrigin::Placed | WordOrigin::Missing => {}
            }
            words.push(word);
        }
        words
    }

    /// Where somebody speaks in `segment`.
    fn speech_of(&self, segment: Interval) -> Vec<Interval> {
        let cut = |position: usize| {
            let stretch = self.speech.interval(position);
            Interval::new(
                stretch.start.max(segment.start),
                stretch.end.min(segment.end),
            )
        };
        let parts = self.speech.candidates(segment, 0.0).map(cut);
        parts.filter(|part| part.length() > 0.0).collect()
    }

    /// Which words belong to `segment`: those whose middle lies in it, so a word belongs to one segment of
    /// several that do not overlap. For the SDK, those that overlap it; words without length are left out.
    fn numbers_of(&self, segment: Interval, mode: Mode, counts: &mut WordCounts) -> Vec<usize> {
        let mut numbers = self.order[self.middles_in(segment)].to_vec();
        if mode == Mode::Sdk {
            // Words with a length count by it, and not by their middles.
            numbers.retain(|&number| !self.words[number].time.is_some_and(sdk::has_length));
            let before = numbers.len();
            numbers.retain(|&number| self.words[number].time.is_none());
            counts.no_length_dropped += before - numbers.len();
            let overlaps = |position: &usize| {
                let time = self.times.interval(*position);
                time.overlap(segment) > sdk::EPSILON
            };
            let inside = self.times.candidates(segment, 0.0).filter(overlaps);
            numbers.extend(inside.map(|position| self.times.row(position)));
        }
        numbers.sort_unstable();
        numbers
    }

    /// The places in `order` of the words whose middle lies in `segment`.
    fn middles_in(&self, segment: Interval) -> Range<usize> {
        let before = |moment: f64| {
            self.order
                .partition_point(|&word| self.middles[word] < moment)
        };
        let first = before(segment.start);
        first..before(segment.end).max(first)
    }

    /// Words whose middle lies in none of `segments`.
    pub fn outside(&self, segments: &[Interval]) -> usize {
        let segments = Timeline::new(segments, |_| true);
        let is_outside = |middle: &&f64| !segments.holds(**middle);
        self.middles.iter().filter(is_outside).count()
    }
}

/// The middle of each word; of one without times, the middle of its phrase, or that of the nearest word
/// with times, before it or else after it.
fn middles(words: &[Word]) -> Vec<f64> {
    let own = |word: &Word| word.time.or(word.phrase).map(Interval::middle);
    let first = words.iter().find_map(own).unwrap_or(0.0);
    let mut last = first;
    let middle = |word: &Word| {
        last = own(word).unwrap_or(last);
        last
    };
    words.iter().map(middle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn words_are_divided_by_their_middles() {
        let words = [
            Word::measured("I", 0.0, 0.5),
            Word::measured("said", 0.8, 1.2),
            Word::missing("--"),
            Word::missing("Maybe."),
            Word::measured("no", 3.0, 3.5),
        ];
        let spoken = Spoken::new(&words);
        let (options, mut counts) = (AssembleOptions::default(), WordCounts::default());
        let first = spoken
            .of(Interval::new(0.0, 1.0), &options, &mut counts)
            .unwrap();
        assert_eq!(texts(&first), ["i"]);
        let second = spoken
            .of(Interval::new(1.0, 2.0), &options, &mut counts)
            .unwrap();
        assert_eq!(texts(&second), ["said", "maybe"]);
        assert_eq!(second[1].time, Some(Interval::new(1.2, 2.0)));
        assert_eq!(
            (counts.measured, counts.placed, counts.punctuation_dropped),
            (2, 1, 1)
        );
        assert_eq!(
            spoken.outside(&[Interval::new(0.0, 1.0), Interval::new(1.0, 2.0)]),
            1
        );
    }

    #[test]
    fn the_sdk_takes_words_of_a_border_twice() {
        let words = [Word::measured("a", 0.5, 1.5), Word::missing("b")];
        let spoken = Spoken::new(&words);
        let options = AssembleOptions {
            mode: Mode::Sdk,
            ..AssembleOptions::default()
        };
        let mut counts = WordCounts::default();
        for segment in [Interval::new(0.0, 1.0), Interval::new(1.0, 2.0)] {
            assert_eq!(
                texts(&spoken.of(segment, &options, &mut counts).unwrap()),
                ["a"]
            );
        }
        assert_eq!(counts.untimed_dropped, 1);
    }

    #[test]
    fn the_sdk_counts_words_without_length() {
        let words = [
            Word::measured("a", 0.0, 0.5),
            Word::measured("b", 0.75, 0.75),
            Word::measured("c", 1.5, 1.5),
        ];
        let spoken = Spoken::new(&words);
        let options = AssembleOptions {
            mode: Mode::Sdk,
            ..AssembleOptions::default()
        };
        let mut counts = WordCounts::default();
        let all = spoken.of(Interval::new(0.0, 1.0), &options, &mut counts);
        assert_eq!(texts(&all.unwrap()), ["a"]);
        assert_eq!((counts.measured, counts.no_length_dropped), (1, 1));
        let mut sum = counts;
        sum += counts;
        assert_eq!(sum.no_length_dropped, 2);
    }

    /// Words in any order that overlap; some have no length, and some no times.
    fn mixed() -> Vec<Word> {
        let word = |number: u32| {
            let start = f64::from(number * 37 % 64) / 8.0;
            let length = [0.0, 0.25, 1.0, 4.0][number as usize % 4];
            match number % 5 {
                0 => Word::missing("a"),
                _ => Word::measured("a", start, start + length),
            }
        };
        (0..64).map(word).collect()
    }

    /// What a look at each word finds.
    fn looked_for(words: &[Word], segment: Interval, mode: Mode) -> (Vec<usize>, usize) {
        let middles = middles(words);
        let numbers = || 0..words.len();
        let has_no_length = |time: Interval| !sdk::has_length(time);
        let is_point = |number: usize| words[number].time.is_some_and(has_no_length);
        let is_inside = |&number: &usize| match words[number].time {
            Some(time) if mode == Mode::Sdk => {
                !is_point(number) && time.overlap(segment) > sdk::EPSILON
            }
            _ => segment.holds(middles[number]),
        };
        let points = numbers().filter(|&number| is_point(number) && segment.holds(middles[number]));
        let points = if mode == Mode::Sdk { points.count() } else { 0 };
        (numbers().filter(is_inside).collect(), points)
    }

    #[test]
    fn a_search_finds_the_words_that_a_look_at_each_finds() {
        let words = mixed();
        let spoken = Spoken::new(&words);
        let mut segments = Vec::new();
        for start in 0..56 {
            for length in [0.0, 0.125, 1.0, 3.5] {
                let start = f64::from(start) / 4.0;
                segments.push(Interval::new(start, start + length));
            }
        }
        for &segment in &segments {
            for mode in [Mode::Words, Mode::Sdk] {
                let mut counts = WordCounts::default();
                let found = spoken.numbers_of(segment, mode, &mut counts);
                assert_eq!(
                    (found, counts.no_length_dropped),
                    looked_for(&words, segment, mode),
                    "{segment:?} {mode}"
                );
            }
        }
        for few in segments.chunks(3) {
            let is_outside = |middle: &f64| !few.iter().any(|segment| segment.holds(*middle));
            let expected = middles(&words).into_iter().filter(is_outside).count();
            assert_eq!(spoken.outside(few), expected, "{few:?}");
        }
    }

    #[test]
    fn many_segments_do_not_look_at_all_words() {
        let quarter = |number: u32| f64::from(number) / 4.0;
        let word = |number: u32| Word::measured("a", quarter(number), quarter(number + 1));
        let words: Vec<Word> = (0..60_000).map(word).collect();
        let segment = |number: u32| Interval::new(quarter(3 * number), quarter(3 * number + 3));
        let segments: Vec<Interval> = (0..20_000).map(segment).collect();
        let divide = |mode: Mode| {
            let options = AssembleOptions {
                mode,
                ..AssembleOptions::default()
            };
            let spoken = Spoken::new(&words);
            for &segment in &segments {
                let found = spoken.of(segment, &options, &mut WordCounts::default());
                assert_eq!(found.unwrap().len(), 3);
            }
            assert_eq!(spoken.outside(&segments), 0);
        };
        let is_soon = misa_testing::takes_less_than(Duration::from_secs(1), || {
            divide(Mode::Words);
            divide(Mode::Sdk);
        });
        assert!(is_soon);
    }

    #[test]
    fn words_without_times_may_be_dropped_or_refused() {
        let words = [Word::measured("a", 0.0, 0.5), Word::missing("b")];
        let spoken = Spoken::new(&words);
        let (mut options, mut counts) = (AssembleOptions::default(), WordCounts::default());
        options.untimed = UntimedRule::Drop;
        let all = Interval::new(0.0, 1.0);
        assert_eq!(
            texts(&spoken.of(all, &options, &mut counts).unwrap()),
            ["a"]
        );
        options.untimed = UntimedRule::Refuse;
        let error = spoken
            .of(all, &options, &mut counts)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("expected times for every word, found none for \"b\""),
            "{error}"
        );
    }
}
