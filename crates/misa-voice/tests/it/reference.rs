//! The reference sounds and what other software computes from them.

use misa_testing::{Tensors, golden, json};
use misa_voice::sound::{Sound, SoundOptions};
use serde_json::Value;
use std::path::Path;

/// A reference sound.
pub struct Reference {
    pub name: String,
    /// Samples a second.
    pub rate: u32,
    pub samples: Vec<f32>,
    /// What is known about it: `truth`, and details of each software.
    pub about: Value,
    pub tensors: Tensors,
}

/// Every reference sound.
pub fn references() -> Vec<Reference> {
    let index = json(&golden("voice").join("voice.json"));
    let sounds = index["sounds"].as_object().unwrap();
    sounds.keys().map(|name| reference(name)).collect()
}

/// The reference sound `name`.
pub fn reference(name: &str) -> Reference {
    let folder = golden("voice");
    let about = json(&folder.join("voice.json"))["sounds"][name].clone();
    let file = about["file"].as_str().unwrap();
    let sound = Sound::read(&folder.join(file), &SoundOptions::own_rate()).unwrap();
    assert_eq!(u64::from(sound.rate), about["rate"].as_u64().unwrap());
    Reference {
        name: name.to_string(),
        rate: sound.rate,
        samples: sound.samples,
        tensors: Tensors::read(&folder.join(format!("{name}.safetensors"))),
        about,
    }
}

/// What is stored beside the sounds.
pub fn index() -> Value {
    json(&golden("voice").join("voice.json"))
}

/// A reference sound at 16,000 samples a second.
pub fn at_16_khz(name: &str) -> Vec<f32> {
    let file = index()["sounds"][name]["file"]
        .as_str()
        .unwrap()
        .to_string();
    let path = golden("voice").join(file);
    Sound::read(&path, &SoundOptions::default())
        .unwrap()
        .samples
}

/// Samples of 16,000 a second at another rate, by way of a file.
pub fn resampled(samples: &[f32], rate: u32) -> Vec<f32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound.wav");
    write_wav(&path, samples, 16_000);
    Sound::read(&path, &SoundOptions::at(rate)).unwrap().samples
}

/// Writes samples as WAV of 32-bit floats.
pub fn write_wav(path: &Path, samples: &[f32], rate: u32) {
    let bytes = 4 * samples.len() as u32;
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    for part in [
        16,
        0x0001_0003,
        rate,
        4 * rate,
        0x0020_0004,
        0x6174_6164,
        bytes,
    ] {
        file.extend_from_slice(&u32::to_le_bytes(part));
    }
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    std::fs::write(path, file).unwrap();
}

/// Pearson's correlation.
pub fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let (a, b) = pairs
        .iter()
        .fold((0.0, 0.0), |(a, b), pair| (a + pair.0, b + pair.1));
    let (a, b) = (a / count, b / count);
    let [mut ab, mut aa, mut bb] = [0.0; 3];
    for pair in pairs {
        ab += (pair.0 - a) * (pair.1 - b);
        aa += (pair.0 - a).powi(2);
        bb += (pair.1 - b).powi(2);
    }
    ab / (aa * bb).sqrt()
}
