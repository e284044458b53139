//! A small model and made-up batches for it.

use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::{
    FeatureSizes, Misa, MisaConfig, MisaInput, Modality, PerModality, TextInput, TextSize,
};
use std::sync::Once;

pub const VOCABULARY: usize = 11;
pub const D_VISUAL: usize = 3;
pub const D_ACOUSTIC: usize = 4;

/// The processor, with random numbers that are the same in every run of a test that has a process of its own.
pub fn device() -> Device {
    static SEEDED: Once = Once::new();
    let device = Device::flex();
    SEEDED.call_once(|| device.seed(1));
    device
}

pub fn config() -> MisaConfig {
    MisaConfig::new(FeatureSizes {
        text: TextSize::Words {
            vocabulary: VOCABULARY,
        },
        visual: D_VISUAL,
        acoustic: D_ACOUSTIC,
    })
    .with_d_hidden(6)
    .with_d_embedding(5)
}

/// One utterance on the host: word ids and feature rows, every modality with its own length.
#[derive(Clone, Debug)]
pub struct Sample {
    pub words: Vec<i64>,
    pub visual: Vec<[f32; D_VISUAL]>,
    pub acoustic: Vec<[f32; D_ACOUSTIC]>,
}

impl Sample {
    /// A function of its lengths and of `seed`.
    pub fn new(lengths: PerModality<usize>, seed: u64) -> Self {
        let mut random = random(seed);
        let id = |x: f32| ((x + 1.0) * 0.5 * VOCABULARY as f32) as i64;
        Self {
            words: (0..lengths.text).map(|_| id(random())).collect(),
            visual: (0..lengths.visual)
                .map(|_| [(); D_VISUAL].map(|()| random()))
                .collect(),
            acoustic: (0..lengths.acoustic)
                .map(|_| [(); D_ACOUSTIC].map(|()| random()))
                .collect(),
        }
    }

    fn lengths(&self) -> PerModality<usize> {
        PerModality {
            text: self.words.len(),
            visual: self.visual.len(),
            acoustic: self.acoustic.len(),
        }
    }
}

/// Uniform in `[-1, 1)`, a function of `seed`.
fn random(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// The model with weights uniform in `[-scale, scale)`, those of the norms excepted. They are the
/// same in every run: the random state of a device belongs to the whole process.
pub fn with_weights(model: Misa, scale: f32) -> Misa {
    let mut random = random(5);
    let shapes = model.state_dict();
    let weights = shapes.names().map(|name| {
        let initial = shapes.get(name).unwrap();
        if name.contains("norm") {
            return (name.to_string(), initial.clone());
        }
        let shape = initial.shape().to_vec();
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| scale * random())
            .collect();
        (name.to_string(), TensorData::new(values, shape))
    });
    let weights = weights.collect();
    model.load_state_dict(&weights).unwrap().0
}

/// Pads with `extra` steps beyond the longest; the padding holds `filler`.
pub fn input(samples: &[Sample], extra: usize, filler: f32, device: &Device) -> MisaInput {
    let lengths = PerModality::from_fn(|modality| -> Vec<usize> {
        samples
            .iter()
            .map(|sample| *sample.lengths().get(modality))
            .collect()
    });
    let steps = |modality: Modality| lengths.get(modality).iter().max().unwrap() + extra;
    let mut words = Vec::new();
    let (mut visual, mut acoustic) = (Vec::new(), Vec::new());
    for sample in samples {
        words.extend(pad(&sample.words, steps(Modality::Text), 1));
        visual.extend(pad(
            &sample.visual,
            steps(Modality::Visual),
            [filler; D_VISUAL],
        ));
        acoustic.extend(pad(
            &sample.acoustic,
            steps(Modality::Acoustic),
            [filler; D_ACOUSTIC],
        ));
    }
    let batch = samples.len();
    let features = |values: Vec<f32>, modality, width| {
        Tensor::from_data(
            TensorData::new(values, [batch, steps(modality), width]),
            device,
        )
    };
    let ids = TensorData::new(words, [batch, steps(Modality::Text)]);
    MisaInput::new(
        TextInput::Words(Tensor::from_data(ids, device)),
        features(visual.concat(), Modality::Visual, D_VISUAL),
        features(acoustic.concat(), Modality::Acoustic, D_ACOUSTIC),
        lengths,
    )
}

fn pad<T: Clone>(values: &[T], steps: usize, filler: T) -> Vec<T> {
    let mut padded = values.to_vec();
    padded.resize(steps, filler);
    padded
}
