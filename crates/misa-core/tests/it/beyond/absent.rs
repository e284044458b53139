//! Steps that an utterance lacks.

use super::{assert_finite, full, host, objective, samples, targets};
use crate::common::{Sample, config, device, input, with_weights};
use burn::prelude::*;
use misa_core::{AbsentSteps, Misa, MisaInput, PerModality, Presence};

/// The visual steps of each utterance that are absent.
fn with_absent(batch: MisaInput, visual: &[&[usize]]) -> MisaInput {
    let lengths = batch.lengths.visual.clone();
    let flags = lengths.iter().zip(visual).map(|(&length, absent)| {
        let flag = |step| absent.contains(&step);
        (0..length).map(flag).collect()
    });
    batch.with_absent(PerModality {
        visual: AbsentSteps::new(flags.collect()),
        ..PerModality::default()
    })
}

fn predicted(model: &Misa, batch: &MisaInput) -> Vec<f32> {
    host(&model.forward(batch).prediction)
}

fn some_samples() -> Vec<Sample> {
    samples(&[[3, 4, 4], [1, 5, 2], [4, 2, 1]])
}

/// Whatever is stored at an absent step, even NaN, changes nothing, with and without the column.
#[test]
fn an_absent_step_is_read_as_zeros() {
    let device = device().autodiff();
    for has_column in [false, true] {
        let config = full().with_absent_column(has_column);
        let model = with_weights(config.init(&device), 0.5);
        let mut changed = some_samples();
        changed[0].visual[1] = [f32::NAN, f32::INFINITY, 7.0];
        let forward = |samples: &[Sample]| {
            let batch = with_absent(input(samples, 0, 0.0, &device), &[&[1], &[], &[0, 1]]);
            let output = model.forward(&batch);
            let objective = objective().init(&device);
            let terms = objective.forward(&output, targets(3, &device));
            assert_finite(&model, &terms);
            host(&output.prediction)
        };
        assert_eq!(forward(&some_samples()), forward(&changed));
    }
}

#[test]
fn a_batch_without_absent_steps_is_as_before() {
    let device = device();
    let model = with_weights(full().init(&device), 0.5);
    let batch = input(&some_samples(), 0, 0.0, &device);
    let marked = with_absent(batch.clone(), &[&[], &[], &[]]);
    assert_eq!(marked.absent.visual, None);
    assert_eq!(predicted(&model, &batch), predicted(&model, &marked));
}

/// The absent steps of one utterance are no matter for the others.
#[test]
fn an_utterance_does_not_depend_on_the_absent_steps_of_others() {
    let device = device();
    // With context, utterances of one video depend on each other; here each is from another video.
    let model = with_weights(full().init(&device), 0.5);
    let batch = input(&some_samples(), 0, 0.0, &device);
    let alone = predicted(&model, &with_absent(batch.clone(), &[&[1], &[], &[]]));
    let other = predicted(&model, &with_absent(batch, &[&[1], &[0, 2], &[0, 1]]));
    assert_eq!(alone[0], other[0]);
    assert_ne!(alone[1], other[1]);
}

/// Padding beyond the steps, as longer utterances bring, changes nothing.
#[test]
fn padding_beside_absent_steps_has_no_influence() {
    let device = device();
    let model = with_weights(full().with_absent_column(true).init(&device), 0.5);
    let of = |extra, filler| {
        let batch = input(&some_samples(), extra, filler, &device);
        predicted(&model, &with_absent(batch, &[&[3], &[0, 1, 2, 3, 4], &[]]))
    };
    for (near, far) in of(0, 0.0).iter().zip(of(3, 9.0)) {
        assert!((near - far).abs() < 1e-5, "{near} and {far}");
    }
}

#[test]
fn a_modality_of_absent_steps_alone_is_missing() {
    let device = device();
    let model = with_weights(full().init(&device), 0.5);
    let batch = input(&some_samples(), 0, 0.0, &device);
    let absent = with_absent(batch.clone(), &[&[], &[0, 1, 2, 3, 4], &[]]);
    let presence = Presence::new(PerModality {
        text: vec![true; 3],
        visual: vec![true, false, true],
        acoustic: vec![true; 3],
    });
    let presence = presence.unwrap();
    let output = model.forward(&absent);
    assert_eq!(output.presence.as_ref(), Some(&presence));
    let missing = batch.with_presence(presence);
    assert_eq!(host(&output.prediction), predicted(&model, &missing));
}

/// Rather zeros than no prediction: nothing else is left to read.
#[test]
fn an_utterance_without_anything_is_read_as_zeros() {
    let device = device().autodiff();
    let only_visual = Presence::new(PerModality {
        text: vec![false, true, true],
        visual: vec![true; 3],
        acoustic: vec![false, true, true],
    });
    let model = with_weights(full().init(&device), 0.5);
    let batch = input(&some_samples(), 0, 0.0, &device).with_presence(only_visual.unwrap());
    let batch = with_absent(batch, &[&[0, 1, 2, 3], &[], &[]]);
    let output = model.forward(&batch);
    let terms = objective()
        .init(&device)
        .forward(&output, targets(3, &device));
    assert_finite(&model, &terms);
    assert!(output.presence.unwrap().has(0, misa_core::Modality::Visual));
}

/// The column tells an absent step from one whose features are zeros.
#[test]
fn the_column_tells_absent_steps_from_zeros() {
    let device = device();
    let mut zeros = some_samples();
    zeros[0].visual[1] = [0.0; 3];
    let differ = |has_column| {
        let config = config().with_dropout(0.0).with_attention_dropout(0.0);
        let model = with_weights(config.with_absent_column(has_column).init(&device), 0.5);
        let batch = input(&zeros, 0, 0.0, &device);
        let plain = predicted(&model, &batch);
        plain != predicted(&model, &with_absent(batch, &[&[1], &[], &[]]))
    };
    assert!(!differ(false) && differ(true));
}

#[test]
fn hidden_steps_are_never_absent_ones() {
    let device = device().autodiff();
    for has_column in [false, true] {
        let config = config()
            .with_step_heads(true)
            .with_absent_column(has_column);
        let model = with_weights(config.init(&device), 0.5);
        let error = |hide: f32| {
            let batch = input(&some_samples(), 0, 0.0, &device);
            let batch = with_absent(batch, &[&[1], &[], &[]]);
            let mut hidden = [[0.0; 5]; 3];
            (hidden[0][1], hidden[0][2], hidden[1][0]) = (hide, 1.0, 1.0);
            let visual = Tensor::<2>::from_data(hidden, &device);
            let acoustic = Tensor::zeros([3, 4], &device);
            let error = model.hidden_step_error(&batch, visual, acoustic);
            error.into_scalar::<f32>()
        };
        assert_eq!(error(0.0), error(1.0));
        assert!(error(1.0).is_finite());
    }
}
