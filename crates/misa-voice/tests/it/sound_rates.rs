//! Sounds at other rates.

use crate::wav::Wav;
use misa_voice::sound::{Sound, SoundOptions};
use proptest::prelude::*;
use std::f64::consts::TAU;

/// A sine of `frequency` Hz and magnitude 0.5, that begins after `start` seconds at zero.
fn sine(rate: u32, frequency: f64, samples: usize) -> Vec<f32> {
    let at = |sample: usize| 0.5 * (TAU * frequency * sample as f64 / f64::from(rate)).sin();
    (0..samples).map(|sample| at(sample) as f32).collect()
}

fn converted(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let bytes = Wav::of_floats(from, samples).bytes();
    let sound = Sound::read_bytes(&bytes, "a", &SoundOptions::at(to)).unwrap();
    assert_eq!(sound.rate, to);
    sound.samples
}

/// Magnitude and phase of `frequency` Hz in samples.
fn part(samples: &[f32], rate: u32, frequency: f64) -> (f64, f64) {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let angle = TAU * frequency * at as f64 / f64::from(rate);
        sine += f64::from(*sample) * angle.sin();
        cosine += f64::from(*sample) * angle.cos();
    }
    let scale = 2.0 / samples.len() as f64;
    ((sine * scale).hypot(cosine * scale), cosine.atan2(sine))
}

const PAIRS: [(u32, u32); 12] = [
    (44_100, 16_000),
    (48_000, 16_000),
    (22_050, 16_000),
    (8_000, 16_000),
    (11_025, 16_000),
    (96_000, 16_000),
    (16_000, 22_050),
    (44_100, 22_050),
    (48_000, 22_050),
    (44_101, 16_000),
    (384_000, 4_000),
    (4_000, 384_000),
];

#[test]
fn a_sine_keeps_its_magnitude_and_time() {
    for (from, to) in PAIRS {
        let samples = converted(&sine(from, 1000.0, from as usize), from, to);
        assert_eq!(samples.len(), to as usize);
        // Away from both ends, a whole number of periods.
        let middle = &samples[to as usize / 5..4 * to as usize / 5];
        let (magnitude, phase) = part(middle, to, 1000.0);
        let decibels = 20.0 * (magnitude / 0.5).log10();
        let late = phase / TAU / 1000.0 * f64::from(to);
        assert!(decibels.abs() < 0.001, "{from} {to}: {decibels} dB");
        assert!(late.abs() < 0.01, "{from} {to}: {late} samples");
    }
}

#[test]
fn what_the_new_rate_cannot_hold_is_gone() {
    for (from, to, frequency) in [
        (44_100, 16_000, 8_100.0),
        (44_100, 16_000, 9_000.0),
        (48_000, 16_000, 12_000.0),
        (48_000, 16_000, 15_000.0),
        (22_050, 16_000, 8_500.0),
        (48_000, 22_050, 11_200.0),
    ] {
        let samples = converted(&sine(from, frequency, from as usize), from, to);
        let middle = &samples[to as usize / 5..4 * to as usize / 5];
        let rms = (middle
            .iter()
            .map(|sample| f64::from(*sample).powi(2))
            .sum::<f64>()
            / middle.len() as f64)
            .sqrt();
        let decibels = 20.0 * (rms / (0.5 / 2.0_f64.sqrt())).log10();
        assert!(
            decibels < -80.0,
            "{from} {to} {frequency}: {decibels:.1} dB"
        );
    }
}

/// Up to which frequency sound keeps its strength.
#[test]
fn what_the_new_rate_can_hold_is_kept() {
    for (from, to, frequency) in [
        (44_100, 16_000, 7_500.0),
        (48_000, 16_000, 7_500.0),
        (48_000, 22_050, 10_400.0),
    ] {
        let samples = converted(&sine(from, frequency, from as usize), from, to);
        let (magnitude, _) = part(
            &samples[to as usize / 5..4 * to as usize / 5],
            to,
            frequency,
        );
        let decibels = 20.0 * (magnitude / 0.5).log10();
        assert!(
            decibels.abs() < 0.001,
            "{from} {to} {frequency}: {decibels} dB"
        );
    }
}

#[test]
fn a_click_keeps_its_place() {
    for (from, to) in PAIRS {
        let mut samples = vec![0.0; from as usize / 2];
        let at = from as usize / 5;
        samples[at] = 0.9;
        let converted = converted(&samples, from, to);
        let largest = converted
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
            .unwrap()
            .0;
        let expected = at as f64 * f64::from(to) / f64::from(from);
        let coarsest = (f64::from(to) / f64::from(from)).max(1.0);
        assert!(
            (largest as f64 - expected).abs() <= coarsest,
            "{from} {to}: {largest} {expected}"
        );
    }
}

#[test]
fn the_own_rate_is_kept_as_it_is() {
    let samples = sine(16_000, 440.0, 4000);
    assert_eq!(converted(&samples, 16_000, 16_000), samples);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_length_is_that_of_the_time(from in 4_000_u32..100_000, to in 4_000_u32..50_000, frames in 1_usize..20_000) {
        let samples = converted(&vec![0.25; frames], from, to);
        let exact = (frames as u128 * u128::from(to) * 2 + u128::from(from)) / (2 * u128::from(from));
        prop_assume!(exact > 0);
        prop_assert_eq!(samples.len() as u128, exact);
        prop_assert!(samples.iter().all(|sample| sample.abs() < 0.5));
    }
}
