//! A convolution over the few steps of each frame, as one matrix product.

use crate::weights::Weights;
use burn::tensor::activation::relu;
use burn::tensor::ops::PadMode;
use burn::tensor::{Device, Slice, Tensor, TensorData};

/// Steps that one output sees.
const WIDTH: usize = 3;

/// A convolution of width 3 with a zero on either side, and what is negative set to zero.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    /// `[3 * d_input, d_output]`, the oldest step first.
    weight: Tensor<2>,
    /// `[1, d_output]`.
    bias: Tensor<2>,
    stride: usize,
}

impl Convolution {
    /// The convolution called `name`, which keeps one step of `stride`.
    pub fn new(weights: &Weights, name: &str, stride: usize, device: &Device) -> Self {
        let (weight, bias) = (
            weights.get(&format!("{name}.weight")),
            weights.get(&format!("{name}.bias")),
        );
        Self::from_values(weight, bias, stride, device)
    }

    /// A convolution with weights of the shape `[d_output, d_input, 3]`, row by row, and a bias of the
    /// shape `[d_output]`.
    fn from_values(weight: &[f32], bias: &[f32], stride: usize, device: &Device) -> Self {
        let d_output = bias.len();
        let d_input = weight.len() / (d_output * WIDTH);
        let weight = TensorData::new(weight.to_vec(), [d_output, d_input, WIDTH]);
        let weight = Tensor::<3>::from_data(weight, device).permute([2, 1, 0]);
        Self {
            weight: weight.reshape([WIDTH * d_input, d_output]),
            bias: Tensor::from_data(TensorData::new(bias.to_vec(), [1, d_output]), device),
            stride,
        }
    }

    /// The outputs of each frame.
    ///
    /// # Shapes
    ///
    /// - input: `[frames, steps, d_input]`
    /// - output: `[frames, (steps - 1) / stride + 1, d_output]`, at least 0
    pub fn forward(&self, input: Tensor<3>) -> Tensor<3> {
        let [frames, steps, d_input] = input.dims();
        let outputs = (steps - 1) / self.stride + 1;
        let padded = input.pad([(0, 0), (1, 1), (0, 0)], PadMode::Constant(0.0));
        let seen = |first: usize| {
            let end = first + (outputs - 1) * self.stride + 1;
            let steps = Slice::new(first as isize, Some(end as isize), self.stride as isize);
            padded.clone().slice_dim(1, steps)
        };
        let windows = Tensor::cat((0..WIDTH).map(seen).collect(), 2);
        let windows = windows.reshape([frames * outputs, WIDTH * d_input]);
        let output = relu(windows.matmul(self.weight.clone()) + self.bias.clone());
        let [_, d_output] = output.dims();
        output.reshape([frames, outputs, d_output])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two frames of four steps 1, 2, 3, 4 and 0, 0, 5, 0; weights 1, 10, 100; bias 1.
    fn outputs(weight: [f32; 3], stride: usize) -> TensorData {
        let device = Device::flex();
        let convolution = Convolution::from_values(&weight, &[1.0], stride, &device);
        let input = [[[1.0], [2.0], [3.0], [4.0]], [[0.0], [0.0], [5.0], [0.0]]];
        convolution
            .forward(Tensor::from_data(input, &device))
            .into_data()
    }

    /// 0 + 10 * 1 + 100 * 2 + 1 = 211, 1 + 20 + 300 + 1 = 322 and so on.
    #[test]
    fn each_step_sees_both_of_its_neighbours() {
        let expected = [
            [[211.0_f32], [322.0], [433.0], [44.0]],
            [[1.0], [501.0], [51.0], [6.0]],
        ];
        outputs([1.0, 10.0, 100.0], 1).assert_eq(&TensorData::from(expected), true);
    }

    #[test]
    fn a_stride_of_two_keeps_the_first_and_the_third() {
        let expected = [[[211.0_f32], [433.0]], [[1.0], [51.0]]];
        outputs([1.0, 10.0, 100.0], 2).assert_eq(&TensorData::from(expected), true);
    }

    /// 1 - 1 = 0, and 1 - 2 is negative.
    #[test]
    fn what_is_negative_becomes_zero() {
        let expected = [
            [[0.0_f32], [0.0], [0.0], [0.0]],
            [[1.0], [1.0], [0.0], [1.0]],
        ];
        outputs([0.0, -1.0, 0.0], 1).assert_eq(&TensorData::from(expected), true);
    }
}
