//! How a frame resembles itself some time later.

use super::frames::inside;
use super::sums::sum_of_products;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::PI;
use std::fmt;
use std::sync::Arc;

/// Share of the window's own autocorrelation from which on a delay can be judged.
const LEAST_OVERLAP: f32 = 0.2;
/// A frame whose samples differ from their mean by less than this share of it is silent: what is left are
/// roundings.
const ROUNDING: f32 = 1e-5;

/// Autocorrelation of windowed frames, divided by that of the window.
pub(super) struct Autocorrelation {
    /// Hann window.
    window: Vec<f32>,
    /// Sum of the first samples of the window, by how many they are.
    window_sums: Vec<f32>,
    /// Per delay, what the autocorrelation of a whole frame is multiplied by.
    weights: Vec<f32>,
    /// The same for a frame that the sound does not fill.
    cut_weights: Vec<f32>,
    transforms: Transforms,
    /// Per delay in samples, from 0: 1 where the frame repeats itself, 0 where nothing is known.
    pub lags: Vec<f32>,
}

/// What a frame is found to be before its pitch is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loudness {
    /// Largest distance of a sample from the mean under the window. 0 when silent.
    pub peak: f32,
}

impl Autocorrelation {
    /// Prepares frames of `length` samples and delays of 0 to `lags - 1` samples.
    pub fn new(length: usize, lags: usize) -> Self {
        let window: Vec<f32> = (0..length)
            .map(|k| (0.5 - 0.5 * (2.0 * PI * (k as f64 + 0.5) / length as f64).cos()) as f32)
            .collect();
        let mut sum = 0.0;
        let window_sums = std::iter::once(0.0).chain(window.iter().map(|value| {
            sum += value;
            sum
        }));
        let mut transforms = Transforms::new(length + lags);
        let mut weights = vec![0.0; lags];
        transforms.autocorrelate(|frame| frame[..length].copy_from_slice(&window));
        transforms.invert(&mut weights);
        Self {
            window_sums: window_sums.collect(),
            window,
            cut_weights: weights.clone(),
            weights,
            transforms,
            lags: vec![0.0; lags],
        }
    }

    /// Fills [`Self::lags`] for the frame that starts at sample `start`.
    pub fn look(&mut self, samples: &[f32], start: i64) -> Loudness {
        let (before, part) = inside(samples, start, self.window.len());
        let is_cut = part.len() < self.window.len();
        let window = &self.window[before..before + part.len()];
        // Under the window, so that nothing constant is left in what is transformed.
        let mean = sum_of_products(part, window)
            / (self.window_sums[before + part.len()] - self.window_sums[before]);
        let peak = largest_distance(part, mean);
        // Also where samples are not numbers.
        let is_loud = peak > ROUNDING * mean.abs() && peak.is_finite();
        if !is_loud {
            self.lags.fill(0.0);
            return Loudness { peak: 0.0 };
        }
        if is_cut {
            self.transforms.autocorrelate(|frame| {
                frame[before..before + window.len()].copy_from_slice(window)
            });
            self.transforms.invert(&mut self.cut_weights);
        }
        // Loud or not, the numbers in the transform are of the same size.
        let scale = 1.0 / peak;
        self.transforms.autocorrelate(|frame| {
            let frame = &mut frame[before..before + part.len()];
            for ((value, sample), weight) in frame.iter_mut().zip(part).zip(window) {
                *value = (sample - mean) * scale * weight;
            }
        });
        self.transforms.read(&mut self.lags);
        let weights = if is_cut {
            &self.cut_weights
        } else {
            &self.weights
        };
        let power = self.lags[0];
        if power > 0.0 && power.is_finite() {
            let scale = 1.0 / power;
            for (lag, weight) in self.lags.iter_mut().zip(weights) {
                *lag *= scale * weight;
            }
        } else {
            self.lags.fill(0.0);
        }
        Loudness { peak }
    }
}

impl fmt::Debug for Autocorrelation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Autocorrelation")
            .field("length", &self.window.len())
            .field("lags", &self.lags.len())
            .finish_non_exhaustive()
    }
}

/// Transforms and their buffers.
///
/// Pairs of neighbouring samples are the parts of complex numbers, of which half as many are transformed.
struct Transforms {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    frame: Vec<f32>,
    pairs: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// Per frequency, from 0 to a quarter of the rate, `exp(i pi k / pairs)`.
    turns: Vec<Complex<f32>>,
}

impl Transforms {
    /// Transforms of at least `length` samples.
    fn new(length: usize) -> Self {
        let length = length.next_power_of_two().max(4);
        let half = length / 2;
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(half);
        let inverse = planner.plan_fft_inverse(half);
        let scratch = forward
            .get_inplace_scratch_len()
            .max(inverse.get_inplace_scratch_len());
        let turn = |k: usize| {
            let (sine, cosine) = (PI * k as f64 / half as f64).sin_cos();
            Complex::new(cosine as f32, sine as f32)
        };
        Self {
            forward,
            inverse,
            frame: vec![0.0; length],
            pairs: vec![Complex::default(); half],
            scratch: vec![Complex::default(); scratch],
            turns: (0..=half / 2).map(turn).collect(),
        }
    }

