//! The power spectrum of a stretch of sound.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::PI;
use std::sync::Arc;

/// Samples of a window: 20 ms.
pub(super) const WINDOW: usize = 320;
/// Samples that are transformed: the window and zeros.
const LENGTH: usize = 512;
/// Frequencies of a spectrum.
pub(super) const BINS: usize = LENGTH / 2 + 1;
/// Distance of two frequencies in hertz.
pub(super) const BIN_HERTZ: f32 = super::VOICE_RATE as f32 / LENGTH as f32;

/// Computes power spectra of windows of 20 ms, at the distance of [`BIN_HERTZ`].
pub(super) struct Spectrum {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Spectrum {
    pub(super) fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(LENGTH);
        let at = |n: usize| 0.54 - 0.46 * (2.0 * PI * n as f64 / (WINDOW - 1) as f64).cos();
        let power: f64 = (0..WINDOW).map(|n| at(n) * at(n)).sum();
        Self {
            // The spectrum of white noise has the power of its samples at every frequency.
            window: (0..WINDOW).map(|n| (at(n) / power.sqrt()) as f32).collect(),
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
        }
    }

    /// The power of `samples`, [`WINDOW`] of them, at [`BINS`] frequencies.
    pub(super) fn power(&mut self, samples: &[f32], power: &mut [f32; BINS]) {
        // The transform leaves anything in its input.
        self.input[WINDOW..].fill(0.0);
        let windowed = samples.iter().zip(&self.window);
        for (slot, (sample, weight)) in self.input.iter_mut().zip(windowed) {
            *slot = sample * weight;
        }
        let (input, output) = (&mut self.input, &mut self.output);
        self.transform
            .process_with_scratch(input, output, &mut self.scratch)
            .expect("all buffers have the lengths of the plan");
        for (slot, value) in power.iter_mut().zip(output) {
            *slot = value.norm_sqr();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_at_its_frequency() {
        let tone: Vec<f32> = (0..WINDOW)
            .map(|n| (2.0 * PI * 1000.0 * n as f64 / 16_000.0).sin() as f32)
            .collect();
        let mut power = [0.0; BINS];
        Spectrum::new().power(&tone, &mut power);
        let loudest = (0..BINS).max_by(|&a, &b| power[a].total_cmp(&power[b]));
        assert_eq!(loudest, Some(32));
        // Frequencies far from the tone are at least 40 dB below it.
        assert!(power[64] < 1e-4 * power[32]);
    }
}
