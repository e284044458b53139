//! Scores without the frames that are missing.

use crate::support::{Numbers, WORDS, bert, save, sizes, words};
use burn::tensor::Device;
use misa_core::{MisaConfig, TextSize};
use misa_infer::prelude::*;
use misa_infer::{
    FrameDegradation, FrameDraws, FrameProtocol, PerModality, TextSequence, Utterance,
};
use misa_terms::Scaling;

/// A model whose features are scaled by the utterance.
fn checkpoint(text: TextSize) -> Checkpoint {
    let config = MisaConfig::new(sizes(text))
        .with_d_hidden(16)
        .with_d_embedding(8);
    let folder = tempfile::tempdir().unwrap();
    save(&config, folder.path(), |checkpoint| {
        checkpoint.scaling = Some(Scaling::Utterance);
    });
    Checkpoint::load(folder.path(), &Device::flex()).unwrap()
}

fn utterances(text: TextSize) -> Vec<Utterance> {
    let mut numbers = Numbers(9);
    let utterance = |place: usize| {
        let steps = [3, 5, 2, 7, 4][place];
        let mut word = |_| WORDS[numbers.next() as usize % 5].to_string();
        let words: Vec<String> = (0..steps).map(&mut word).collect();
        let text = match text {
            TextSize::Features { d_input } => {
                TextSequence::Features(numbers.sequence(d_input, steps))
            }
            _ => TextSequence::Words(vec![2; steps]),
        };
        let [visual, acoustic] = [(20, 6), (7, 4)].map(|(d, n)| numbers.sequence(d, n + place));
        let label = place as f32 - 2.0;
        Utterance::new(place.to_string(), words, text, visual, acoustic, label).unwrap()
    };
    (0..5).map(utterance).collect()
}

/// An utterance of which every step is missing that can be. What is constantly 0 stays exactly 0 when scaled;
/// the mean of another constant may be off by a rounding.
fn emptied(utterance: &Utterance, keeps_ends: bool) -> Utterance {
    let constant = |sequence: &Sequence| {
        let values = vec![0.0; sequence.values().len()];
        Sequence::new(sequence.d_input(), values).unwrap()
    };
    let mut emptied = utterance.clone();
    emptied.visual = constant(&utterance.visual);
    emptied.acoustic = constant(&utterance.acoustic);
    let last = utterance.text.steps() - 1;
    let is_missing = |step: usize| !keeps_ends || (step > 0 && step < last);
    for (step, word) in emptied.words.iter_mut().enumerate() {
        if is_missing(step) {
            *word = "zebra".to_string();
        }
    }
    if let TextSequence::Features(rows) = &utterance.text {
        let row = |(step, row): (usize, &[f32])| {
            if is_missing(step) {
                vec![0.0; row.len()]
            } else {
                row.to_vec()
            }
        };
        let values: Vec<f32> = rows.iter().enumerate().flat_map(row).collect();
        emptied.text = TextSequence::Features(Sequence::new(rows.d_input(), values).unwrap());
    }
    emptied
}

fn degraded(
    checkpoint: &Checkpoint,
    utterances: &[Utterance],
    protocol: &FrameProtocol,
) -> Vec<FrameDegradation> {
    let device = Device::flex();
    checkpoint
        .frame_degradation(utterances, &[0.0, 0.5, 1.0], protocol, &device)
        .unwrap()
}

#[test]
fn a_model_gets_unknown_words_and_zeros_instead_of_what_is_missing() {
    for text in [words(), bert(), TextSize::Features { d_input: 6 }] {
        let checkpoint = checkpoint(text);
        let utterances = utterances(text);
        for draws in [FrameDraws::Published, FrameDraws::Independent] {
            let protocol = FrameProtocol {
                draws,
                ..FrameProtocol::default()
            };
            let curve = degraded(&checkpoint, &utterances, &protocol);
            // Around a sentence, BERT has tokens of its own, which stay instead of words.
            let keeps_ends = !matches!(text, TextSize::Bert(_));
            let emptied: Vec<Utterance> = utterances
                .iter()
                .map(|utterance| emptied(utterance, keeps_ends))
                .collect();
            let scores = |utterances: &[Utterance]| {
                let curve = degraded(&checkpoint, utterances, &protocol);
                curve[0].scores.clone()
            };
            let [whole, empty] = [scores(&utterances), scores(&emptied)];
            let (first, last) = (&curve[0], &curve[2]);
            assert_eq!((&first.scores, &last.scores), (&whole, &empty), "{text:?}");
            assert_ne!(whole, empty);
            assert!(curve[1].scores != whole && curve[1].scores != empty);
            assert_eq!(first.missing, PerModality::default());
            assert_eq!((last.missing.visual, last.missing.acoustic), (1.0, 1.0));
        }
    }
}

#[test]
fn the_scores_are_those_of_a_prediction_where_nothing_is_missing() {
    let checkpoint = checkpoint(words());
    let utterances = utterances(words());
    let device = Device::flex();
    let predictions = checkpoint.predict(&utterances, &device).unwrap();
    let errors = predictions.iter().zip(&utterances);
    let errors =
        errors.map(|(prediction, utterance)| f64::from((prediction - utterance.label).abs()));
    let mae = errors.sum::<f64>() / utterances.len() as f64;
    let found = &degraded(&checkpoint, &utterances, &FrameProtocol::default())[0].scores;
    let found = found.iter().find(|(name, _)| name == "MAE").unwrap().1;
    assert!((found.unwrap() - mae).abs() < 1e-6);
}

#[test]
fn a_matrix_without_room_for_an_utterance_is_refused() {
    let checkpoint = checkpoint(words());
    let protocol = FrameProtocol {
        padded: Some(PerModality::from_fn(|_| 7)),
        ..FrameProtocol::default()
    };
    let error = checkpoint
        .frame_degradation(&utterances(words()), &[0.5], &protocol, &Device::flex())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "visual is padded to 7 steps, expected from 10, those of the longest utterance, to 1048576"
    );
}
