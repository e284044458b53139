//! What must hold of everything that is not MISA's.

mod absent;
mod asking;
mod presence;

use crate::common::{Sample, config, device, input, with_weights};
use burn::prelude::*;
use misa_core::loss::{
    ContrastLossConfig, Difference, MisaLossConfig, MisaLossTerms, PrototypeLossConfig, Similarity,
    TripletLossConfig, UnimodalLossConfig, Weighting,
};
use misa_core::weights::gradient_dict;
use misa_core::{
    ContextConfig, Directions, FusionKind, Misa, MisaConfig, MisaInput, MutualAttentionConfig,
    PerModality, ReconstructionSource, Representations, Videos,
};

fn attention() -> MutualAttentionConfig {
    let config = MutualAttentionConfig::new().with_n_heads(2);
    let config = config.with_dropout(0.0);
    config.with_n_layers(2).with_directions(Directions::All)
}

/// Every switch on, and no dropout: outputs are functions of their inputs.
fn full() -> MisaConfig {
    config()
        .with_dropout(0.0)
        .with_attention_dropout(0.0)
        .with_mutual_attention(Some(attention()))
        .with_context(Some(ContextConfig::new().with_dropout(0.0)))
        .with_reconstruction(ReconstructionSource::Concatenation)
        .with_unimodal_heads(true)
        .with_cycle(true)
        .with_adversary(true)
        .with_subspace_discriminator(true)
}

fn objective() -> MisaLossConfig {
    MisaLossConfig::new()
        .with_difference(Difference::Hsic)
        .with_discrimination_weight(0.2)
        .with_cycle_weight(0.3)
        .with_triplet(Some(TripletLossConfig::new()))
        .with_prototype(Some(PrototypeLossConfig::new()))
        .with_contrast(Some(ContrastLossConfig::new()))
        .with_unimodal(Some(UnimodalLossConfig::new()))
        .with_weighting(Weighting::Learned)
}

fn samples(lengths: &[[usize; 3]]) -> Vec<Sample> {
    let samples = lengths.iter().zip(1..);
    samples
        .map(|(&[text, visual, acoustic], seed)| {
            let lengths = PerModality {
                text,
                visual,
                acoustic,
            };
            Sample::new(lengths, seed)
        })
        .collect()
}

fn targets(batch: usize, device: &Device) -> Tensor<2> {
    let targets: Vec<f32> = (0..batch).map(|row| [1.0, -2.0, 1.0][row % 3]).collect();
    Tensor::<1>::from_data(targets.as_slice(), device).unsqueeze_dim(1)
}

fn values(terms: &MisaLossTerms) -> Vec<f32> {
    let terms = terms.named();
    terms.map(|(_, term)| term.clone().into_scalar()).collect()
}

/// Every term, and every gradient of their sum.
fn assert_finite(model: &Misa, terms: &MisaLossTerms) {
    assert!(values(terms).iter().all(|value| value.is_finite()));
    let gradients = gradient_dict(model, "", &terms.total.backward());
    for name in gradients.names() {
        let mut gradient = gradients.get(name).unwrap().iter::<f32>();
        assert!(gradient.all(f32::is_finite), "{name}");
    }
}

fn host<const D: usize>(x: &Tensor<D>) -> Vec<f32> {
    x.to_data().iter::<f32>().collect()
}

#[test]
fn every_term_has_a_value_and_every_parameter_a_gradient() {
    let device = device().autodiff();
    let model = with_weights(full().init(&device), 0.5);
    for similarity in [
        Similarity::Mmd,
        Similarity::Coral,
        Similarity::ScaledCmd,
        Similarity::Adversarial,
    ] {
        let objective = objective().with_similarity(similarity).init(&device);
        let batch = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
        let output = model.forward(&input(&batch, 0, 0.0, &device));
        let terms = objective.forward(&output, targets(3, &device));
        for ((name, _), value) in terms.named().zip(values(&terms)) {
            assert!(value.is_finite() && value != 0.0, "{name}: {value}");
        }
        let gradients = gradient_dict(&model, "", &terms.total.backward());
        for name in model.state_dict().names() {
            let adversary = name.starts_with("discriminator");
            if !adversary || similarity == Similarity::Adversarial {
                let gradient = gradients.get(name);
                let gradient = gradient.unwrap_or_else(|| panic!("no gradient of {name}"));
                assert!(gradient.iter::<f32>().all(f32::is_finite), "{name}");
            }
        }
    }
}

#[test]
fn a_batch_of_one_is_finite() {
    let device = device().autodiff();
    let model = with_weights(full().init(&device), 0.5);
    for difference in [
        Difference::Orthogonality,
        Difference::Cosine,
        Difference::Hsic,
    ] {
        for similarity in [
            Similarity::Cmd,
            Similarity::ScaledCmd,
            Similarity::Mmd,
            Similarity::Coral,
        ] {
            let objective = objective().with_similarity(similarity);
            let objective = objective.with_difference(difference).init(&device);
            let output = model.forward(&input(&samples(&[[2, 1, 3]]), 0, 0.0, &device));
            let terms = objective.forward(&output, targets(1, &device));
            assert_finite(&model, &terms);
        }
    }
}

