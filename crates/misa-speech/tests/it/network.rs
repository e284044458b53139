//! The network with made-up weights.

use crate::made_up::{MadeUp, file, noise};
use crate::{graph, plain};
use burn::tensor::Device;
use misa_speech::SpeechDetector;

fn assert_near(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (frame, (&found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (f64::from(found) - expected).abs();
        assert!(
            difference <= tolerance,
            "frame {frame}: expected {expected}, found {found}"
        );
    }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| value.into()).collect()
}

#[test]
fn the_network_computes_what_its_description_says() {
    for seed in 1..4 {
        let weights = MadeUp::new(seed);
        // Each frame of another volume.
        let mut samples = noise(seed, 512 * 9 + 100);
        for (frame, volume) in samples
            .chunks_mut(512)
            .zip([0.0, 1.0, 0.01, 0.3, 0.0, 0.5, 0.5, 1.0, 0.1, 1.0])
        {
            frame.iter_mut().for_each(|sample| *sample *= volume);
        }
        let expected = plain::probabilities(&weights, &samples);
        let (least, most) = expected
            .iter()
            .fold((1.0_f64, 0.0_f64), |(least, most), &x| {
                (least.min(x), most.max(x))
            });
        assert!(most - least > 0.05, "the same everywhere: {expected:?}");
        assert_near(&weights.detector().probabilities(&samples), &expected, 1e-5);
    }
}

#[test]
fn each_512_samples_have_a_probability_and_the_last_ones_too() {
    let detector = MadeUp::new(1).detector();
    for (samples, frames) in [
        (0, 0),
        (1, 1),
        (511, 1),
        (512, 1),
        (513, 2),
        (512 * 260, 260),
    ] {
        assert_eq!(
            detector.probabilities(&noise(1, samples)).len(),
            frames,
            "{samples} samples"
        );
    }
}

#[test]
fn the_last_frame_is_filled_with_zeros() {
    let detector = MadeUp::new(1).detector();
    let mut samples = noise(1, 700);
    let short = detector.probabilities(&samples);
    samples.resize(1024, 0.0);
    assert_eq!(short, detector.probabilities(&samples));
}

/// Sizes of pieces below, at and above a frame, and above what is computed at once.
#[test]
fn a_sound_in_pieces_has_the_probabilities_of_the_whole() {
    let detector = MadeUp::new(2).detector();
    let samples = noise(2, 512 * 300 + 77);
    let whole = doubles(&detector.probabilities(&samples));
    for piece in [100, 512, 700, 512 * 290] {
        let mut stream = detector.stream();
        let mut found: Vec<f32> = samples
            .chunks(piece)
            .flat_map(|piece| stream.push(piece))
            .collect();
        assert_eq!(found.len(), 300, "pieces of {piece}");
        found.extend(stream.finish());
        assert_near(&found, &whole, 1e-5);
    }
}

#[test]
fn a_stream_without_samples_has_no_last_frame() {
    let detector = MadeUp::new(1).detector();
    assert_eq!(detector.stream().finish(), None);
    let mut stream = detector.stream();
    assert!(stream.push(&[]).is_empty());
    assert_eq!(stream.push(&noise(1, 512)).len(), 1);
    assert_eq!(stream.finish(), None);
}

/// The sample is in frame 2 and in the context of frame 3.
#[test]
fn a_sample_that_is_no_number_costs_its_frames_alone() {
    let detector = MadeUp::new(3).detector();
    let mut samples = noise(3, 512 * 6);
    for found in [f32::NAN, f32::INFINITY, f32::MIN] {
        samples[512 * 3 - 1] = found;
        let probabilities = detector.probabilities(&samples);
        let is_nan: Vec<bool> = probabilities
            .iter()
            .map(|probability| probability.is_nan())
            .collect();
        assert_eq!(is_nan, [false, false, true, true, false, false], "{found}");
        let without: Vec<f32> = [&samples[..1024], &samples[2048..]].concat();
        let without = detector.probabilities(&without);
        assert_eq!(probabilities[..2], without[..2]);
    }
}

#[test]
fn probabilities_are_probabilities_however_loud_the_sound() {
    let detector = MadeUp::new(1).detector();
    for volume in [1e-30, 1.0, 100.0, 1e11] {
        let samples: Vec<f32> = noise(1, 5120)
            .iter()
            .map(|sample| sample * volume)
            .collect();
        let probabilities = detector.probabilities(&samples);
        assert!(
            probabilities.iter().all(|x| (0.0..=1.0).contains(x)),
            "{volume}: {probabilities:?}"
        );
    }
}

#[test]
fn a_graph_holds_the_same_weights() {
    let weights = MadeUp::new(4);
    let (_folder, path) = file(&graph::bytes(&weights));
    let detector = SpeechDetector::load_other(path, &Device::flex()).unwrap();
    let samples = noise(4, 2000);
    assert_eq!(
        detector.probabilities(&samples),
        weights.detector().probabilities(&samples)
    );
}
