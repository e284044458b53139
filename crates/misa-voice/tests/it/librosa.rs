//! Features against those of librosa 0.11, for every reference sound and both windows.

use crate::reference::{Reference, reference, references};
use misa_voice::librosa::{
    ChromaCqt, ChromaStft, Frames, Librosa33, MelScale, Mfcc, SpectralShape, Tuning, rms,
    tuning_of_constant_q, tuning_of_power, zero_crossing_rate,
};
use proptest::num::f32::{NORMAL, SUBNORMAL, ZERO};
use proptest::prelude::*;

/// A sound, and what librosa finds with one window.
struct Case {
    sound: Reference,
    /// The name of the window in the files.
    window: &'static str,
    frames: Frames,
}

impl Case {
    /// Every sound with every window that is stored for it.
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for (window, samples, hop) in [("librosa_512", 2048, 512), ("librosa_128", 512, 128)] {
            for sound in references()
                .into_iter()
                .filter(|sound| sound.about.get(window).is_some())
            {
                let frames = Frames::new(sound.rate, samples, hop).unwrap();
                cases.push(Self {
                    sound,
                    window,
                    frames,
                });
            }
        }
        assert_eq!(cases.len(), 22);
        cases
    }

    fn expected(&self, feature: &str) -> Vec<f64> {
        self.sound
            .tensors
            .floats(&format!("{}.{feature}", self.window))
    }

    fn tuning(&self, kind: &str) -> f64 {
        self.sound.about[self.window][kind].as_f64().unwrap()
    }

    fn name(&self) -> String {
        format!("{} {}", self.sound.name, self.window)
    }

    fn differences(&self, feature: &str, actual: &[f32]) -> Vec<f64> {
        let expected = self.expected(feature);
        assert_eq!(actual.len(), expected.len(), "{} {feature}", self.name());
        let pairs = actual.iter().zip(expected);
        pairs
            .map(|(actual, expected)| (f64::from(*actual) - expected).abs())
            .collect()
    }

    fn is_within(&self, feature: &str, actual: &[f32], tolerance: f64) {
        let most = most(&self.differences(feature, actual));
        assert!(
            most <= tolerance,
            "{} {feature}: {most} from librosa",
            self.name()
        );
    }
}

fn most(values: &[f64]) -> f64 {
    assert!(values.iter().all(|value| !value.is_nan()));
    values.iter().copied().fold(0.0, f64::max)
}

fn columns(shapes: &[SpectralShape], column: fn(&SpectralShape) -> f32) -> Vec<f32> {
    shapes.iter().map(column).collect()
}

#[test]
fn cepstral_coefficients_are_those_of_librosa() {
    for case in Case::all() {
        let rows = Mfcc::new(case.frames, MelScale::Htk).rows(&case.sound.samples);
        case.is_within("mfcc", &rows, 1e-2);
    }
}

#[test]
fn zero_crossings_are_exactly_those_of_librosa() {
    for case in Case::all() {
        case.is_within(
            "zcr",
            &zero_crossing_rate(&case.sound.samples, &case.frames),
            0.0,
        );
    }
}

#[test]
fn levels_are_those_of_librosa() {
    for case in Case::all() {
        case.is_within("rms", &rms(&case.sound.samples, &case.frames), 1e-6);
    }
}

#[test]
fn centroids_and_flatness_are_those_of_librosa() {
    for case in Case::all() {
        let shapes = SpectralShape::rows(&case.sound.samples, case.frames);
        case.is_within("centroid", &columns(&shapes, |shape| shape.centroid), 0.01);
        case.is_within("flatness", &columns(&shapes, |shape| shape.flatness), 1e-5);
    }
}

#[test]
fn rolloffs_are_those_of_librosa_but_for_a_bin_in_a_hundredth_of_the_frames() {
    let (mut frames, mut others) = (0, 0);
    for case in Case::all() {
        let shapes = SpectralShape::rows(&case.sound.samples, case.frames);
        let differences = case.differences("rolloff", &columns(&shapes, |shape| shape.rolloff));
        let bin = f64::from(case.frames.rate()) / case.frames.window() as f64;
        assert!(most(&differences) < 1.001 * bin, "{}", case.name());
        frames += differences.len();
        others += differences
            .iter()
            .filter(|difference| **difference > 0.01)
            .count();
    }
    assert!(others * 100 < frames, "{others} of {frames} frames");
}

#[test]
fn pitch_classes_of_the_power_spectrum_are_those_of_librosa() {
    for case in Case::all() {
        let tuning = Tuning::Given(case.tuning("tuning_stft"));
        let rows = ChromaStft::new(case.frames, tuning)
            .unwrap()
            .rows(&case.sound.samples);
        case.is_within("chroma_stft", &rows, 1e-3);
    }
}

