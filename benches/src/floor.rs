//! A lower bound of the time of a training step on a machine.

use crate::{BenchError, ModelCase, timed};
use burn::prelude::*;
use burn::tensor::Distribution;

/// Rows and columns of the matrices whose product is timed.
const SIZE: usize = 2048;
const REPEATS: usize = 8;

impl ModelCase {
    /// Operations of the recurrent layers in one training step, per real step of an utterance that
    /// has all three modalities.
    ///
    /// Only matrix products are counted, each of a multiplication and an addition: of both layers
    /// and both directions, once forward, and twice backward, for the inputs and for the weights.
    /// All other work grows with the number of utterances, or is small in comparison.
    pub fn recurrent_operations(&self) -> f64 {
        let gates = self.cell.gates();
        let layers = |d: usize| {
            // Input and state of the first layer; the second reads both directions of the first.
            let depths = (d + d) + (2 * d + d);
            2 * 2 * gates * d * depths
        };
        let widths = [self.text_dim, self.visual_dim, self.acoustic_dim];
        3.0 * widths.map(layers).iter().sum::<usize>() as f64
    }
}

/// Operations per second of a product of two large matrices on `device`, the best of a few.
///
/// # Errors
///
/// [`BenchError`] if the device fails.
pub fn sgemm_rate(device: &Device) -> Result<f64, BenchError> {
    let matrix = || Tensor::<2>::random([SIZE, SIZE], Distribution::Default, device);
    let (left, right) = (matrix(), matrix());
    let mut best = f64::INFINITY;
    for _ in 0..REPEATS {
        device.sync()?;
        let time = timed(|| {
            left.clone().matmul(right.clone());
            Ok::<_, BenchError>(device.sync()?)
        })?;
        best = best.min(time.as_secs_f64());
    }
    Ok(2.0 * (SIZE as f64).powi(3) / best)
}

#[cfg(test)]
mod tests {
    use crate::{Cases, Workload};

    #[test]
    fn operations_follow_the_sizes() {
        let cases = Cases::bundled().unwrap();
        let Workload::Model(case) = &cases.named("mosei_glove_b16").unwrap().workload else {
            panic!("a model");
        };
        // 80 d^2 forward: 2 directions * 2 operations * 4 gates * d * 5 d.
        let forward = [300.0, 35.0, 74.0].map(|d: f64| 80.0 * d * d);
        assert_eq!(
            case.recurrent_operations(),
            3.0 * forward.iter().sum::<f64>()
        );
    }
}
