//! What a predictor answers, and what it refuses.

use crate::support::{Numbers, bert, config, labelled, predictor, save, sizes, words};
use burn::tensor::Device;
use misa_core::{MisaConfig, TextSize};
use misa_infer::prelude::*;
use misa_infer::{ClipError, InferError, Interval};
use misa_terms::Normalisation;
use std::sync::Arc;
use std::thread;

fn is_shared<T: Send + Sync>(_: &T) {}

#[test]
fn threads_share_a_predictor() {
    let predictor = Arc::new(predictor(&config(words()), |_| {}));
    is_shared(&*predictor);
    let clips: Vec<Clip> = (1..40)
        .map(|seed| Numbers(seed).clip(sizes(words()), 5))
        .collect();
    let expected = predictor.predict(&clips).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(predictor.predict(&clips).unwrap(), expected));
        }
    });
}

#[test]
fn a_sentence_is_enough() {
    let predictor = predictor(&config(words()), |_| {});
    let answers = predictor
        .predict(&[Clip::said("What fun, zebra!")])
        .unwrap();
    let answer = &answers[0];
    assert!(answer.value.is_finite());
    assert_eq!(answer.modalities, "text".parse().unwrap());
    let read = answer.text.unwrap();
    assert_eq!((read.words, read.unknown, read.lowered), (3, 1, 1));
    assert_eq!((read.left_out, read.cut), (2, 0));
    assert_eq!(&*answer.model, predictor.id());
    let exact = Clip {
        text: Some(ClipText::Ids(vec![2, 3, 0])),
        ..Clip::default()
    };
    assert_eq!(predictor.predict(&[exact]).unwrap()[0].value, answer.value);
}

/// Ten of twelve positions are for words.
#[test]
fn words_that_bert_cannot_read_are_counted() {
    let predictor = predictor(&config(bert()), |_| {});
    let clip = Clip::said("what zebra fun . . . . . . . . dull");
    let read = predictor.predict(&[clip]).unwrap()[0].text.unwrap();
    assert_eq!((read.words, read.unknown, read.cut), (12, 1, 2));
}

/// A face that was seen in no word is no face.
#[test]
fn a_modality_of_absent_steps_alone_is_a_missing_one() {
    let config = MisaConfig::new(sizes(words())).with_d_hidden(8);
    let predictor = predictor(&config, |_| {});
    let mut clip = Numbers(7).clip(sizes(words()), 5);
    clip.visual = Sequence::with_absent(20, vec![0.0; 60], vec![true; 3]);
    let absent = predictor.predict(std::slice::from_ref(&clip)).unwrap();
    clip.visual = None;
    let missing = predictor.predict(std::slice::from_ref(&clip)).unwrap();
    assert_eq!(absent, missing);
    assert_eq!(absent[0].modalities.to_string(), "text,acoustic");

    let nothing = Clip {
        visual: Sequence::with_absent(20, vec![0.0; 20], vec![true]),
        ..Clip::default()
    };
    let error = predictor.check(&nothing).unwrap_err().to_string();
    assert!(error.ends_with("found a clip with none of them"), "{error}");
}

/// What a missing modality would have held is not in the clip, so nothing but its absence can count.
#[test]
fn a_labelled_utterance_has_the_prediction_of_its_clip() {
    for text in [words(), bert()] {
        let folder = tempfile::tempdir().unwrap();
        let scaling = |utterances: &[Utterance]| {
            let recipes = misa_terms::PerModality::default();
            misa_terms::Scaling::of(Normalisation::Train, utterances, &recipes).unwrap()
        };
        let words = ["what", "fun"].map(str::to_owned).to_vec();
        let mut numbers = Numbers(3);
        let utterance = Utterance::new(
            "a[0]",
            words,
            TextSequence::Words(vec![2, 3]),
            numbers.sequence(20, 4),
            numbers.sequence(7, 3),
            2.0,
        );
        let utterances = [utterance.unwrap()];
        save(&config(text), folder.path(), |checkpoint| {
            checkpoint.scaling = Some(scaling(&utterances));
        });
        let device = Device::flex();
        let predictor = Predictor::load(folder.path(), &device).unwrap();
        let checkpoint = Checkpoint::load(folder.path(), &device).unwrap();
        for names in ["text,visual,acoustic", "acoustic", "text,visual"] {
            let modalities: Modalities = names.parse().unwrap();
            let expected = checkpoint
                .predict_from(&utterances, modalities, &device)
                .unwrap();
            let clip = Clip::from(&utterances[0]).only(modalities);
            let found = predictor.predict(&[clip]).unwrap();
            assert_eq!(found[0].value.to_bits(), expected[0].to_bits(), "{names}");
            assert_eq!(found[0].modalities, modalities);
        }
    }
}

