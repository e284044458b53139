//! Tokens that ask acoustic and visual steps on behalf of the text.

use super::{full, host, objective, samples, targets};
use crate::common::{config, device, input, with_weights};
use burn::prelude::*;
use misa_core::weights::gradient_dict;
use misa_core::{
    Directions, Misa, MisaConfig, MisaInput, Modality, MutualAttentionConfig, PerModality, Presence,
};

fn asking() -> MutualAttentionConfig {
    MutualAttentionConfig::new()
        .with_directions(Directions::FromText)
        .with_n_layers(2)
        .with_n_heads(2)
        .with_n_tokens(3)
        .with_dropout(0.0)
}

fn asking_model(device: &Device) -> Misa {
    let config = full().with_mutual_attention(Some(asking()));
    with_weights(config.init(device), 0.5)
}

fn batch(device: &Device) -> MisaInput {
    let samples = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
    input(&samples, 0, 0.0, device)
}

fn lacking(modality: Modality, row: usize) -> Presence {
    let present = PerModality::from_fn(|other| {
        (0..3)
            .map(|place| other != modality || place != row)
            .collect()
    });
    Presence::new(present).unwrap()
}

#[test]
fn asking_starts_as_misa() {
    let device = device();
    let plain = with_weights(config().init(&device), 0.5);
    let model = config().with_mutual_attention(Some(asking())).init(&device);
    let (model, found) = model.transfer(&plain.state_dict());
    assert!(found.misshaped.is_empty() && found.unused.is_empty());
    let batch = batch(&device);
    let predict = |model: &Misa| host(&model.forward(&batch).prediction);
    assert_eq!(predict(&model), predict(&plain));
}

#[test]
fn every_parameter_has_a_gradient() {
    let device = device().autodiff();
    let model = asking_model(&device);
    let output = model.forward(&batch(&device));
    let terms = objective()
        .init(&device)
        .forward(&output, targets(3, &device));
    let gradients = gradient_dict(&model, "", &terms.total.backward());
    let saved = model.state_dict();
    let names = saved
        .names()
        .filter(|name| name.starts_with("mutual_attention."));
    let mut count = 0;
    for name in names {
        let gradient = gradients.get(name);
        let gradient: Vec<f32> = gradient
            .unwrap_or_else(|| panic!("no gradient of {name}"))
            .iter()
            .collect();
        assert!(gradient.iter().all(|value| value.is_finite()), "{name}");
        // A bias of keys moves every step's attention alike: it has no effect.
        let has_effect = !name.ends_with("key.bias");
        let moves = gradient.iter().any(|&value| value != 0.0);
        assert!(!has_effect || moves, "{name}");
        count += 1;
    }
    // Two step layers and the queries with biases, the tokens, four blocks of sixteen, a norm, the output.
    assert_eq!(count, 3 * 2 + 1 + 4 * 16 + 2 + 1);
}

#[test]
fn neither_padding_nor_neighbours_change_what_is_collected() {
    let device = device();
    let model = asking_model(&device);
    let samples = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
    let tight = model.forward(&input(&samples, 0, 0.0, &device)).prediction;
    let padded = model.forward(&input(&samples, 3, 1e6, &device)).prediction;
    assert!((tight.clone() - padded).abs().max().into_scalar::<f32>() < 1e-5);
    for (row, sample) in samples.chunks(1).enumerate() {
        let alone = model.forward(&input(sample, 0, 0.0, &device)).prediction;
        let difference = (tight.clone().narrow(0, row, 1) - alone).abs();
        assert!(difference.into_scalar::<f32>() < 1e-5, "{row}");
    }
}

/// What a missing modality's steps hold reaches nothing, and the others' utterances keep every bit.
#[test]
fn a_missing_modality_answers_nothing() {
    use Modality::{Acoustic, Visual};
    let device = device();
    let model = asking_model(&device);
    let whole = host(&model.forward(&batch(&device)).prediction);
    for modality in [Visual, Acoustic] {
        let predict = |value: f32| {
            let mut samples = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
            match modality {
                Visual => samples[1].visual = vec![[value; 3]; 5],
                _ => samples[1].acoustic = vec![[value; 4]; 2],
            }
            let batch = input(&samples, 0, 0.0, &device);
            host(
                &model
                    .forward(&batch.with_presence(lacking(modality, 1)))
                    .prediction,
            )
        };
        let lacking = predict(2.0);
        assert_eq!(lacking, predict(-7.0));
        assert_eq!((lacking[0], lacking[2]), (whole[0], whole[2]));
        assert_ne!(lacking[1], whole[1]);
    }
}

/// Without voice and face there is nobody to ask.
#[test]
fn without_another_modality_nothing_is_asked() {
    let device = device();
    let names = |modalities: &str| {
        let config: MisaConfig = config()
            .with_mutual_attention(Some(asking()))
            .with_modalities(modalities.parse().unwrap());
        let saved = config.init(&device).state_dict();
        (saved.names())
            .filter(|name| name.starts_with("mutual_attention."))
            .count()
    };
    assert_eq!((names("text"), names("visual,acoustic")), (0, 0));
    assert_eq!(names("text,acoustic"), 2 + 2 + 1 + 2 * 16 + 2 + 1);
}

#[test]
fn what_asks_can_be_saved_and_loaded() {
    let device = device();
    let config = full().with_mutual_attention(Some(asking()));
    let saved = asking_model(&device).state_dict();
    config.check_weights(&saved).unwrap();
    let (loaded, left) = config.init(&device).load_state_dict(&saved).unwrap();
    assert!(left.unused.is_empty());
    assert_eq!(
        loaded.state_dict().to_bytes().unwrap(),
        saved.to_bytes().unwrap()
    );
}

#[test]
fn there_are_one_to_sixty_four_tokens() {
    for (n_tokens, holds) in [(0, false), (1, true), (64, true), (65, false)] {
        let config = config().with_mutual_attention(Some(asking().with_n_tokens(n_tokens)));
        assert_eq!(config.validate().is_ok(), holds, "{n_tokens}");
    }
}
