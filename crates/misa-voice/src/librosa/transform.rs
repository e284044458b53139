//! The Fourier transform of real numbers.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::fmt;
use std::sync::Arc;

/// A Fourier transform of one length, with its buffers.
pub(super) struct Transform {
    plan: Arc<dyn RealToComplex<f64>>,
    /// What is transformed. Every call of `run` overwrites it.
    pub input: Vec<f64>,
    output: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl Transform {
    /// The transform of `length` numbers.
    pub fn new(length: usize) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(length);
        Self {
            input: plan.make_input_vec(),
            output: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
        }
    }

    /// Numbers that are transformed at once.
    pub fn length(&self) -> usize {
        self.input.len()
    }

    /// Bins 0 to `length / 2` of the transform of `input`.
    pub fn run(&mut self) -> &[Complex<f64>] {
        self.plan
            .process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch)
            .expect("the plan made the buffers");
        &self.output
    }
}

impl fmt::Debug for Transform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transform")
            .field("length", &self.length())
            .finish()
    }
}

/// A periodic Hann window.
pub(super) fn hann(length: usize) -> impl Iterator<Item = f64> {
    let step = std::f64::consts::TAU / length as f64;
    (0..length).map(move |index| 0.5 - 0.5 * (step * index as f64).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_of_an_impulse_turns_around_the_circle() {
        let mut transform = Transform::new(4);
        transform.input.copy_from_slice(&[0.0, 1.0, 0.0, 0.0]);
        // 1, -i, -1.
        let bins: Vec<[i32; 2]> = transform
            .run()
            .iter()
            .map(|bin| [bin.re.round() as i32, bin.im.round() as i32])
            .collect();
        assert_eq!(bins, [[1, 0], [0, -1], [-1, 0]]);
    }

    #[test]
    fn the_window_begins_with_zero_and_does_not_end_with_it() {
        let window: Vec<f64> = hann(4).collect();
        for (value, expected) in window.iter().zip([0.0, 0.5, 1.0, 0.5]) {
            assert!((value - expected).abs() < 1e-15);
        }
    }
}
