//! Speech in a sound that comes in pieces.

use crate::SpeechDetector;
use crate::network::{CONTEXT, FRAME, State};

/// Frames that are computed at once: 8 s of sound, whose largest tensor has 1.6 MB.
const FRAMES: usize = 256;

/// Speech in a sound that comes in pieces of any length; made by [`SpeechDetector::stream`].
///
/// The pieces one after another have the probabilities of the whole, but for rounding. Memory does not
/// grow with the sound.
#[derive(Clone, Debug)]
pub struct SpeechStream<'detector> {
    detector: &'detector SpeechDetector,
    state: State,
    /// The context of the next frame, and the samples of that frame so far.
    samples: Vec<f32>,
}

impl<'detector> SpeechStream<'detector> {
    pub(crate) fn new(detector: &'detector SpeechDetector) -> Self {
        Self {
            detector,
            state: State::default(),
            samples: vec![0.0; CONTEXT],
        }
    }

    /// The probability of each frame that the next `samples` complete, in [0, 1]; NaN for a frame that
    /// has no number, see [`SpeechDetector::probabilities`].
    ///
    /// `samples` are at 16 kHz, on one channel, in [-1, 1].
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut probabilities = Vec::with_capacity(samples.len() / FRAME + 1);
        for piece in samples.chunks(FRAMES * FRAME) {
            self.samples.extend_from_slice(piece);
            self.advance(&mut probabilities);
        }
        probabilities
    }

    /// The probability of the last frame, filled with zeros; `None` if no sample is left.
    pub fn finish(mut self) -> Option<f32> {
        if self.samples.len() == CONTEXT {
            return None;
        }
        self.samples.resize(CONTEXT + FRAME, 0.0);
        let mut probabilities = Vec::new();
        self.advance(&mut probabilities);
        probabilities.pop()
    }

    /// Computes all whole frames, and keeps what follows and its context.
    fn advance(&mut self, probabilities: &mut Vec<f32>) {
        let whole = (self.samples.len() - CONTEXT) / FRAME * FRAME;
        let network = self.detector.network();
        network.forward(
            &self.samples[..CONTEXT + whole],
            &mut self.state,
            probabilities,
        );
        self.samples.drain(..whole);
    }
}
