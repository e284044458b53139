//! Jitter and shimmer.

use super::amplitude::amplitudes;
use crate::pitch::Frames;
use std::ops::Range;

/// Shortest period, in seconds.
const SHORTEST: f64 = 0.0001;
/// Longest period, in seconds.
pub(super) const LONGEST: f64 = 0.02;
/// How much longer than its neighbour a period may be.
const PERIOD_FACTOR: f64 = 1.3;
/// How much stronger than its neighbour a period may be.
const AMPLITUDE_FACTOR: f64 = 1.6;
/// How far from the middle of a frame its periods may reach, in seconds.
const REACH: f64 = 0.03;
/// Fewest periods that say something about a frame.
const FEWEST: usize = 3;

/// Single periods of a voice.
///
/// Jitter is the mean difference of consecutive periods, divided by the mean period; shimmer the same of
/// their amplitudes. Periods shorter than 0.0001 or longer than 0.02 seconds do not count, nor do
/// differences of neighbours one of which is more than 1.3 times as long, or 1.6 times as strong, as the other.
///
/// - Source: Praat's manual, "local" jitter and shimmer.
#[derive(Clone, Debug, PartialEq)]
pub struct Periods {
    /// When each period is, in seconds, in order. Between stretches with a voice are gaps.
    pub moments: Vec<f64>,
    /// How strong each is. NaN for a moment without neighbours.
    pub amplitudes: Vec<f32>,
}

impl Periods {
    /// Periods at `moments` of a sound with `rate` samples a second.
    pub(super) fn new(samples: &[f32], rate: f64, moments: Vec<f64>) -> Self {
        Self {
            amplitudes: amplitudes(samples, rate, &moments),
            moments,
        }
    }

    /// Jitter of the whole sound, at least 0. NaN without two neighbouring periods.
    pub fn jitter(&self) -> f64 {
        self.jitter_of(0..self.moments.len())
    }

    /// Shimmer of the whole sound, at least 0. NaN without two neighbouring amplitudes.
    pub fn shimmer(&self) -> f64 {
        self.shimmer_of(0..self.moments.len())
    }

    /// Jitter of each frame, from the periods within 0.03 seconds of its middle. NaN with fewer than three.
    pub fn jitter_in(&self, frames: Frames) -> Vec<f32> {
        self.each(frames, Self::jitter_of)
    }

    /// Shimmer of each frame, from the periods within 0.03 seconds of its middle. NaN with fewer than three.
    pub fn shimmer_in(&self, frames: Frames) -> Vec<f32> {
        self.each(frames, Self::shimmer_of)
    }

    fn each(&self, frames: Frames, value: fn(&Self, Range<usize>) -> f64) -> Vec<f32> {
        (0..frames.count)
            .map(|index| {
                let middle = frames.middle(index);
                let from = self
                    .moments
                    .partition_point(|moment| *moment < middle - REACH);
                let to = self
                    .moments
                    .partition_point(|moment| *moment <= middle + REACH);
                let range = from..to.max(from);
                if self.lengths(range.clone()).flatten().count() >= FEWEST {
                    value(self, range) as f32
                } else {
                    f32::NAN
                }
            })
            .collect()
    }

    /// Lengths of the periods between neighbours, in seconds. `None` for those that do not count.
    fn lengths(&self, range: Range<usize>) -> impl Iterator<Item = Option<f64>> {
        let pairs = self.moments[range].windows(2);
        pairs.map(|pair| {
            Some(pair[1] - pair[0]).filter(|length| (SHORTEST..=LONGEST).contains(length))
        })
    }

    fn jitter_of(&self, range: Range<usize>) -> f64 {
        let mean = mean(self.lengths(range.clone()).flatten());
        let neighbours = self.lengths(range.clone()).zip(self.lengths(range).skip(1));
        let pairs = neighbours.filter_map(|(before, after)| before.zip(after));
        mean_difference(pairs, PERIOD_FACTOR) / mean
    }

    fn shimmer_of(&self, range: Range<usize>) -> f64 {
        let amplitudes = &self.amplitudes[range.clone()];
        let amplitudes = amplitudes.iter().map(|amplitude| f64::from(*amplitude));
        let mean = mean(amplitudes.clone().filter(|amplitude| amplitude.is_finite()));
        let neighbours = amplitudes.clone().zip(amplitudes.skip(1));
        let pairs = self
            .lengths(range)
            .zip(neighbours)
            .filter_map(|(length, pair)| length.map(|_| pair));
        mean_difference(pairs, AMPLITUDE_FACTOR) / mean
    }
}

/// Mean difference of pairs one of which is at most `factor` times the other.
fn mean_difference(pairs: impl Iterator<Item = (f64, f64)>, factor: f64) -> f64 {
    let near = pairs.filter(|(a, b)| a.max(*b) <= factor * a.min(*b));
    mean(near.map(|(a, b)| (a - b).abs()))
}

/// Mean, NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Periods of 0.0099 and 0.0101 seconds in turn, of strengths 0.9 and 1.1 in turn, and a gap.
    fn periods() -> Periods {
        let moments = [0.0, 0.0099, 0.02, 0.0299, 0.04, 0.0499, 0.5, 0.5099, 0.52];
        Periods {
            moments: moments.to_vec(),
            amplitudes: vec![0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9],
        }
    }

    #[test]
    fn jitter_and_shimmer_are_as_computed_by_hand() {
        let periods = periods();
        // Differences are 0.0002, the mean of seven periods is 0.0699 / 7.
        assert!((periods.jitter() - 0.0002 * 7.0 / 0.0699).abs() < 1e-9);
        // Differences are 0.2, the mean of nine is 8.9 / 9.
        assert!((periods.shimmer() - 0.2 * 9.0 / 8.9).abs() < 1e-6);
    }

    #[test]
    fn frames_need_three_periods() {
        let frames = Frames {
            first: 0.025,
            step: 0.25,
            count: 3,
        };
        let (jitter, shimmer) = (periods().jitter_in(frames), periods().shimmer_in(frames));
        assert!((jitter[0] - 0.02).abs() < 1e-3 && (shimmer[0] - 0.2).abs() < 1e-3);
        assert!(jitter[1].is_nan() && jitter[2].is_nan() && shimmer[2].is_nan());
    }

    #[test]
    fn large_differences_do_not_count() {
        let periods = Periods {
            moments: vec![0.0, 0.01, 0.024],
            amplitudes: vec![1.0, 2.0, 4.0],
        };
        assert!(periods.jitter().is_nan());
        assert!(periods.shimmer().is_nan());
    }
}