/// The resampler of librosa is another one, so values are not equal but close.
fn is_close(case: &Case, feature: &str, tuning: f64) {
    let chroma =
        ChromaCqt::new(case.frames.rate(), case.frames.hop(), Tuning::Given(tuning)).unwrap();
    let differences = case.differences(feature, &chroma.rows(&case.sound.samples));
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    let far = differences
        .iter()
        .filter(|difference| **difference > 0.05)
        .count();
    assert!(mean <= 0.01, "{} {feature}: mean {mean}", case.name());
    assert!(
        far * 100 <= differences.len(),
        "{} {feature}: {far} of {}",
        case.name(),
        differences.len()
    );
}

#[test]
fn pitch_classes_of_the_constant_q_transform_are_close_to_those_of_librosa() {
    for case in Case::all() {
        // It is stored for one window.
        if case.window == "librosa_512" {
            is_close(&case, "chroma_cqt_tuning0", 0.0);
        }
        is_close(&case, "chroma_cqt", case.tuning("tuning_cqt"));
    }
}

#[test]
fn tunings_are_those_of_librosa() {
    for case in Case::all() {
        // The spectrum of a click is flat, and its peaks are rounding: noise of 1e-15 gives librosa any tuning.
        if case.sound.name == "clicks" {
            continue;
        }
        let samples = &case.sound.samples;
        let tuning = tuning_of_constant_q(samples, case.sound.rate);
        is_tuned(&case, "tuning_cqt", tuning.unwrap());
        is_tuned(&case, "tuning_stft", tuning_of_power(samples, case.frames));
    }
}

fn is_tuned(case: &Case, kind: &str, tuning: f64) {
    let expected = case.tuning(kind);
    let difference = (tuning - expected).abs();
    assert!(
        difference <= 0.02 + 1e-9,
        "{} {kind}: {tuning}, not {expected}",
        case.name()
    );
}

#[test]
fn slaneys_scale_gives_other_coefficients_that_are_those_of_librosa() {
    // librosa 0.11, `mfcc(htk=False)`, row 10.
    let expected = [
        -311.537, 168.954, -65.6827, -23.7619, -28.6848, -32.2336, 27.2242, 11.6991, -10.3174,
        -0.0903, 0.6926, -3.0054, -14.7726, -15.851, -20.1126, -22.288, 3.722, 1.0751, -17.3185,
        -12.6437,
    ];
    let sound = reference("vowel_a_120");
    let frames = Frames::new(sound.rate, 2048, 512).unwrap();
    let rows = Mfcc::new(frames, MelScale::Slaney).rows(&sound.samples);
    for (actual, expected) in rows[200..220].iter().zip(expected) {
        assert!((actual - expected).abs() < 1e-2, "{actual}, not {expected}");
    }
}

#[test]
fn the_33_columns_are_the_three_features_side_by_side() {
    let mut analysis = Librosa33::new();
    for case in Case::all()
        .iter()
        .filter(|case| case.sound.rate == Librosa33::RATE)
    {
        let samples = &case.sound.samples;
        let rows = analysis.features(samples);
        let part = |from: usize, to: usize| -> Vec<f32> {
            rows.chunks_exact(33)
                .flat_map(|row| row[from..to].iter().copied())
                .collect()
        };
        case.is_within("mfcc", &part(0, 20), 1e-2);
        case.is_within("zcr", &part(20, 21), 0.0);
        let chroma = ChromaCqt::new(Librosa33::RATE, Librosa33::HOP, Tuning::Estimated).unwrap();
        assert_eq!(part(21, 33), chroma.rows(samples));
    }
}

/// Every feature of a sound: the name, the columns and the rows. The tuning is given.
fn features(samples: &[f32], rate: u32) -> Vec<(&'static str, usize, Vec<f32>)> {
    let frames = Frames::new(rate, 2048, 512).unwrap();
    let shapes = SpectralShape::rows(samples, frames);
    let tuning = Tuning::Given(0.1);
    vec![
        ("mfcc", 20, Mfcc::new(frames, MelScale::Htk).rows(samples)),
        ("zcr", 1, zero_crossing_rate(samples, &frames)),
        ("rms", 1, rms(samples, &frames)),
        ("centroid", 1, columns(&shapes, |shape| shape.centroid)),
        ("rolloff", 1, columns(&shapes, |shape| shape.rolloff)),
        ("flatness", 1, columns(&shapes, |shape| shape.flatness)),
        (
            "chroma_stft",
            12,
            ChromaStft::new(frames, tuning).unwrap().rows(samples),
        ),
        (
            "chroma_cqt",
            12,
            ChromaCqt::new(rate, 512, tuning).unwrap().rows(samples),
        ),
    ]
}

