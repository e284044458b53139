//! Times for words that have none.

use crate::named::named;
use crate::{Interval, Word, WordOrigin};
use serde::{Deserialize, Serialize};

/// The least length of a word whose times are made up, in seconds, if there is room.
const SHORTEST: f64 = 0.02;

/// What happens to words without times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum UntimedRule {
    /// They share the time between their neighbours.
    #[default]
    Spread,
    /// They are left out.
    Drop,
    /// Files that have any are refused.
    Refuse,
}

named!(UntimedRule {
    "spread" => Spread,
    "drop" => Drop,
    "refuse" => Refuse,
});

/// Gives times to the words of a segment that have none, and returns how many these are.
///
/// Words between two timed ones share the time between them by their number of characters, each at least
/// 20 ms; where there is less time, the neighbours give up to half of their own. At the ends of the
/// segment they are bounded by `segment`, or by the phrase that their tool states. If no word has times,
/// they are spread over the segment.
pub fn place_untimed(words: &mut [Word], segment: Interval) -> usize {
    let mut placed = 0;
    let mut from = 0;
    while let Some(first) = words[from..].iter().position(|word| word.time.is_none()) {
        let first = from + first;
        let count = words[first..]
            .iter()
            .take_while(|word| word.time.is_none())
            .count();
        let last = first + count;
        place_run(words, first..last, segment);
        placed += count;
        from = last;
    }
    placed
}

/// Gives times to words of which none has any, nor a phrase: they share `speech`, the stretches in which somebody speaks, by
/// their number of characters. A word that would go on after a pause lies before or after it, wherever the
/// larger part is. Returns how many words these are: none if any has times or a phrase, or nobody speaks.
pub fn place_in_speech(words: &mut [Word], speech: &[Interval]) -> usize {
    let total: f64 = speech.iter().map(|stretch| stretch.length()).sum();
    let is_bounded = |word: &Word| word.time.is_some() || word.phrase.is_some();
    if total <= 0.0 || words.iter().any(is_bounded) {
        return 0;
    }
    share(words, Interval::new(0.0, total));
    for word in words.iter_mut() {
        word.time = word.time.map(|time| within(time, speech));
    }
    words.len()
}

/// The moments of a stretch that counts from the start of all speech, pauses left out, in the time of the
/// recording.
fn within(time: Interval, speech: &[Interval]) -> Interval {
    let mut before = 0.0;
    let mut best = Interval::new(0.0, 0.0);
    let mut most = -1.0;
    for stretch in speech {
        let moment =
            |moment: f64| (stretch.start + (moment - before)).clamp(stretch.start, stretch.end);
        let part = Interval::new(moment(time.start), moment(time.end));
        if part.length() > most {
            (best, most) = (part, part.length());
        }
        before += stretch.length();
    }
    best
}

/// Gives times to neighbouring words, none of which has any.
fn place_run(words: &mut [Word], run: std::ops::Range<usize>, segment: Interval) {
    let needed = SHORTEST * run.len() as f64;
    let mut room = room_of(words, run.clone(), segment);
    let lacking = needed - room.length();
    if lacking > 0.0 {
        let give = |time: Interval| (time.length() / 2.0).min(lacking / 2.0);
        if let Some(time) = run
            .start
            .checked_sub(1)
            .and_then(|before| words[before].time.as_mut())
        {
            room.start = time.end - give(*time);
            time.end = room.start;
        }
        if let Some(time) = words.get_mut(run.end).and_then(|after| after.time.as_mut()) {
            room.end = time.start + give(*time);
            time.start = room.end;
        }
    }
    room.end = room.end.max(room.start);
    share(&mut words[run], room);
}

/// The time that neighbouring words without times have.
fn room_of(words: &[Word], run: std::ops::Range<usize>, segment: Interval) -> Interval {
    let before = run
        .start
        .checked_sub(1)
        .and_then(|before| words[before].time);
    let after = words.get(run.end).and_then(|word| word.time);
    let mut room = Interval::new(
        before.map_or(segment.start, |time| time.end),
        after.map_or(segment.end, |time| time.start),
    );
    let mut phrases = words[run].iter().map(|word| word.phrase);
    if let Some(Some(phrase)) = phrases.next() {
        // A phrase is a bound only if it is that of all of them, and leaves time.
        let narrow = Interval::new(room.start.max(phrase.start), room.end.min(phrase.end));
        if phrases.all(|other| other == Some(phrase)) && narrow.length() > 0.0 {
            room = narrow;
        }
    }
    room
}

