//! The power spectrum of a frame.

use crate::librosa::Frames;
use crate::librosa::frames::copy_or_zero;
use crate::librosa::transform::{Transform, hann};

/// Power spectra of frames, under a periodic Hann window.
///
/// - Source: librosa 0.11, `stft`.
#[derive(Debug)]
pub struct Spectrum {
    frames: Frames,
    window: Vec<f64>,
    transform: Transform,
    power: Vec<f64>,
}

impl Spectrum {
    /// Makes window and buffers once for all frames.
    pub fn new(frames: Frames) -> Self {
        Self {
            frames,
            window: hann(frames.window()).collect(),
            transform: Transform::new(frames.window()),
            power: vec![0.0; frames.bins()],
        }
    }

    /// The squared magnitudes of a frame's spectrum, from 0 Hz to half the rate (`window / 2 + 1` bins). A frame
    /// that does not meet the sound has zeros.
    pub fn power(&mut self, samples: &[f32], frame: usize) -> &[f64] {
        let input = &mut self.transform.input;
        copy_or_zero(samples, self.frames.first(frame), input);
        for (sample, weight) in input.iter_mut().zip(&self.window) {
            *sample *= weight;
        }
        for (power, bin) in self.power.iter_mut().zip(self.transform.run()) {
            *power = bin.norm_sqr();
        }
        &self.power
    }

    /// How the sound is cut.
    pub(super) fn frames(&self) -> &Frames {
        &self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_has_power_in_the_two_lowest_bins() {
        let mut spectrum = Spectrum::new(Frames::new(8, 8, 8).unwrap());
        let power = spectrum.power(&[1.0; 16], 1);
        // The window sums to 4, and half of its cosine, 2, is in bin 1.
        let expected = [16.0, 4.0, 0.0, 0.0, 0.0];
        for (power, expected) in power.iter().zip(expected) {
            assert!((power - expected).abs() < 1e-12);
        }
    }
}
