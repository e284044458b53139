//! Whether words and voice belong to one cut.
//!
//! The commonest mistake of all: times of the words of a whole video beside features of a clip of it.

use crate::Interval;

/// Length of a cell of the grid on which both are compared, in seconds.
const CELL: f64 = 0.02;
/// The largest offset that is tried, in seconds.
const FARTHEST: f64 = 2.0;
/// An offset up to this is none: words and energy rise at somewhat different moments.
const TOLERANCE: f64 = 0.2;
/// A correlation below this says nothing.
const LEAST: f64 = 0.3;
/// What covers less than this, in seconds, may fit anywhere.
const LONG: f64 = 5.0;
/// The least part of what both cover that must still do so with an offset.
const REST: f64 = 0.6;
/// How much better than no offset another must be.
const LEAD: f64 = 0.1;

/// How well words and voice fit.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Offset {
    /// Seconds by which the voice is later than the words where both fit best.
    pub seconds: f64,
    /// Their correlation there.
    pub correlation: f64,
    /// Their correlation without an offset.
    pub without: f64,
    /// Seconds that both cover.
    pub covered: f64,
}

impl Offset {
    /// Whether the two clearly belong to different cuts. What is short may fit by chance, and is never clear.
    pub fn is_clear(&self) -> bool {
        self.is_apart() && self.covered >= LONG
    }

    /// Whether another offset fits better than none. Of short recordings, only many together say
    /// something.
    pub fn is_apart(&self) -> bool {
        self.seconds.abs() > TOLERANCE
            && self.correlation >= LEAST
            && self.correlation - self.without >= LEAD
    }

    /// What is wrong where the two are apart.
    pub fn fault(&self) -> String {
        let (seconds, correlation, without) = (self.seconds.abs(), self.correlation, self.without);
        let side = if self.seconds > 0.0 {
            "later"
        } else {
            "earlier"
        };
        format!(
            "expected words and voice of one cut, found the voice {seconds:.2} s {side} than the words (correlation \
             {correlation:.2}, {without:.2} without an offset)"
        )
    }
}

/// The offset, up to 2 s, at which the energy of the voice fits the words best. `energy` has a value for
/// each of `times`. `None` if there are fewer than three words, or nothing to compare.
pub fn offset(words: &[Interval], times: &[Interval], energy: &[f32]) -> Option<Offset> {
    if words.len() < 3 {
        return None;
    }
    let first = times
        .iter()
        .chain(words)
        .map(|time| time.start)
        .fold(f64::INFINITY, f64::min);
    let last = times
        .iter()
        .chain(words)
        .map(|time| time.end)
        .fold(0.0, f64::max);
    let cells = ((last - first) / CELL).ceil();
    // Ten hours; beyond them the comparison would take too long.
    if !(1.0..=1.8e6).contains(&cells) {
        return None;
    }
    let grid = Grid {
        first,
        cells: cells as usize,
    };
    let speech = grid.speech(words);
    let voice = grid.voice(times, energy);
    let farthest = (FARTHEST / CELL).round() as isize;
    let (covered, without) = correlation(&speech, &voice, 0)?;
    let fit = |lag: isize| {
        let (seconds, correlation) = correlation(&speech, &voice, lag)?;
        (seconds >= REST * covered).then_some((lag, correlation))
    };
    // Of equal fits, the one with the smaller offset.
    let lags = (0..=farthest).flat_map(|lag| [lag, -lag]);
    let better = |best: (isize, f64), next: (isize, f64)| if next.1 > best.1 { next } else { best };
    let (lag, correlation) = lags.filter_map(fit).fold((0, without), better);
    Some(Offset {
        seconds: lag as f64 * CELL,
        correlation,
        without,
        covered,
    })
}

/// The part of the time of words that lies before the first row of a track or after its last, from 0 to 1;
/// `None` without words or rows.
pub fn beyond(words: &[Interval], times: &[Interval]) -> Option<f64> {
    let first = times.iter().map(|time| time.start).reduce(f64::min)?;
    let last = times.iter().map(|time| time.end).reduce(f64::max)?;
    let all: f64 = words.iter().map(|word| word.length()).sum();
    let inside: f64 = words
        .iter()
        .map(|word| word.overlap(Interval::new(first, last)))
        .sum();
    (all > 0.0).then(|| 1.0 - inside / all)
}

/// Cells of equal length.
struct Grid {
    first: f64,
    cells: usize,
}

