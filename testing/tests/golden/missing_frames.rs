//! Missing frames, compared with LNLN's data set class, whose masks are those of TFR-Net.

use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::{MisaInput, Modality, PerModality, TextInput};
use misa_infer::{FrameDraws, FrameMask, MissingFrames, Twister, UtteranceBatch};
use misa_testing::{Tensors, Trial, case, golden, json};
use serde_json::Value;

/// `[UNK]` of the vocabulary that the original reads.
const UNKNOWN: u32 = 100;

pub fn cases() -> Vec<Trial> {
    let facts = json(&golden("missing_frames").join("missing_frames.json"));
    let sets = facts.as_object().unwrap().iter();
    let mut cases = vec![case("missing_frames::generator", check_generator)];
    for (name, facts) in sets {
        for seed in facts["seeds"].as_array().unwrap() {
            let set = Set::new(name, facts);
            let seed = seed.as_u64().unwrap() as u32;
            let title = format!("missing_frames::{name}::seed {seed}");
            cases.push(case(&title, move || set.check(seed)));
        }
        if let Some(seed) = facts["train"]["seed"].as_u64() {
            let set = Set::new(name, facts);
            let title = format!("missing_frames::{name}::training");
            cases.push(case(&title, move || set.check_training(seed as u32)));
        }
    }
    cases
}

fn tensors() -> Tensors {
    Tensors::read(&golden("missing_frames").join("missing_frames.safetensors"))
}

fn check_generator() {
    let tensors = tensors();
    let number = |seed: &str| -> u32 { seed.parse().unwrap() };
    let mut seeds = 0;
    for (seed, words) in tensors.with_prefix("words.s") {
        let mut twister = Twister::new(number(seed));
        let found: Vec<f64> = words.values.iter().map(|_| twister.word().into()).collect();
        assert_eq!(found, words.values, "words of seed {seed}");
        seeds += 1;
    }
    for (seed, uniform) in tensors.with_prefix("uniform.s") {
        let mut twister = Twister::new(number(seed));
        let values = uniform.values.iter();
        let found: Vec<f64> = values.map(|_| twister.uniform()).collect();
        assert_eq!(found, uniform.values, "uniform numbers of seed {seed}");
        seeds += 1;
    }
    assert_eq!(seeds, 8);
}

/// The name that the original has for a modality.
fn foreign(modality: Modality) -> &'static str {
    match modality {
        Modality::Text => "text",
        Modality::Visual => "vision",
        Modality::Acoustic => "audio",
    }
}

/// Utterances of the original, padded to matrices.
struct Set {
    name: String,
    lengths: PerModality<Vec<usize>>,
    padded: PerModality<usize>,
    rates: Vec<f64>,
    facts: Value,
}

impl Set {
    fn new(name: &str, facts: &Value) -> Self {
        let count = |value: &Value| value.as_u64().unwrap() as usize;
        let of = |modality: Modality, what: &str| &facts[format!("{}_{what}", foreign(modality))];
        let lengths = |modality| {
            let lengths = of(modality, "lengths").as_array().unwrap();
            lengths.iter().map(count).collect()
        };
        let rates = facts["rates"].as_array().unwrap().iter();
        Self {
            name: name.to_string(),
            lengths: PerModality::from_fn(lengths),
            padded: PerModality::from_fn(|modality| count(of(modality, "steps"))),
            rates: rates.map(|rate| rate.as_f64().unwrap()).collect(),
            facts: facts.clone(),
        }
    }

    /// The masks at all rates, and what is left of tokens and features where that is stored.
    fn check(&self, seed: u32) {
        let tensors = tensors();
        for (place, &rate) in self.rates.iter().enumerate() {
            let frames = MissingFrames {
                rate,
                seed,
                draws: FrameDraws::Published,
                padded: Some(self.padded.clone()),
            };
            let masks = frames.masks(&self.lengths).unwrap();
            let key = format!("s{seed}.r{place}");
            let shares = self.facts["kept_share"][&key].as_array().unwrap();
            let order = [Modality::Text, Modality::Acoustic, Modality::Visual];
            for (modality, share) in order.into_iter().zip(shares) {
                let mask = masks.get(modality);
                let name = format!("{}.{key}.{}", self.name, foreign(modality));
                assert_eq!(self.matrix(mask, modality), tensors.floats(&name), "{name}");
                let kept = 1.0 - mask.missing_share();
                assert!((kept - share.as_f64().unwrap()).abs() < 1e-12, "{name}");
            }
            let left = format!("{}.{key}.text_m", self.name);
            let is_stored = tensors.find(&left).is_some();
            assert_eq!(is_stored, seed == 1111 && [3, 8].contains(&place), "{left}");
            if is_stored {
                self.check_left(&masks, &key, &tensors);
            }
        }
    }

