//! How a frame resembles itself some time later.

use super::frames::inside;
use super::sums::sum_of_products;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
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
struct Transforms {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    forward_scratch: Vec<Complex<f32>>,
    inverse_scratch: Vec<Complex<f32>>,
}

impl Transforms {
    /// Transforms of at least `length` samples.
    fn new(length: usize) -> Self {
        let length = length.next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(length);
        let inverse = planner.plan_fft_inverse(length);
        Self {
            frame: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            forward_scratch: forward.make_scratch_vec(),
            inverse_scratch: inverse.make_scratch_vec(),
            forward,
            inverse,
        }
    }

    /// Autocorrelation of what `fill` writes over zeros, up to a constant factor.
    fn autocorrelate(&mut self, fill: impl FnOnce(&mut [f32])) {
        self.frame.fill(0.0);
        fill(&mut self.frame);
        self.forward
            .process_with_scratch(
                &mut self.frame,
                &mut self.spectrum,
                &mut self.forward_scratch,
            )
            .expect("the buffers were made for this transform");
        for value in &mut self.spectrum {
            *value = Complex::new(value.norm_sqr(), 0.0);
        }
        self.inverse
            .process_with_scratch(
                &mut self.spectrum,
                &mut self.frame,
                &mut self.inverse_scratch,
            )
            .expect("the spectrum of a power is real");
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
