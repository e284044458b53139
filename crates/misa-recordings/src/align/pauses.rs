//! The stretch of each step, and who owns the pauses between words.

use crate::Interval;
use crate::named::named;
use serde::{Deserialize, Serialize};

/// The word of a step that is a pause.
pub const PAUSE: &str = "<pause>";
/// The most that a word owns of the pause before it, and of the one after it, in seconds.
const MOST: f64 = 0.5;
/// The shortest pause that becomes a step, in seconds: shorter ones are stops within speech.
const SHORTEST: f64 = 0.1;

/// Who owns the time between words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PauseRule {
    /// Nobody, as in the CMU SDK: faces and voice in pauses are lost.
    WordsOnly,
    /// Each word also owns the pauses beside it up to their middle, at most 0.5 s of each.
    #[default]
    Extend,
    /// A pause of 0.1 s and more is a step of its own.
    OwnSteps,
}

named!(PauseRule {
    "words-only" => WordsOnly,
    "extend" => Extend,
    "own-steps" => OwnSteps,
});

/// A step: a word, or a pause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PausedStep {
    /// The word; `None` for a pause.
    pub word: Option<usize>,
    /// The stretch whose rows belong to the step.
    pub span: Interval,
}

/// The steps of words at `times`, sorted by start, in seconds. Nothing is owned before the first word and
/// after the last.
pub fn steps_of(times: &[Interval], rule: PauseRule) -> Vec<PausedStep> {
    let mut steps: Vec<PausedStep> = Vec::with_capacity(times.len());
    // A word may end after the next one ends.
    let mut end = f64::NEG_INFINITY;
    for (word, &time) in times.iter().enumerate() {
        let pause = Interval::new(end, time.start);
        let mut span = time;
        if word > 0 && pause.length() > 0.0 {
            match rule {
                PauseRule::WordsOnly => {}
                PauseRule::Extend => {
                    let own = (pause.length() / 2.0).min(MOST);
                    extend_end(&mut steps, end, own);
                    span.start -= own;
                }
                PauseRule::OwnSteps if pause.length() >= SHORTEST => {
                    let (word, span) = (None, pause);
                    steps.push(PausedStep { word, span });
                }
                PauseRule::OwnSteps => {}
            }
        }
        let word = Some(word);
        steps.push(PausedStep { word, span });
        end = end.max(time.end);
    }
    steps
}

/// Extends the step that ends last, at `end`.
fn extend_end(steps: &mut [PausedStep], end: f64, own: f64) {
    if let Some(step) = steps.iter_mut().rev().find(|step| step.span.end == end) {
        step.span.end += own;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(times: &[[f64; 2]], rule: PauseRule) -> Vec<(Option<usize>, [f64; 2])> {
        let times: Vec<Interval> = times
            .iter()
            .map(|&[start, end]| Interval::new(start, end))
            .collect();
        let steps = steps_of(&times, rule);
        steps
            .iter()
            .map(|step| (step.word, [step.span.start, step.span.end]))
            .collect()
    }

    #[test]
    fn words_own_their_side_of_a_pause() {
        let times = [[1.0, 2.0], [2.5, 3.0], [7.0, 8.0]];
        let expected = [
            (Some(0), [1.0, 2.25]),
            (Some(1), [2.25, 3.5]),
            (Some(2), [6.5, 8.0]),
        ];
        assert_eq!(spans(&times, PauseRule::Extend), expected);
        let alone = times
            .iter()
            .enumerate()
            .map(|(word, &time)| (Some(word), time));
        assert_eq!(
            spans(&times, PauseRule::WordsOnly),
            alone.collect::<Vec<_>>()
        );
    }

    #[test]
    fn pauses_may_be_steps() {
        let times = [[1.0, 2.0], [2.0625, 3.0], [7.0, 8.0]];
        let expected = [
            (Some(0), [1.0, 2.0]),
            (Some(1), [2.0625, 3.0]),
            (None, [3.0, 7.0]),
            (Some(2), [7.0, 8.0]),
        ];
        assert_eq!(spans(&times, PauseRule::OwnSteps), expected);
    }

    #[test]
    fn words_that_overlap_have_no_pause() {
        let times = [[0.0, 4.0], [1.0, 2.0], [5.0, 6.0]];
        let expected = [
            (Some(0), [0.0, 4.5]),
            (Some(1), [1.0, 2.0]),
            (Some(2), [4.5, 6.0]),
        ];
        assert_eq!(spans(&times, PauseRule::Extend), expected);
        assert!(spans(&[], PauseRule::Extend).is_empty());
    }
}
