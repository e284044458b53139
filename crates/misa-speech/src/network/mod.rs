//! Silero's network: from samples to the probability of speech.
//!
//! ```text
//! frame ── spectrum ──► 4 steps x 129 ── 4 convolutions ──► 128 ── cell ──► probability
//!                                                                  │  ▲
//!                                                                  └──┘ next frame
//! ```
//!
//! All but the cell is computed for many frames at once, on the device.
//!
//! | File | Holds |
//! |---|---|
//! | `spectrum.rs` | magnitudes of short windows |
//! | `convolution.rs` | one convolution as a matrix product |
//! | `cell.rs` | what carries on from frame to frame |

mod cell;
mod convolution;
mod spectrum;

use crate::weights::Weights;
use burn::tensor::{Device, Tensor, TensorData};
pub(crate) use cell::State;
use cell::{Cell, D_CELL, D_GATES};
use convolution::Convolution;
use spectrum::Spectrum;

/// Samples of a frame: 32 ms at 16 kHz.
pub(crate) const FRAME: usize = 512;
/// Samples before a frame that the network sees as well.
pub(crate) const CONTEXT: usize = 64;
/// Larger samples would overflow in the spectrum; a sound has samples in [-1, 1].
const LARGEST: f32 = 1e12;

/// The network with its weights.
///
/// - Source: `silero-vad` 6.2.3, the names and shapes of its tensors, its README and its published graphs.
/// - Differs: a frame with a sample that is not a number has no probability, and leaves no trace in the
///   state. Silero has none from there on.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    device: Device,
    spectrum: Spectrum,
    convolutions: [Convolution; 4],
    /// `[128, 512]`: what the last convolution adds to the gates.
    to_gates: Tensor<2>,
    /// `[1, 512]`.
    gate_bias: Tensor<2>,
    cell: Cell,
}

impl Network {
    /// The network of these weights, on a device.
    pub fn new(weights: &Weights, device: &Device) -> Self {
        let convolution = |name, stride| Convolution::new(weights, name, stride, device);
        let to_gates = weights.get("lstm_cell.weight_ih").to_vec();
        let to_gates = Tensor::<2>::from_data(TensorData::new(to_gates, [D_GATES, D_CELL]), device);
        let biases =
            ["lstm_cell.bias_ih", "lstm_cell.bias_hh"].map(|name| weights.get(name).iter());
        let [input, hidden] = biases;
        let gate_bias: Vec<f32> = input
            .zip(hidden)
            .map(|(input, hidden)| input + hidden)
            .collect();
        Self {
            device: device.clone(),
            spectrum: Spectrum::new(weights, device),
            convolutions: [
                convolution("conv1", 1),
                convolution("conv2", 2),
                convolution("conv3", 2),
                convolution("conv4", 1),
            ],
            to_gates: to_gates.transpose(),
            gate_bias: Tensor::from_data(TensorData::new(gate_bias, [1, D_GATES]), device),
            cell: Cell::new(weights),
        }
    }

    /// Adds the probability of speech of each frame to `probabilities`, in [0, 1], or NaN where a frame
    /// or its context has a sample that is not a number. The state becomes that after the last frame.
    ///
    /// `samples` holds 64 samples before the first frame, and then whole frames.
    pub fn forward(&self, samples: &[f32], state: &mut State, probabilities: &mut Vec<f32>) {
        let frames = (samples.len() - CONTEXT) / FRAME;
        if frames == 0 {
            return;
        }
        let frame = |index: usize| &samples[index * FRAME..][..CONTEXT + FRAME];
        let usable: Vec<bool> = (0..frames).map(|index| is_usable(frame(index))).collect();
        let mut rows = Vec::with_capacity(frames * (CONTEXT + FRAME));
        for (index, &usable) in usable.iter().enumerate() {
            if usable {
                rows.extend_from_slice(frame(index));
            } else {
                rows.resize(rows.len() + CONTEXT + FRAME, 0.0);
            }
        }
        let mut gates = self.gates(rows);
        for (gates, usable) in gates.as_chunks_mut().0.iter_mut().zip(usable) {
            let probability = if usable {
                self.cell.step(state, gates)
            } else {
                f32::NAN
            };
            probabilities.push(probability);
        }
    }

    /// What each frame adds to the gates, row by row.
    fn gates(&self, rows: Vec<f32>) -> Vec<f32> {
        let frames = rows.len() / (CONTEXT + FRAME);
        let rows = TensorData::new(rows, [frames, CONTEXT + FRAME]);
        let spectrum = self.spectrum.forward(Tensor::from_data(rows, &self.device));
        let convolutions = self.convolutions.iter();
        let output = convolutions.fold(spectrum, |input, convolution| convolution.forward(input));
        let gates = output
            .reshape([frames, D_CELL])
            .matmul(self.to_gates.clone())
            + self.gate_bias.clone();
        gates.into_data().iter::<f32>().collect()
    }
}

fn is_usable(samples: &[f32]) -> bool {
    samples.iter().all(|sample| sample.abs() <= LARGEST)
}
