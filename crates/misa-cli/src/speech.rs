//! What tells speech from other sounds.

use clap::Args;
use misa_recordings::Interval;
use misa_recordings::sounds::{HearSpeech, Hearing};
use misa_speech::{SpeechDetector, SpeechOptions, SpeechStream, segments};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What tells speech from other sounds.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SpeechOption {
    /// Weights of Silero's network, which tells speech from other sounds: silero_vad_16k_sequence.onnx of the
    /// Python package silero-vad; without it, whatever is loud is speech
    #[arg(long, value_name = "FILE")]
    speech: Option<PathBuf>,
}

impl SpeechOption {
    /// The file of the weights, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.speech.as_deref()
    }

    /// The network; `None` if no weights are given.
    pub(crate) fn load(&self) -> Result<Option<Arc<dyn HearSpeech>>, Box<dyn Error>> {
        let Some(path) = &self.speech else {
            return Ok(None);
        };
        let device = crate::device(crate::default_device())?;
        let silero = Silero {
            detector: SpeechDetector::load(path, &device)?,
        };
        Ok(Some(Arc::new(silero)))
    }
}

/// Silero's network.
#[derive(Debug)]
struct Silero {
    detector: SpeechDetector,
}

impl HearSpeech for Silero {
    fn start(&self) -> Box<dyn Hearing + '_> {
        Box::new(SileroHearing {
            stream: self.detector.stream(),
            probabilities: Vec::new(),
        })
    }
}

/// A sound that Silero's network listens to.
struct SileroHearing<'d> {
    stream: SpeechStream<'d>,
    probabilities: Vec<f32>,
}

impl Hearing for SileroHearing<'_> {
    fn push(&mut self, samples: &[f32]) {
        self.probabilities.extend(self.stream.push(samples));
    }

    fn finish(self: Box<Self>) -> Vec<Interval> {
        let Self {
            stream,
            mut probabilities,
        } = *self;
        probabilities.extend(stream.finish());
        segments(&probabilities, &SpeechOptions::default())
            .into_iter()
            .map(|speech| Interval::new(speech.start, speech.end))
            .collect()
    }
}