    /// Autocorrelation of what `fill` writes over zeros, up to a constant factor.
    fn autocorrelate(&mut self, fill: impl FnOnce(&mut [f32])) {
        self.frame.fill(0.0);
        fill(&mut self.frame);
        for (pair, samples) in self.pairs.iter_mut().zip(self.frame.chunks_exact(2)) {
            *pair = Complex::new(samples[0], samples[1]);
        }
        self.forward
            .process_with_scratch(&mut self.pairs, &mut self.scratch);
        self.square();
        self.inverse
            .process_with_scratch(&mut self.pairs, &mut self.scratch);
        for (pair, values) in self.pairs.iter().zip(self.frame.chunks_exact_mut(2)) {
            values.copy_from_slice(&[pair.re, pair.im]);
        }
    }

    /// From the transform of pairs of samples to that of pairs of values of their autocorrelation.
    ///
    /// With E and O the spectra of samples with even and odd numbers, all have `E + w O` at a frequency, and
    /// `E - w O` at the one as far from the end. Only sum and difference of both powers are needed.
    fn square(&mut self) {
        let half = self.pairs.len();
        let both = |near: Complex<f32>, far: Complex<f32>, turn: Complex<f32>| {
            let [near_power, far_power] = [near, far].map(|value| value.norm_sqr());
            let cross = near.re * far.im + near.im * far.re;
            let sum = near_power + far_power;
            let difference = 2.0 * turn.re * cross - turn.im * (near_power - far_power);
            let [turned, rest] = [turn.im * difference, turn.re * difference];
            [
                Complex::new(sum - turned, rest),
                Complex::new(sum + turned, rest),
            ]
        };
        self.pairs[0] = both(self.pairs[0], self.pairs[0], self.turns[0])[0];
        let (near, far) = self.pairs.split_at_mut(half / 2);
        far[0] = both(far[0], far[0], self.turns[half / 2])[0];
        let pairs = near[1..].iter_mut().zip(far[1..].iter_mut().rev());
        for ((near, far), turn) in pairs.zip(&self.turns[1..]) {
            [*near, *far] = both(*near, *far, *turn);
        }
    }

    /// Copies the first values of the autocorrelation.
    fn read(&self, lags: &mut [f32]) {
        lags.copy_from_slice(&self.frame[..lags.len()]);
    }

    /// Inverts the first values of a window's autocorrelation, the first of which becomes 1. 0 where too
    /// little of the window overlaps with itself.
    fn invert(&self, weights: &mut [f32]) {
        let power = self.frame[0];
        for (weight, value) in weights.iter_mut().zip(&self.frame) {
            *weight = if *value > LEAST_OVERLAP * power {
                power / value
            } else {
                0.0
            };
        }
    }
}

/// Largest distance of a value from `mean`.
fn largest_distance(values: &[f32], mean: f32) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [0.0_f32; 16];
    let chunks = values.chunks_exact(16);
    let rest = chunks
        .remainder()
        .iter()
        .fold(0.0, |top, value| larger(top, (value - mean).abs()));
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, (value - mean).abs());
        }
    }
    lanes.into_iter().fold(rest, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(length: usize) -> Vec<f32> {
        (0..length)
            .map(|k| (2.0 * PI * k as f64 / 80.0).sin() as f32)
            .collect()
    }

    #[test]
    fn values_are_sums_of_products() {
        let values: Vec<f32> = (0..11).map(|k| (k * k % 7) as f32 - 3.0).collect();
        let mut transforms = Transforms::new(values.len() + 5);
        transforms.autocorrelate(|frame| frame[..values.len()].copy_from_slice(&values));
        let mut lags = [0.0; 5];
        transforms.read(&mut lags);
        let power: f32 = values.iter().map(|value| value * value).sum();
        for (lag, found) in lags.iter().enumerate() {
            let products = values.iter().zip(&values[lag..]).map(|(a, b)| a * b);
            let expected = products.sum::<f32>() / power;
            assert!((found / lags[0] - expected).abs() < 1e-6, "{lag}: {found}");
        }
    }

    #[test]
    fn a_tone_repeats_itself() {
        let samples = tone(1000);
        let mut autocorrelation = Autocorrelation::new(640, 200);
        let loudness = autocorrelation.look(&samples, 100);
        assert!((loudness.peak - 1.0).abs() < 1e-3);
        let lags = &autocorrelation.lags;
        assert!((lags[0] - 1.0).abs() < 1e-6);
        assert!((lags[80] - 1.0).abs() < 0.01, "{}", lags[80]);
        assert!((lags[40] + 1.0).abs() < 0.05, "{}", lags[40]);
    }

    #[test]
    fn a_tone_repeats_itself_at_the_edge() {
        let samples = tone(1000);
        let mut autocorrelation = Autocorrelation::new(640, 200);
        autocorrelation.look(&samples, -240);
        assert!(
            (autocorrelation.lags[80] - 1.0).abs() < 0.05,
            "{}",
            autocorrelation.lags[80]
        );
    }

    #[test]
    fn constants_and_nothing_are_silent() {
        let mut autocorrelation = Autocorrelation::new(640, 200);
        for samples in [
            vec![],
            vec![0.3; 1000],
            vec![f32::NAN; 1000],
            vec![f32::INFINITY; 1000],
        ] {
            assert_eq!(autocorrelation.look(&samples, 0).peak, 0.0);
            assert!(autocorrelation.lags.iter().all(|lag| *lag == 0.0));
        }
    }
}
