//! Weights that are made up, and the files that hold them.

use misa_speech::SpeechDetector;
use misa_terms::Random;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Every tensor of the network and its shape.
pub const SHAPES: [(&str, &[usize]); 15] = [
    ("stft_conv.weight", &[258, 1, 256]),
    ("conv1.weight", &[128, 129, 3]),
    ("conv1.bias", &[128]),
    ("conv2.weight", &[64, 128, 3]),
    ("conv2.bias", &[64]),
    ("conv3.weight", &[64, 64, 3]),
    ("conv3.bias", &[64]),
    ("conv4.weight", &[128, 64, 3]),
    ("conv4.bias", &[128]),
    ("lstm_cell.weight_ih", &[512, 128]),
    ("lstm_cell.weight_hh", &[512, 128]),
    ("lstm_cell.bias_ih", &[512]),
    ("lstm_cell.bias_hh", &[512]),
    ("final_conv.weight", &[1, 128, 1]),
    ("final_conv.bias", &[1]),
];

/// A tensor as a file holds it.
#[derive(Clone)]
pub struct Stored {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

/// A file of weights that a test can change before it writes it.
#[derive(Clone)]
pub struct MadeUp(pub BTreeMap<String, Stored>);

impl MadeUp {
    /// Uniform numbers, large enough for the probabilities to differ from frame to frame.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let stored = SHAPES.map(|(name, shape)| {
            let inputs = shape[1..].iter().product::<usize>();
            let scale = if inputs == 1 {
                0.4
            } else {
                4.0 * (3.0 / inputs as f64).sqrt()
            };
            let values = (0..shape.iter().product()).map(|_| (random.uniform() - 0.5) * scale);
            let bytes = values
                .flat_map(|value| (value as f32).to_le_bytes())
                .collect();
            let shape = shape.to_vec();
            (
                name.to_string(),
                Stored {
                    dtype: Dtype::F32,
                    shape,
                    bytes,
                },
            )
        });
        Self(stored.into())
    }

    /// The tensors of a file of safetensors, in 32-bit floats.
    pub fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let stored = file.iter().map(|(name, view)| {
            let (dtype, shape, bytes) = (view.dtype(), view.shape().to_vec(), view.data().to_vec());
            (
                name.to_string(),
                Stored {
                    dtype,
                    shape,
                    bytes,
                },
            )
        });
        Self(stored.collect())
    }

    /// The elements of a tensor.
    pub fn values(&self, name: &str) -> Vec<f64> {
        let elements = self.0[name].bytes.as_chunks().0.iter();
        elements
            .map(|bytes| f32::from_le_bytes(*bytes).into())
            .collect()
    }

    pub fn bytes(&self) -> Vec<u8> {
        let views = self.0.iter().map(|(name, stored)| {
            (
                name,
                TensorView::new(stored.dtype, stored.shape.clone(), &stored.bytes).unwrap(),
            )
        });
        safetensors::serialize(views, None).unwrap()
    }

    pub fn detector(&self) -> SpeechDetector {
        let (_folder, path) = file(&self.bytes());
        SpeechDetector::load_other(path, &burn::tensor::Device::flex()).unwrap()
    }
}

/// A file `weights.safetensors` in a folder that is removed with the first value.
pub fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Samples in [-1, 1].
pub fn noise(seed: u64, samples: usize) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..samples)
        .map(|_| random.uniform() as f32 * 2.0 - 1.0)
        .collect()
}
