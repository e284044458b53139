//! The published weights: the graph that `MISA_SILERO` names, and the file of safetensors in its folder;
//! `scripts/check-speech` fetches them.

use crate::made_up::MadeUp;
use crate::plain;
use crate::sounds::sounds;
use burn::tensor::Device;
use misa_speech::{SpeechDetector, SpeechOptions, segments};
use std::env;
use std::path::PathBuf;

/// A published file; if the variable is not set, notes the test as skipped.
fn published(test: &str, name: &str) -> Option<PathBuf> {
    let path = env::var_os("MISA_SILERO").filter(|path| !path.is_empty());
    if path.is_none() {
        println!("skipped: {test}: MISA_SILERO names no file of Silero");
    }
    Some(PathBuf::from(path?).with_file_name(name))
}

/// The detector with the weights of Silero's graph; without them notes the test as skipped.
fn detector(test: &str) -> Option<SpeechDetector> {
    let path = published(test, "silero_vad_16k_sequence.onnx")?;
    Some(SpeechDetector::load(path, &Device::flex()).unwrap())
}

/// Expected: onnxruntime on Silero's own graph, see `datasets/golden/README.md`.
#[test]
fn the_reference_sounds_have_the_probabilities_of_silero() {
    let Some(detector) = detector("the_reference_sounds_have_the_probabilities_of_silero") else {
        return;
    };
    let sounds = sounds();
    assert_eq!(sounds.len(), 11);
    for sound in sounds {
        let found = detector.probabilities(&sound.samples);
        assert_eq!(found.len(), sound.expected.len(), "{}", sound.name);
        let pairs = found.iter().zip(&sound.expected);
        let largest = pairs
            .map(|(&found, expected)| (f64::from(found) - expected).abs())
            .fold(0.0, f64::max);
        println!("{}: {largest:.1e}", sound.name);
        assert!(largest <= 1e-4, "{}: {largest}", sound.name);
    }
}

/// A sentence fills most of each spoken sound.
#[test]
fn sentences_are_speech_and_silence_noise_and_clicks_are_not() {
    let Some(detector) = detector("sentences_are_speech_and_silence_noise_and_clicks_are_not")
    else {
        return;
    };
    for sound in sounds() {
        let speech = segments(
            &detector.probabilities(&sound.samples),
            &SpeechOptions::default(),
        );
        let seconds: f64 = speech.iter().map(|speech| speech.end - speech.start).sum();
        let share = seconds / (sound.samples.len() as f64 / 16_000.0);
        match sound.name.as_str() {
            name if name.starts_with("say_") => assert!(share > 0.5, "{name}: {share}"),
            name @ ("silence" | "white_noise" | "clicks") => {
                assert!(speech.is_empty(), "{name}: {share}")
            }
            _ => {}
        }
    }
}

/// These are other weights than those of the graph; expected: the plain computation.
#[test]
fn the_published_tensors_are_read_too() {
    let Some(path) = published(
        "the_published_tensors_are_read_too",
        "silero_vad_16k.safetensors",
    ) else {
        return;
    };
    let detector = SpeechDetector::load(&path, &Device::flex()).unwrap();
    let weights = MadeUp::read(&path);
    let sounds = sounds();
    let sound = sounds
        .iter()
        .find(|sound| sound.name == "say_en_us")
        .unwrap();
    let samples = &sound.samples[..512 * 40];
    let pairs = detector
        .probabilities(samples)
        .into_iter()
        .zip(plain::probabilities(&weights, samples));
    for (found, expected) in pairs {
        assert!(
            (f64::from(found) - expected).abs() <= 1e-4,
            "expected {expected}, found {found}"
        );
    }
}
