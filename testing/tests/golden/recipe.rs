//! Weights that a golden case defines by a rule instead of storing them.

use crate::tensors::assert_within;
use burn::tensor::TensorData;
use misa_testing::{Trial, case, golden, json};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rule for the weights of a case.
#[derive(Deserialize)]
pub struct Recipe {
    pub seed: u64,
    /// Shape, scale and offset of each tensor.
    pub tensors: BTreeMap<String, (Vec<usize>, f64, f64)>,
}

impl Recipe {
    pub fn weights(&self) -> impl Iterator<Item = (String, TensorData)> {
        self.tensors.iter().map(|(name, (shape, scale, offset))| {
            let count = shape.iter().product();
            let values = uniform(self.seed, name, count, *scale, *offset);
            (name.clone(), TensorData::new(values, shape.clone()))
        })
    }
}

/// `offset ± scale`, uniform, a function of seed and name.
fn uniform(seed: u64, name: &str, count: usize, scale: f64, offset: f64) -> Vec<f32> {
    let random = splitmix64(fnv1a64(name) ^ seed).take(count);
    random
        .map(|z| (offset + ((z >> 40) as f64 / 8_388_608.0 - 1.0) * scale) as f32)
        .collect()
}

fn fnv1a64(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

fn splitmix64(mut state: u64) -> impl Iterator<Item = u64> {
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

pub fn cases() -> Vec<Trial> {
    vec![case("parts::detinit", gives_the_stored_values)]
}

fn gives_the_stored_values() {
    let json = json(&golden("parts").join("detinit.json"));
    for (name, hash) in json["fnv1a64"].as_object().unwrap() {
        assert_eq!(fnv1a64(name).to_string(), hash.as_str().unwrap());
    }
    let expected = json["splitmix_u64(state=42, n=4)"].as_array().unwrap();
    for (expected, found) in expected.iter().zip(splitmix64(42)) {
        assert_eq!(found.to_string(), expected.as_str().unwrap());
    }
    let expected = json["det_uniform(seed=16,'in.visual',8,scale=2)"]
        .as_array()
        .unwrap();
    let expected: Vec<_> = expected.iter().map(|x| x.as_f64().unwrap()).collect();
    let found: Vec<_> = uniform(16, "in.visual", 8, 2.0, 0.0)
        .into_iter()
        .map(f64::from)
        .collect();
    assert_within("in.visual", &found, &expected, |_| 0.0);
}