/// The same weights, with and without attention that starts at nothing.
#[test]
fn mutual_attention_starts_as_misa() {
    let device = device();
    let plain = with_weights(config().init(&device), 0.5);
    let none = MutualAttentionConfig::new()
        .with_n_layers(0)
        .with_n_heads(2);
    let batch = input(&samples(&[[3, 2, 4], [1, 5, 2]]), 1, 9.0, &device);
    let expected = plain.forward(&batch).prediction;
    for attention in [attention(), none] {
        let model = config()
            .with_mutual_attention(Some(attention))
            .init(&device);
        let (model, found) = model.transfer(&plain.state_dict());
        assert!(found.misshaped.is_empty() && found.unused.is_empty());
        assert_eq!(host(&model.forward(&batch).prediction), host(&expected));
    }
}

/// The same weights, with and without a layer over the video that starts at nothing.
#[test]
fn context_starts_as_misa_and_reads_the_video_alone() {
    let device = device();
    let plain = with_weights(config().init(&device), 0.5);
    let batch = input(
        &samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]),
        0,
        0.0,
        &device,
    );
    let videos = |videos: &[Vec<usize>]| batch.clone().with_videos(Videos::new(videos));
    let together = videos(&[vec![0, 2], vec![1]]);
    let config = config().with_context(Some(ContextConfig::new()));
    let (model, found) = config.init(&device).transfer(&plain.state_dict());
    assert!(found.misshaped.is_empty() && found.unused.is_empty());
    let expected = host(&plain.forward(&batch).prediction);
    assert_eq!(host(&model.forward(&together).prediction), expected);

    // With a layer that has an effect, videos of one utterance still equal no videos.
    let model = with_weights(config.init(&device), 0.5);
    let predict = |batch: &MisaInput| host(&model.forward(batch).prediction);
    let apart = predict(&batch);
    assert_eq!(predict(&videos(&[vec![2], vec![0], vec![1]])), apart);
    let together = predict(&together);
    assert_eq!(together[1], apart[1]);
    assert!(together[0] != apart[0] && together[2] != apart[2]);
}

#[test]
fn padding_has_no_influence_on_mutual_attention() {
    let device = device();
    let model = with_weights(full().init(&device), 0.5);
    let samples = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
    let tight = model.forward(&input(&samples, 0, 0.0, &device)).prediction;
    let padded = model.forward(&input(&samples, 3, 1e6, &device)).prediction;
    assert!((tight.clone() - padded).abs().max().into_scalar::<f32>() < 1e-5);
    let alone = samples
        .chunks(1)
        .map(|sample| model.forward(&input(sample, 0, 0.0, &device)));
    let alone = Tensor::cat(alone.map(|output| output.prediction).collect(), 0);
    assert!((tight - alone).abs().max().into_scalar::<f32>() < 1e-5);
}

/// Every number of a model has a place of its own in a checkpoint: no two parameters share a name.
#[test]
fn every_parameter_has_a_name_of_its_own() {
    let device = device();
    let model = full().with_step_heads(true).init(&device);
    let saved = model.state_dict();
    let numbers: usize = (saved.names())
        .map(|name| saved.get(name).unwrap().num_elements())
        .sum();
    assert_eq!(numbers, model.num_params());
    let norms = saved.names().filter(|name| name.ends_with(".norm.gamma"));
    // One after the blocks of each of the six directions.
    assert_eq!(norms.count(), 6);
}

/// A prediction from one modality is one, whatever attends to it later.
#[test]
fn unimodal_predictions_see_their_modality_alone() {
    let device = device();
    let model = with_weights(full().init(&device), 0.5);
    let mut samples = samples(&[[3, 2, 4], [1, 5, 2]]);
    let batch = input(&samples, 0, 0.0, &device);
    let before = model.forward(&batch).unimodal.unwrap();
    let alone = model.predict_unimodal(&batch).unwrap();
    samples[0].acoustic[1] = [9.0; 4];
    let after = model
        .forward(&input(&samples, 0, 0.0, &device))
        .unimodal
        .unwrap();
    assert_eq!(host(&before.text), host(&after.text));
    assert_eq!(host(&before.text), host(&alone.text));
    assert_ne!(host(&before.acoustic), host(&after.acoustic));
}

#[test]
fn models_of_every_fusion_can_be_saved_and_loaded() {
    let device = device();
    let kinds = [
        FusionKind::Transformer,
        FusionKind::Early,
        FusionKind::Late,
        FusionKind::Tensor,
        FusionKind::LowRank,
    ];
    let choices = [
        Representations::Both,
        Representations::Shared,
        Representations::Private,
        Representations::Projected,
    ];
    let all = kinds
        .into_iter()
        .flat_map(|kind| choices.map(|which| (kind, which)));
    for (kind, which) in all {
        let config = full().with_fusion(kind).with_representations(which);
        config.validate().unwrap();
        let saved = config.init(&device).state_dict();
        config.check_weights(&saved).unwrap();
        let (loaded, left): (Misa, _) = config.init(&device).load_state_dict(&saved).unwrap();
        assert!(left.unused.is_empty(), "{kind:?} {which:?}");
        assert_eq!(
            loaded.state_dict().to_bytes().unwrap(),
            saved.to_bytes().unwrap()
        );
    }
}
