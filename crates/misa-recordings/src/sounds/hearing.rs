//! Where somebody speaks.

use crate::Interval;
use crate::voice::{LevelMeter, loud_stretches};
use std::fmt::Debug;

/// Samples a second that are heard.
pub(super) const RATE: u32 = 16_000;

/// Something that tells speech from other sounds.
pub trait HearSpeech: Debug + Send + Sync {
    /// Starts with a sound.
    fn start(&self) -> Box<dyn Hearing + '_>;
}

/// A sound in which speech is looked for, piece by piece.
pub trait Hearing {
    /// Takes the next samples, on one channel and 16,000 of them a second.
    fn push(&mut self, samples: &[f32]);

    /// The stretches in which somebody speaks, in order and apart.
    fn finish(self: Box<Self>) -> Vec<Interval>;
}

/// Whatever is loud: for those who have no model of speech at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loud;

impl HearSpeech for Loud {
    fn start(&self) -> Box<dyn Hearing + '_> {
        Box::new(LevelMeter::new(RATE))
    }
}

impl Hearing for LevelMeter {
    fn push(&mut self, samples: &[f32]) {
        self.push(samples);
    }

    fn finish(self: Box<Self>) -> Vec<Interval> {
        let levels = (*self).finish();
        let stretches = loud_stretches(&levels, Self::STEP);
        stretches
            .into_iter()
            .map(|[start, end]| Interval::new(start, end))
            .collect()
    }
}