impl Grid {
    fn cells_of(&self, time: Interval) -> std::ops::Range<usize> {
        let cell = |moment: f64| {
            (((moment - self.first) / CELL).round().max(0.0) as usize).min(self.cells)
        };
        cell(time.start)..cell(time.end)
    }

    /// 1 where a word is said.
    fn speech(&self, words: &[Interval]) -> Vec<f64> {
        let mut speech = vec![0.0; self.cells];
        for &word in words {
            if let Some(cells) = speech.get_mut(self.cells_of(word)) {
                cells.fill(1.0);
            }
        }
        speech
    }

    /// The mean energy of each cell; NaN where there is none.
    fn voice(&self, times: &[Interval], energy: &[f32]) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.cells];
        for (&time, &energy) in times.iter().zip(energy) {
            if energy.is_nan() {
                continue;
            }
            // Each row counts once, at its middle, or rows that overlap would blur.
            let middle = self
                .cells_of(Interval::new(time.middle(), time.middle()))
                .start;
            if let Some(sum) = sums.get_mut(middle) {
                *sum = (sum.0 + f64::from(energy), sum.1 + 1.0);
            }
        }
        sums.into_iter().map(|(sum, count)| sum / count).collect()
    }
}

/// Seconds that both speech and the voice `lag` cells later cover, and their correlation there.
fn correlation(speech: &[f64], voice: &[f64], lag: isize) -> Option<(f64, f64)> {
    let (speech, voice) = match lag {
        0.. => (speech, voice.get(lag.unsigned_abs()..)?),
        _ => (speech.get(lag.unsigned_abs()..)?, voice),
    };
    let [mut n, mut x, mut y, mut xx, mut yy, mut xy] = [0.0; 6];
    for (&a, &b) in speech.iter().zip(voice).filter(|(_, b)| !b.is_nan()) {
        n += 1.0;
        x += a;
        y += b;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    let spread = (n * xx - x * x).max(0.0) * (n * yy - y * y).max(0.0);
    // A second of both is the least that says anything.
    let is_enough = n * CELL >= 1.0 && spread > 1e-9;
    is_enough.then(|| (n * CELL, (n * xy - x * y) / spread.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [[f64; 2]; 5] = [[0.5, 0.9], [1.2, 1.4], [1.9, 2.6], [3.4, 3.6], [4.0, 4.9]];

    /// The energy of a voice that says the words `late` seconds later.
    fn found(late: f64) -> Offset {
        let words = WORDS.map(|[start, end]| Interval::new(start, end));
        let times: Vec<Interval> = (0..700)
            .map(|row| Interval::new(f64::from(row) / 100.0, f64::from(row + 1) / 100.0))
            .collect();
        let is_said = |time: &Interval| words.iter().any(|word| word.holds(time.middle() - late));
        let energy: Vec<f32> = times
            .iter()
            .map(|time| if is_said(time) { 1.0 } else { 0.25 })
            .collect();
        offset(&words, &times, &energy).unwrap()
    }

    #[test]
    fn one_cut_fits_without_an_offset() {
        let offset = found(0.0);
        assert!(
            offset.seconds.abs() <= 0.02 && offset.correlation > 0.95,
            "{offset:?}"
        );
        assert!(!offset.is_clear());
        assert!(!found(0.1).is_clear());
    }

    #[test]
    fn another_cut_is_found_with_its_offset() {
        for late in [-0.4, 0.5, 1.3] {
            let offset = found(late);
            assert!(
                (offset.seconds - late).abs() <= 0.021 && offset.is_clear(),
                "{late}: {offset:?}"
            );
        }
    }

    #[test]
    fn words_of_another_part_lie_beyond() {
        let words = [Interval::new(0.0, 1.0), Interval::new(8.0, 9.0)];
        assert_eq!(
            beyond(&words, &[Interval::new(0.0, 4.0), Interval::new(4.0, 5.0)]),
            Some(0.5)
        );
        assert_eq!(beyond(&words, &[]), None);
    }

    #[test]
    fn silence_says_nothing() {
        let times: Vec<Interval> = (0..500)
            .map(|row| Interval::new(f64::from(row) / 100.0, f64::from(row + 1) / 100.0))
            .collect();
        let words = WORDS.map(|[start, end]| Interval::new(start, end));
        assert_eq!(offset(&words, &times, &[0.5; 500]), None);
        assert_eq!(offset(&words[..2], &times, &[0.5; 500]), None);
    }
}