#[test]
fn what_the_model_cannot_read_is_named() {
    let predictor = predictor(&config(words()), |_| {});
    let refused = |clip: Clip| {
        let error: ClipError = predictor.check(&clip).unwrap_err();
        let whole = predictor.predict(&[Clip::said("fun"), clip]).unwrap_err();
        assert!(matches!(&whole, InferError::Clip { place: 1, source, .. } if *source == error));
        error.to_string()
    };
    let seen = |values: Vec<f32>, size| Clip {
        visual: Sequence::new(size, values),
        ..Clip::default()
    };
    let text = |text| Clip {
        text: Some(text),
        ..Clip::default()
    };
    let ids = |ids: &[u32]| text(ClipText::Ids(ids.to_vec()));
    assert_eq!(
        refused(Clip::default()),
        "expected something of text,visual,acoustic, which the model uses, found a clip with none of them"
    );
    assert_eq!(
        refused(seen(vec![0.0; 6], 3)),
        "visual: expected 20 features per step, found 3 features"
    );
    let mut values = vec![0.0; 40];
    values[23] = f32::NAN;
    assert_eq!(
        refused(seen(values, 20)),
        "visual: expected finite numbers, found NaN in step 1, feature 3 (both from 0)"
    );
    assert_eq!(
        refused(seen(vec![], 20)),
        "visual: expected at least 1 step, found none"
    );
    assert_eq!(
        refused(Clip::said(" ")),
        "text: expected at least one word, found none"
    );
    assert_eq!(
        refused(Clip::said("?!")),
        "text: expected at least one word, found punctuation alone"
    );
    assert_eq!(
        refused(ids(&[8])),
        "text: expected word ids below 8, found word id 8"
    );
    assert_eq!(
        refused(text(ClipText::Vectors {
            vectors: Sequence::new(1, vec![0.0]).unwrap(),
            words: vec![]
        })),
        "text: expected words, or word ids below 8, found vectors"
    );
    let vectors = crate::support::predictor(&config(TextSize::Features { d_input: 9 }), |_| {});
    let error = vectors.check(&Clip::said("fun")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "text: expected vectors of 9 features, found words"
    );
}

#[test]
fn a_modality_that_the_model_does_not_use_is_told() {
    let config = config(words()).with_modalities("text,acoustic".parse().unwrap());
    let predictor = predictor(&config, |_| {});
    let clip = Numbers(5).clip(config.sizes, 4);
    let answer = &predictor.predict(std::slice::from_ref(&clip)).unwrap()[0];
    assert_eq!(answer.ignored, [Modality::Visual]);
    assert_eq!(answer.modalities, "text,acoustic".parse().unwrap());
    let error = predictor
        .check(&clip.only("visual".parse().unwrap()))
        .unwrap_err();
    let expected = "expected something of text,acoustic, which the model uses, found only visual";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn an_interval_is_as_wide_as_the_errors_of_its_modalities() {
    let utterances = labelled();
    let predictor = predictor(&config(words()), |checkpoint| {
        let calibration = checkpoint.calibrate(&utterances, &Device::flex());
        checkpoint.calibration = calibration.unwrap();
    });
    let calibration = predictor.checkpoint().calibration.as_ref().unwrap();
    assert_eq!((calibration.utterances, calibration.sets.len()), (40, 7));
    for names in ["text,visual,acoustic", "acoustic"] {
        let set: Modalities = names.parse().unwrap();
        let clips: Vec<Clip> = utterances
            .iter()
            .map(|one| Clip::from(one).only(set))
            .collect();
        let answers = predictor.predict(&clips).unwrap();
        // The intervals were measured on these utterances: ceil(41 * 0.8) = 33, ceil(41 * 0.95) = 39.
        for (level, inside) in [(0, 33), (1, 39)] {
            let holds = |(answer, utterance): &(&Prediction, &Utterance)| {
                let Interval { low, high, .. } = answer.intervals[level];
                // A label at the end is inside but for rounding.
                (low - 1e-5..=high + 1e-5).contains(&utterance.label)
            };
            let count = answers.iter().zip(&utterances).filter(holds).count();
            assert_eq!(count, inside, "{names}, level {level}");
        }
    }
}

#[test]
fn classes_have_probabilities() {
    let task = Task::Classification { classes: 3 };
    let config = config(words()).with_task(task);
    let predictor = predictor(&config, |_| {});
    let answer = &predictor.predict(&[Clip::said("fun")]).unwrap()[0];
    let probabilities = answer.probabilities.as_ref().unwrap();
    let sum: f32 = probabilities.iter().sum();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    let largest = probabilities.iter().copied().fold(0.0, f32::max);
    assert_eq!(probabilities[answer.value as usize], largest);
    assert!(answer.intervals.is_empty());
}

#[test]
fn the_id_is_that_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    save(&config(words()), folder.path(), |_| {});
    let id = || {
        let predictor = Predictor::load(folder.path(), &Device::flex()).unwrap();
        predictor.id().to_string()
    };
    let first = id();
    assert_eq!((first.len(), id()), (64, first.clone()));
    // The card predicts nothing.
    std::fs::write(folder.path().join("README.md"), "another").unwrap();
    assert_eq!(id(), first);
    let path = folder.path().join("vocabulary.json");
    let words = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, words.replace("dull", "bright")).unwrap();
    assert_ne!(id(), first);
}

#[test]
fn a_run_is_found_by_its_folder() {
    let run = tempfile::tempdir().unwrap();
    save(
        &config(words()),
        &run.path().join(Checkpoint::FOLDER),
        |_| {},
    );
    let predictor = Predictor::load(run.path(), &Device::flex()).unwrap();
    predictor.warm_up().unwrap();
    let missing = Predictor::load(run.path().join("nothing"), &Device::flex());
    assert!(missing.unwrap_err().to_string().contains("nothing"));
}