#[test]
fn a_doubled_sound_has_its_rows_twice() {
    let sound = reference("say_en_us");
    let once = &sound.samples[..90 * 512];
    let twice = [once, once].concat();
    for ((name, width, once), (_, _, twice)) in features(once, sound.rate)
        .into_iter()
        .zip(features(&twice, sound.rate))
    {
        // The longest filter reaches 25 rows.
        for row in 26..64 {
            for column in row * width..(row + 1) * width {
                let [first, second] = [twice[column], twice[column + 90 * width]];
                assert!(
                    (first - second).abs() < 1e-4 * first.abs().max(1.0),
                    "{name} {row}: {first}, {second}"
                );
                assert!(
                    (first - once[column]).abs() < 1e-4 * first.abs().max(1.0),
                    "{name} {row}"
                );
            }
        }
    }
}

#[test]
fn loudness_changes_the_first_coefficient_and_the_level_alone() {
    let sound = reference("white_noise");
    let quiet: Vec<f32> = sound.samples.iter().map(|sample| sample * 0.5).collect();
    // Half the amplitude is 6.02 dB less in each of 128 bands.
    let lower = 20.0 * 0.5_f32.log10() * 128.0_f32.sqrt();
    for ((name, width, loud), (_, _, quiet)) in features(&sound.samples, sound.rate)
        .into_iter()
        .zip(features(&quiet, sound.rate))
    {
        for (index, (loud, quiet)) in loud.into_iter().zip(quiet).enumerate() {
            let expected = match (name, index % width) {
                ("mfcc", 0) => loud + lower,
                ("rms", _) => loud / 2.0,
                _ => loud,
            };
            assert!(
                (quiet - expected).abs() < 1e-4 * expected.abs().max(1.0),
                "{name}: {quiet}, not {expected}"
            );
        }
    }
}

#[test]
fn silence_and_nothing_have_the_numbers_of_librosa() {
    for samples in [vec![], vec![0.0; 4000]] {
        let rows = Librosa33::new().features(&samples);
        assert_eq!(rows.len(), 33 * (1 + samples.len() / 512));
        for row in rows.chunks_exact(33) {
            assert!((row[0] + 1131.371).abs() < 1e-3);
            assert!(row[1..].iter().all(|value| value.abs() < 1e-4));
        }
        let shapes = SpectralShape::rows(&samples, Frames::new(16_000, 2048, 512).unwrap());
        assert!(
            shapes
                .iter()
                .all(|shape| (shape.flatness - 1.0).abs() < 1e-5)
        );
    }
}

#[test]
fn one_sample_has_the_row_of_librosa() {
    // librosa 0.11 with the single sample 0.5 at 22,050 Hz.
    let expected = [
        ("mfcc", -184.911_87),
        ("zcr", 0.0),
        ("rms", 0.011_048_54),
        ("centroid", 5512.5),
        ("rolloff", 9377.71),
    ];
    let features = features(&[0.5], 22_050);
    for ((name, width, row), (of_librosa, expected)) in features.into_iter().zip(expected) {
        assert_eq!((name, row.len()), (of_librosa, width));
        assert!(
            (row[0] - expected).abs() < 1e-2,
            "{name}: {}, not {expected}",
            row[0]
        );
    }
}

#[test]
fn a_sample_that_is_no_number_is_seen_in_its_rows_alone() {
    let mut samples = reference("say_en_us").samples;
    samples[45 * 512] = f32::NAN;
    for (name, width, rows) in features(&samples, 16_000) {
        let is_nan = |row: usize| {
            rows[row * width..(row + 1) * width]
                .iter()
                .any(|value| value.is_nan())
        };
        assert!(name == "zcr" || is_nan(45), "{name}");
        assert!(!is_nan(0) && !is_nan(93), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn finite_samples_give_finite_rows(
        samples in prop::collection::vec(NORMAL | ZERO | SUBNORMAL, 0..3000)
    ) {
        for (name, width, rows) in features(&samples, 16_000) {
            prop_assert_eq!(rows.len(), width * (1 + samples.len() / 512));
            prop_assert!(rows.iter().all(|value| value.is_finite()), "{}", name);
        }
        let rows = Librosa33::new().features(&samples);
        prop_assert!(rows.iter().all(|value| value.is_finite()));
    }
}
