//! The magnitudes of short windows of each frame.

use crate::weights::Weights;
use burn::tensor::ops::PadMode;
use burn::tensor::{Device, Tensor, TensorData};

/// Samples of a window.
const WINDOW: usize = 256;
/// Samples from one window to the next.
const HOP: usize = WINDOW / 2;
/// Frequencies from 0 to 8000 Hz.
pub(super) const BINS: usize = WINDOW / 2 + 1;
/// Samples added at the end of a frame, its last ones mirrored.
const MIRRORED: usize = 64;

/// A Fourier transform of windows, as a matrix that comes with the weights.
#[derive(Clone, Debug)]
pub(super) struct Spectrum {
    /// `[256, 2 * 129]`: cosines of all frequencies, then sines.
    waves: Tensor<2>,
}

impl Spectrum {
    /// The transform of these weights.
    pub fn new(weights: &Weights, device: &Device) -> Self {
        let waves = weights.get("stft_conv.weight").to_vec();
        let waves = Tensor::<2>::from_data(TensorData::new(waves, [2 * BINS, WINDOW]), device);
        Self {
            waves: waves.transpose(),
        }
    }

    /// The magnitude of each frequency in each window.
    ///
    /// # Shapes
    ///
    /// - frames: `[frames, samples]`, samples plus 64 a multiple of 128 and at least 256
    /// - output: `[frames, (samples + 64) / 128 - 1, 129]`, at least 0
    pub fn forward(&self, frames: Tensor<2>) -> Tensor<3> {
        let padded = frames.pad([(0, 0), (0, MIRRORED)], PadMode::Reflect);
        let [frames, samples] = padded.dims();
        let halves = padded.reshape([frames, samples / HOP, HOP]);
        let steps = samples / HOP - 1;
        // A window is two halves next to each other, since the hop is half a window.
        let (first, second) = (
            halves.clone().narrow(1, 0, steps),
            halves.narrow(1, 1, steps),
        );
        let windows = Tensor::cat(vec![first, second], 2).reshape([frames * steps, WINDOW]);
        let waves = windows.matmul(self.waves.clone());
        let (cosines, sines) = (
            waves.clone().narrow(1, 0, BINS),
            waves.narrow(1, BINS, BINS),
        );
        let power = cosines.clone() * cosines + sines.clone() * sines;
        power.sqrt().reshape([frames, steps, BINS])
    }
}
