//! The sound at another rate.

use crate::pitch::sum_of_products;
use std::f64::consts::PI;

/// Zero crossings of the sinc function on each side.
const CROSSINGS: f64 = 20.0;
/// Share of the new band that is kept whole or in part.
const CUTOFF: f64 = 0.97;

/// Brings sounds from one rate to another, with a sinc function under a Hann window.
///
/// Sample `k` of either sound lasts from `k / rate` to `(k + 1) / rate`.
#[derive(Debug)]
pub(super) struct Resampler {
    /// New samples for `divisor` old ones.
    factor: usize,
    /// Old samples for `factor` new ones.
    divisor: usize,
    /// Old samples that a new one is made from.
    taps: usize,
    /// Per new sample of a round, its first old sample, from the first of the round, and the weights.
    phases: Vec<(i64, Vec<f32>)>,
}

impl Resampler {
    /// Prepares the change from `old` to `new` samples a second, both above 0.
    pub fn new(old: u32, new: u32) -> Self {
        let common = greatest_common_divisor(old, new);
        let (factor, divisor) = ((new / common) as usize, (old / common) as usize);
        let ratio = divisor as f64 / factor as f64;
        // In old samples: zero crossings are as far apart as the new samples, or the old ones if those are further.
        let width = ratio.max(1.0) / CUTOFF;
        let reach = CROSSINGS * width;
        let taps = 2 * reach.ceil() as usize;
        let phases = (0..factor).map(|phase| {
            let middle = (phase as f64 + 0.5) * ratio - 0.5;
            let first = middle.floor() as i64 + 1 - taps as i64 / 2;
            let weights: Vec<f64> = (0..taps)
                .map(|tap| weight((first + tap as i64) as f64 - middle, width, reach))
                .collect();
            let sum: f64 = weights.iter().sum();
            (
                first,
                weights.iter().map(|weight| (weight / sum) as f32).collect(),
            )
        });
        Self {
            factor,
            divisor,
            taps,
            phases: phases.collect(),
        }
    }

    /// Samples at the new rate of a sound that has `samples` at the old one.
    pub fn total(&self, samples: usize) -> usize {
        (samples as u128 * self.factor as u128 / self.divisor as u128) as usize
    }

    /// Fills `output` with what the sound has at the new rate from sample `from` on. Beyond its ends are zeros.
    pub fn resample_from(&self, samples: &[f32], from: usize, output: &mut [f32]) {
        let mut phase = from % self.factor;
        let mut round = (from / self.factor * self.divisor) as i64;
        for value in output {
            let (first, weights) = &self.phases[phase];
            let (before, part) = crate::pitch::inside(samples, round + first, self.taps);
            *value = sum_of_products(part, &weights[before..before + part.len()]);
            phase += 1;
            if phase == self.factor {
                (phase, round) = (0, round + self.divisor as i64);
            }
        }
    }
}

fn weight(distance: f64, width: f64, reach: f64) -> f64 {
    let x = PI * distance / width;
    let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
    if distance.abs() < reach {
        sinc * (0.5 + 0.5 * (PI * distance / reach).cos())
    } else {
        0.0
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a,
        _ => greatest_common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Resampler {
        fn resample(&self, samples: &[f32], output: &mut Vec<f32>) {
            output.resize(self.total(samples.len()), 0.0);
            self.resample_from(samples, 0, output);
        }
    }

    fn tone(rate: u32, hertz: f64) -> Vec<f32> {
        (0..rate / 4)
            .map(|k| (2.0 * PI * hertz * (f64::from(k) + 0.5) / f64::from(rate)).sin() as f32)
            .collect()
    }

    #[test]
    fn tones_stay_as_they_are() {
        for old in [8_000, 16_000, 22_050, 48_000] {
            let mut found = Vec::new();
            Resampler::new(old, 11_000).resample(&tone(old, 1000.0), &mut found);
            let expected = tone(11_000, 1000.0);
            assert!(found.len().abs_diff(expected.len()) <= 1, "{old}");
            for (found, expected) in found.iter().zip(&expected).skip(100).take(2500) {
                assert!((found - expected).abs() < 1e-3, "{old}: {found} {expected}");
            }
        }
    }

    #[test]
    fn high_tones_are_taken_out() {
        let mut found = Vec::new();
        Resampler::new(16_000, 11_000).resample(&tone(16_000, 6500.0), &mut found);
        let inner = &found[100..2600];
        assert!(inner.iter().all(|sample| sample.abs() < 0.01));
    }
}