/// Divides `room` by numbers of characters, with at least 20 ms a word if there is so much.
fn share(words: &mut [Word], room: Interval) {
    let characters = |word: &Word| word.text.chars().count().max(1) as f64;
    let total: f64 = words.iter().map(characters).sum();
    let least = SHORTEST.min(room.length() / words.len() as f64);
    let shares: Vec<f64> = words
        .iter()
        .map(|word| room.length() * characters(word) / total)
        .collect();
    // What the short ones lack is taken from what the long ones have above the least.
    let lacking: f64 = shares.iter().map(|share| (least - share).max(0.0)).sum();
    let spare: f64 = shares.iter().map(|share| (share - least).max(0.0)).sum();
    let keep = if spare > 0.0 {
        1.0 - lacking / spare
    } else {
        1.0
    };
    let mut start = room.start;
    for (word, share) in words.iter_mut().zip(shares) {
        let length = least + (share - least).max(0.0) * keep;
        word.time = Some(Interval::new(start, (start + length).min(room.end)));
        word.origin = WordOrigin::Placed;
        start = (start + length).min(room.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(words: &mut [Word], segment: (f64, f64)) -> Vec<[f64; 2]> {
        place_untimed(words, Interval::new(segment.0, segment.1));
        let times = words.iter().map(|word| word.time.unwrap());
        times
            .map(|time| [time.start, time.end].map(|moment| (moment * 1e6).round() / 1e6))
            .collect()
    }

    #[test]
    fn words_without_any_times_are_spread_over_speech() {
        let speech = [Interval::new(1.0, 2.0), Interval::new(5.0, 6.0)];
        let mut words = ["ab", "cd", "ef", "gh"].map(Word::missing);
        assert_eq!(place_in_speech(&mut words, &speech), 4);
        let times = words.each_ref().map(|word| word.time.unwrap());
        let expected = [(1.0, 1.5), (1.5, 2.0), (5.0, 5.5), (5.5, 6.0)];
        assert_eq!(
            times,
            expected.map(|(start, end)| Interval::new(start, end))
        );
        assert!(words.iter().all(|word| word.origin == WordOrigin::Placed));
        // The middle one of three would go on after the pause.
        let mut words = ["a", "b", "c"].map(Word::missing);
        place_in_speech(&mut words, &speech);
        let middle = words[1].time.unwrap();
        assert!(middle.length() < 0.34 && (middle.end == 2.0 || middle.start == 5.0));
        // Whoever has times keeps them.
        words[0] = Word::missing("a");
        assert_eq!(place_in_speech(&mut words, &speech), 0);
        assert_eq!(place_in_speech(&mut words[..1], &[]), 0);
    }

    #[test]
    fn words_share_the_gap_by_their_characters() {
        let mut words = [
            Word::measured("a", 0.0, 1.0),
            Word::missing("bcd"),
            Word::missing("e"),
            Word::measured("f", 2.0, 3.0),
        ];
        assert_eq!(
            times(&mut words, (0.0, 9.0)),
            [[0.0, 1.0], [1.0, 1.75], [1.75, 2.0], [2.0, 3.0]]
        );
        assert_eq!(words[1].origin, WordOrigin::Placed);
    }

    #[test]
    fn a_segment_without_times_is_shared() {
        let mut words = [Word::missing("abc"), Word::missing("d")];
        assert_eq!(times(&mut words, (4.0, 6.0)), [[4.0, 5.5], [5.5, 6.0]]);
    }

    #[test]
    fn neighbours_make_room() {
        let mut words = [
            Word::measured("a", 0.0, 1.0),
            Word::missing("b"),
            Word::measured("c", 1.0, 2.0),
        ];
        assert_eq!(
            times(&mut words, (0.0, 2.0)),
            [[0.0, 0.99], [0.99, 1.01], [1.01, 2.0]]
        );
        let mut words = [Word::measured("a", 0.0, 1.0), Word::missing("b")];
        assert_eq!(times(&mut words, (0.0, 1.0)), [[0.0, 0.99], [0.99, 1.0]]);
    }

    #[test]
    fn short_words_are_at_least_20_ms_long() {
        let mut words = [Word::missing("a"), Word::missing("bcdefghijk")];
        assert_eq!(times(&mut words, (0.0, 0.11)), [[0.0, 0.02], [0.02, 0.11]]);
    }

    #[test]
    fn a_phrase_bounds_its_words() {
        let mut word = Word::missing("a");
        word.phrase = Some(Interval::new(2.0, 3.0));
        assert_eq!(times(&mut [word], (0.0, 9.0)), [[2.0, 3.0]]);
    }
}
