//! What became of words and steps.

use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// What became of the words of a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WordCounts {
    /// Words of steps whose times a tool measured.
    pub measured: usize,
    /// Words of steps whose times the tool interpolated.
    pub interpolated_by_tool: usize,
    /// Words of steps that had no times and were placed between their neighbours.
    pub placed: usize,
    /// Words without times, left out.
    pub untimed_dropped: usize,
    /// Words that end when they start, left out by the SDK's mode.
    #[serde(default)]
    pub no_length_dropped: usize,
    /// Words that are nothing but punctuation, left out.
    pub punctuation_dropped: usize,
    /// Words out of the order of time, sorted.
    pub sorted: usize,
    /// Words that are in no segment.
    pub outside: usize,
}

/// Where the features of a recording's steps come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StepCounts {
    /// Steps with rows of their own.
    pub measured: usize,
    /// Steps that took the nearest row.
    pub borrowed: usize,
    /// Steps without a row within reach.
    pub absent: usize,
    /// Values of steps that no row has, such as the pitch of an unvoiced word; they are 0.
    pub undefined: usize,
    /// Steps beyond the most that an utterance may have.
    pub cut: usize,
}

impl StepCounts {
    /// Steps of utterances.
    pub fn steps(&self) -> usize {
        self.measured + self.borrowed + self.absent
    }
}

impl AddAssign for WordCounts {
    fn add_assign(&mut self, other: Self) {
        self.measured += other.measured;
        self.interpolated_by_tool += other.interpolated_by_tool;
        self.placed += other.placed;
        self.untimed_dropped += other.untimed_dropped;
        self.no_length_dropped += other.no_length_dropped;
        self.punctuation_dropped += other.punctuation_dropped;
        self.sorted += other.sorted;
        self.outside += other.outside;
    }
}

impl AddAssign for StepCounts {
    fn add_assign(&mut self, other: Self) {
        self.measured += other.measured;
        self.borrowed += other.borrowed;
        self.absent += other.absent;
        self.undefined += other.undefined;
        self.cut += other.cut;
    }
}
