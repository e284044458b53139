//! Utterances that lack a modality while a model is trained.

use crate::support::alone;
use crate::trainer::{LEARNING_RATE, batches, data, learner_of, trainer};
use burn::prelude::*;
use misa_core::loss::{MisaLossConfig, UnimodalLabels, UnimodalLossConfig};
use misa_core::{AbsentSteps, PerModality};
use misa_data::UtteranceBatch;
use misa_train::Phase;

/// Rows of the batch whose visual steps are absent.
const LACKING: [usize; 2] = [0, 3];

fn with_labels(labels: UnimodalLabels) -> MisaLossConfig {
    let unimodal = UnimodalLossConfig::new().with_labels(labels);
    MisaLossConfig::new().with_unimodal(Some(unimodal))
}

/// Every visual step of these rows is absent.
fn without_visual(mut batch: UtteranceBatch) -> UtteranceBatch {
    let lengths = batch.input.lengths.visual.iter().enumerate();
    let flags = lengths.map(|(row, &length)| vec![LACKING.contains(&row); length]);
    batch.input.absent.visual = AbsentSteps::new(flags.collect());
    batch
}

/// Labels of each modality: those of the utterances, but of visual in these rows.
fn with_visual_label(mut batch: UtteranceBatch, label: f32) -> UtteranceBatch {
    let mut labels: Vec<f32> = batch.targets.to_data().iter::<f32>().collect();
    for row in LACKING {
        labels[row] = label;
    }
    let shape = [labels.len(), 1];
    let visual = Tensor::from_data(TensorData::new(labels, shape), &batch.targets.device());
    batch.modality_targets = PerModality {
        visual: Some(visual),
        ..PerModality::from_fn(|_| Some(batch.targets.clone()))
    };
    batch
}

#[test]
fn nothing_is_learned_before_from_a_modality_that_an_utterance_lacks() {
    let _turn = alone();
    let device = Device::flex().autodiff();
    let data = data();
    let learner = learner_of(with_labels(UnimodalLabels::Modality), &data, &device);
    let first = || batches(&data, &device).remove(0);
    let learned = |batch: UtteranceBatch| -> (Vec<f32>, Vec<u8>) {
        let mut trainer = trainer(learner.clone());
        trainer.set_phase(Phase::Unimodal);
        let predictions = trainer.learn(batch).predictions.to_data();
        trainer.update(LEARNING_RATE).unwrap();
        let weights = trainer.learner().model.state_dict().to_bytes().unwrap();
        (predictions.iter::<f32>().collect(), weights)
    };
    let of = |label| with_visual_label(first(), label);
    assert!(learned(of(50.0)).1 != learned(of(-2.0)).1);
    let (predictions, weights) = learned(without_visual(of(50.0)));
    assert!(weights == learned(without_visual(of(-2.0))).1);

    // The prediction is the mean over the modalities that an utterance has.
    let of_each = learner
        .model
        .predict_unimodal(&without_visual(first()).input);
    let of_each = of_each.unwrap();
    let values = |x: &Tensor<2>| -> Vec<f32> { x.to_data().iter::<f32>().collect() };
    let (text, visual) = (values(&of_each.text), values(&of_each.visual));
    let acoustic = values(&of_each.acoustic);
    for (row, prediction) in predictions.into_iter().enumerate() {
        let heard = text[row] + acoustic[row];
        let expected = if LACKING.contains(&row) {
            heard / 2.0
        } else {
            (heard + visual[row]) / 3.0
        };
        assert!((prediction - expected).abs() < 1e-5, "row {row}");
    }
}
