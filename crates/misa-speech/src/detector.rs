//! Where in a sound someone speaks.

use crate::network::Network;
use crate::weights::{Accepted, Weights};
use crate::{SpeechError, SpeechStream};
use burn::tensor::Device;
use std::path::Path;

/// Silero's voice activity network with its weights.
///
/// It takes sounds of 16,000 samples a second on one channel, and says for each 512 of them (32 ms) how
/// probable it is that someone speaks.
///
/// - Source: `silero-vad` 6.2.3 on PyPI.
#[derive(Clone, Debug)]
pub struct SpeechDetector {
    network: Network,
}

impl SpeechDetector {
    /// The network with published weights, from a file of the Python package `silero-vad` 6.2.3 that is known
    /// by its SHA-256:
    ///
    /// - `silero_vad_16k_sequence.onnx`, the weights of that version
    /// - `silero_vad_16k.safetensors`, weights of the same network that are not those of its graphs: their
    ///   probabilities differ by up to 0.7
    ///
    /// # Errors
    ///
    /// [`SpeechError`] if the file cannot be read or is another one.
    pub fn load(path: impl AsRef<Path>, device: &Device) -> Result<Self, SpeechError> {
        Self::read(path.as_ref(), Accepted::Known, device)
    }

    /// The network with other weights, such as those of another version or of further training; they may
    /// be any of the same names and shapes as in one of the published files.
    ///
    /// # Errors
    ///
    /// [`SpeechError`] if the file cannot be read, has more than 16 MB, is not a file of safetensors or
    /// ONNX, lacks a tensor, or has one of another name, shape or type, or with a value that is not finite.
    pub fn load_other(path: impl AsRef<Path>, device: &Device) -> Result<Self, SpeechError> {
        Self::read(path.as_ref(), Accepted::Any, device)
    }

    fn read(path: &Path, accepted: Accepted, device: &Device) -> Result<Self, SpeechError> {
        let weights = Weights::read(path, accepted)?;
        Ok(Self {
            network: Network::new(&weights, device),
        })
    }

    /// The probability of speech in each 512 samples, in [0, 1]; the last ones are filled with zeros, and
    /// no samples have no probabilities.
    ///
    /// `samples` are at 16 kHz, on one channel, in [-1, 1]. A frame has NaN where one of its samples, or of
    /// the 64 before, is NaN or beyond 1e12 in magnitude; the frames after it are as if it were not there.
    pub fn probabilities(&self, samples: &[f32]) -> Vec<f32> {
        let mut stream = self.stream();
        let mut probabilities = stream.push(samples);
        probabilities.extend(stream.finish());
        probabilities
    }

    /// A sound that comes in pieces, from its beginning.
    pub fn stream(&self) -> SpeechStream<'_> {
        SpeechStream::new(self)
    }

    pub(crate) fn network(&self) -> &Network {
        &self.network
    }
}