    /// A mask as the original has it: 0 is missing or padding.
    fn matrix(&self, mask: &FrameMask, modality: Modality) -> Vec<f64> {
        let padded = *self.padded.get(modality);
        let row = |kept: &Vec<bool>| {
            let kept = kept.iter().map(|&kept| f64::from(u8::from(kept)));
            kept.chain(std::iter::repeat(0.0))
                .take(padded)
                .collect::<Vec<_>>()
        };
        mask.rows().iter().flat_map(row).collect()
    }

    /// Tokens and features of the batch without what is missing.
    fn check_left(&self, masks: &PerModality<FrameMask>, key: &str, tensors: &Tensors) {
        let input = self
            .batch(tensors)
            .without_frames(masks, Some(UNKNOWN))
            .input;
        let TextInput::Tokens(ids) = input.text else {
            panic!("tokens went in");
        };
        let stored = |modality| format!("{}.{key}.{}_m", self.name, foreign(modality));
        let ids: Vec<i64> = ids.into_data().iter().collect();
        assert_eq!(ids, tensors.ints(&stored(Modality::Text)), "{key}");
        for (modality, rows) in [
            (Modality::Visual, input.visual),
            (Modality::Acoustic, input.acoustic),
        ] {
            let found: Vec<f64> = rows.into_data().iter::<f32>().map(f64::from).collect();
            let name = stored(modality);
            assert_eq!(found, tensors.floats(&name), "{name}");
        }
    }

    /// What goes in, of which no value is infinite.
    fn batch(&self, tensors: &Tensors) -> UtteranceBatch {
        let device = Device::flex();
        let features = |modality| {
            let stored = tensors.get(&format!("{}.in.{}", self.name, foreign(modality)));
            assert!(stored.values.iter().all(|value| value.is_finite()));
            let values: Vec<f32> = stored.values.iter().map(|&value| value as f32).collect();
            let data = TensorData::new(values, stored.shape.clone());
            Tensor::<3>::from_data(data, &device)
        };
        let text = tensors.get(&format!("{}.in.text_bert", self.name));
        let (utterances, steps) = (text.shape[0], text.shape[2]);
        // Ids, mask and types of each utterance.
        let ids = text.values.chunks(3 * steps).flat_map(|row| &row[..steps]);
        let ids: Vec<i32> = ids.map(|&id| id as i32).collect();
        let ids = Tensor::from_data(TensorData::new(ids, [utterances, steps]), &device);
        UtteranceBatch {
            input: MisaInput::new(
                TextInput::Tokens(ids),
                features(Modality::Visual),
                features(Modality::Acoustic),
                self.lengths.clone(),
            ),
            targets: Tensor::zeros([utterances, 1], &device),
            modality_targets: PerModality::default(),
            ids: vec![String::new(); utterances],
            places: (0..utterances).collect(),
            seed: 0,
        }
    }

    /// Each utterance has a rate of its own in each modality, and half of them 0.
    fn check_training(&self, seed: u32) {
        let tensors = tensors();
        for draw in 0..3 {
            let prefix = format!("{}.train.s{seed}.draw{draw}", self.name);
            // In the original's order of modalities.
            let order = [Modality::Text, Modality::Acoustic, Modality::Visual];
            for (rates, modality) in tensors.rows(&format!("{prefix}.rates")).iter().zip(order) {
                let whole = rates.iter().filter(|&&rate| rate == 0.0).count();
                assert_eq!(whole, rates.len() / 2);
                let (lengths, padded) = (self.lengths.get(modality), *self.padded.get(modality));
                let mask = FrameMask::published(modality, lengths, padded, rates, seed);
                let name = format!("{prefix}.{}", foreign(modality));
                assert_eq!(
                    self.matrix(&mask, modality),
                    tensors.floats(&name),
                    "{name}"
                );
            }
        }
    }
}
