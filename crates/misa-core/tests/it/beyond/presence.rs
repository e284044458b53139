//! Modalities that an utterance lacks.

use super::{assert_finite, full, host, objective, samples, targets, values};
use crate::common::{Sample, config, device, input, with_weights};
use misa_core::loss::Similarity;
use misa_core::weights::gradient_dict;
use misa_core::{FusionKind, MisaInput, PerModality, Presence};

fn with_presence(batch: MisaInput, present: [[bool; 3]; 3]) -> MisaInput {
    let presence = Presence::new(PerModality {
        text: present[0].to_vec(),
        visual: present[1].to_vec(),
        acoustic: present[2].to_vec(),
    });
    batch.with_presence(presence.unwrap())
}

/// One utterance lacks vision, one lacks voice, and whatever their sequences hold changes nothing.
#[test]
fn a_missing_modality_reaches_no_prediction_no_loss_and_no_gradient() {
    const PRESENT: [[bool; 3]; 3] = [[true; 3], [true, false, true], [true, true, false]];
    let device = device().autodiff();
    let samples = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
    let mut changed = samples.clone();
    changed[1].visual = vec![[9.0, -4.0, 2.5]; 5];
    changed[2].acoustic = vec![[7.0; 4]; 1];
    for kind in [
        FusionKind::Transformer,
        FusionKind::Late,
        FusionKind::Tensor,
    ] {
        let model = with_weights(full().with_fusion(kind).init(&device), 0.5);
        for similarity in [Similarity::Cmd, Similarity::Adversarial] {
            let objective = objective().with_similarity(similarity).init(&device);
            let run = |samples: &[Sample]| {
                let batch = with_presence(input(samples, 0, 0.0, &device), PRESENT);
                let output = model.forward(&batch);
                let prediction = host(&output.prediction);
                let terms = objective.forward(&output, targets(3, &device));
                let losses = values(&terms);
                let gradients = gradient_dict(&model, "", &terms.total.backward());
                let name = "shared.shared_1.weight";
                let gradient: Vec<f32> = gradients.get(name).unwrap().iter().collect();
                (prediction, losses, gradient)
            };
            assert_eq!(run(&samples), run(&changed), "{kind:?}");
        }
    }
}

#[test]
fn the_hidden_layer_of_late_fusion_is_zero_where_a_modality_is_missing() {
    let device = device();
    let config = config().with_fusion(FusionKind::Late);
    let model = with_weights(config.init(&device), 0.5);
    let samples = samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]);
    let batch = input(&samples, 0, 0.0, &device);
    let hidden = |batch: &MisaInput| host(&model.forward(batch).fusion.hidden);
    let whole = hidden(&batch);
    let present = [[true; 3], [true, false, true], [true, true, false]];
    let found = hidden(&with_presence(batch, present));
    let d_head = config.settings.d_hidden;
    for (utterance, rows) in whole
        .chunks(3 * d_head)
        .zip(found.chunks(3 * d_head))
        .enumerate()
    {
        for (modality, present) in present.iter().enumerate() {
            let of = |row: &[f32]| row[modality * d_head..][..d_head].to_vec();
            let expected = if present[utterance] {
                of(rows.0)
            } else {
                vec![0.0; d_head]
            };
            assert_eq!(of(rows.1), expected, "{utterance}, {modality}");
            assert!(of(rows.0).iter().any(|&value| value != 0.0));
        }
    }
}

#[test]
fn presence_of_everything_equals_none() {
    let device = device();
    let model = with_weights(full().init(&device), 0.5);
    let batch = input(
        &samples(&[[3, 2, 4], [1, 5, 2], [4, 4, 1]]),
        0,
        0.0,
        &device,
    );
    let without = model.forward(&batch).prediction;
    let with = model
        .forward(&with_presence(batch, [[true; 3]; 3]))
        .prediction;
    assert!((without - with).abs().max().into_scalar::<f32>() < 1e-6);
}

#[test]
fn a_missing_modality_may_hold_anything() {
    let device = device().autodiff();
    let mut samples = samples(&[[3, 2, 4], [1, 5, 2]]);
    samples[1].visual = vec![[f32::NAN, f32::INFINITY, 1.0]; 5];
    let presence = Presence::new(PerModality {
        text: vec![true, true],
        visual: vec![true, false],
        acoustic: vec![true, true],
    });
    let model = with_weights(full().init(&device), 0.5);
    let batch = input(&samples, 0, 0.0, &device).with_presence(presence.unwrap());
    let output = model.forward(&batch);
    let terms = objective()
        .init(&device)
        .forward(&output, targets(2, &device));
    assert_finite(&model, &terms);
}
