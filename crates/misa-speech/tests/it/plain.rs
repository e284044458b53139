//! The same network written anew: one number after another, in double precision.

use crate::made_up::MadeUp;

/// Channels of steps.
type Channels = Vec<Vec<f64>>;

/// The probability of each frame.
pub fn probabilities(weights: &MadeUp, samples: &[f32]) -> Vec<f64> {
    let count = samples.len().div_ceil(512);
    let mut sound = vec![0.0; 64];
    sound.extend(samples.iter().map(|&sample| f64::from(sample)));
    sound.resize(64 + count * 512, 0.0);
    let (mut hidden, mut cell) = (vec![0.0; 128], vec![0.0; 128]);
    let frames = (0..count).map(|frame| {
        let mut frame = sound[frame * 512..][..576].to_vec();
        frame.extend((0..64).map(|index| frame[574 - index]).collect::<Vec<_>>());
        let mut channels = magnitudes(&convolution(weights, "stft_conv", &vec![frame], 128, 0));
        for (name, stride) in [("conv1", 1), ("conv2", 2), ("conv3", 2), ("conv4", 1)] {
            channels = convolution(weights, name, &channels, stride, 1);
            channels
                .iter_mut()
                .flatten()
                .for_each(|value| *value = value.max(0.0));
        }
        let input: Vec<f64> = channels.concat();
        (hidden, cell) = next(weights, &input, &hidden, &cell);
        let relu: Vec<Vec<f64>> = hidden.iter().map(|value| vec![value.max(0.0)]).collect();
        sigmoid(convolution(weights, "final_conv", &relu, 1, 0)[0][0])
    });
    frames.collect()
}

fn convolution(
    weights: &MadeUp,
    name: &str,
    input: &Channels,
    stride: usize,
    zeros: usize,
) -> Channels {
    let shape = &weights.0[&format!("{name}.weight")].shape;
    let (outputs, inputs, width) = (shape[0], shape[1], shape[2]);
    assert_eq!(inputs, input.len());
    let weight = weights.values(&format!("{name}.weight"));
    let bias = format!("{name}.bias");
    let bias = if weights.0.contains_key(&bias) {
        weights.values(&bias)
    } else {
        vec![0.0; outputs]
    };
    let steps = (input[0].len() + 2 * zeros - width) / stride + 1;
    let value = |output: usize, step: usize| {
        let mut sum = bias[output];
        for (channel, values) in input.iter().enumerate() {
            for tap in 0..width {
                let position = (step * stride + tap).checked_sub(zeros);
                let value = position
                    .and_then(|position| values.get(position))
                    .unwrap_or(&0.0);
                sum += weight[(output * inputs + channel) * width + tap] * value;
            }
        }
        sum
    };
    (0..outputs)
        .map(|output| (0..steps).map(|step| value(output, step)).collect())
        .collect()
}

fn magnitudes(waves: &Channels) -> Channels {
    let (cosines, sines) = waves.split_at(129);
    let bins = cosines.iter().zip(sines);
    bins.map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.hypot(*b)).collect())
        .collect()
}

/// Hidden values and cell after a frame.
fn next(weights: &MadeUp, input: &[f64], hidden: &[f64], cell: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let product = |side: &str, vector: &[f64]| -> Vec<f64> {
        let matrix = weights.values(&format!("lstm_cell.weight_{side}"));
        let bias = weights.values(&format!("lstm_cell.bias_{side}"));
        let rows = matrix.chunks(128).zip(bias);
        rows.map(|(row, bias)| bias + row.iter().zip(vector).map(|(a, b)| a * b).sum::<f64>())
            .collect()
    };
    let gates: Vec<f64> = product("ih", input)
        .iter()
        .zip(product("hh", hidden))
        .map(|(a, b)| a + b)
        .collect();
    let cell: Vec<f64> = (0..128)
        .map(|i| sigmoid(gates[128 + i]) * cell[i] + sigmoid(gates[i]) * gates[256 + i].tanh())
        .collect();
    let hidden = (0..128)
        .map(|i| sigmoid(gates[384 + i]) * cell[i].tanh())
        .collect();
    (hidden, cell)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
