//! The context of an utterance: the others of its video.

use crate::dropout::drop_out;
use crate::encoder::{PackedSequence, Recurrent, RecurrentConfig, int_tensor};
use crate::{CellKind, ConfigError, Videos};
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, LinearConfig};
use burn::prelude::*;

misa_terms::settings! {
    /// Configuration of [`Context`].
    ///
    /// | Field | Default | Range |
    /// | --- | --- | --- |
    /// | `dropout` | 0.3 | `[0, 1)` |
    #[derive(PartialEq)]
    pub struct ContextConfig {
        /// Probability of zeroing a state in training. Range: `[0, 1)`.
        pub dropout: f64 = 0.3, with_dropout;
    }
}

/// A recurrent layer over the utterances of a video, whose output is added to their predictions.
///
/// `W drop([h_forward, h_backward])`, with `h` the states of a bidirectional layer whose steps are
/// the fused representations of the video's utterances, in the order in which they are spoken.
/// `W` starts at zero.
///
/// - Source: MISA, which leaves such a component to others; bc-LSTM (Poria et al. 2017).
/// - Differs: bc-LSTM predicts from the states alone; here they are added, so that a model starts
///   as MISA.
#[derive(Module, Debug)]
pub struct Context {
    recurrent: Recurrent,
    dropout: Dropout,
    output: Linear,
}

impl ContextConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let holds = (0.0..1.0).contains(&self.dropout);
        ConfigError::check("context.dropout", self.dropout, "[0, 1)", holds)
    }

    /// Creates the layer on `device`, of `cell`, for fused representations of `d_input` features,
    /// states of `d_hidden` in each direction and predictions of `d_output`.
    pub fn init(
        &self,
        cell: CellKind,
        [d_input, d_hidden, d_output]: [usize; 3],
        device: &Device,
    ) -> Context {
        let recurrent = RecurrentConfig::new(d_input, d_hidden).with_cell(cell);
        Context {
            recurrent: recurrent.init(device),
            dropout: DropoutConfig::new(self.dropout).init(),
            output: LinearConfig::new(2 * d_hidden, d_output)
                .with_bias(false)
                .with_initializer(Initializer::Zeros)
                .init(device),
        }
    }
}

impl Context {
    /// What its video adds to the prediction of each utterance.
    ///
    /// # Shapes
    ///
    /// - fused: `[batch, tokens, d_hidden]`, `d_input` numbers an utterance
    /// - output: `[batch, d_output]`
    ///
    /// # Panics
    ///
    /// Panics if `videos` are not those of the batch.
    pub fn forward(&self, fused: Tensor<3>, videos: &Videos) -> Tensor<2> {
        let [batch, tokens, d_hidden] = fused.dims();
        assert_eq!(videos.batch(), batch, "utterances in videos");
        let steps = pack(videos, fused.reshape([batch, tokens * d_hidden]));
        let states = unpack(videos, &self.recurrent.forward(&steps).states);
        self.output.forward(drop_out(&self.dropout, states))
    }
}

/// One sequence per video, whose steps are its utterances.
///
/// # Shapes
///
/// - rows: `[batch, d_input]`
fn pack(videos: &Videos, rows: Tensor<2>) -> PackedSequence {
    let order = videos.order().iter().map(|&row| row as i64).collect();
    let order = int_tensor(order, &rows.device());
    PackedSequence::from_rows(rows.select(0, order), &videos.firsts(), videos.counts())
}

/// The steps of [`pack`] back in the order of the batch.
///
/// # Shapes
///
/// - output: `[batch, d_input]`
fn unpack(videos: &Videos, sequence: &PackedSequence) -> Tensor<2> {
    let counts = videos.counts();
    let longest = counts.iter().copied().max().unwrap_or(0);
    let padded = sequence.padded(longest);
    let [n_videos, _, d_input] = padded.dims();
    let mut positions = vec![0; videos.batch()];
    for (video, (first, &count)) in videos.firsts().into_iter().zip(counts).enumerate() {
        for (step, &row) in videos.order()[first..][..count].iter().enumerate() {
            positions[row] = (video * longest + step) as i64;
        }
    }
    let positions = int_tensor(positions, &padded.device());
    (padded.reshape([n_videos * longest, d_input])).select(0, positions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::vectors::{self, assert_close, waves};
    use crate::testing::device;
    use burn::module::Param;
    use burn::tensor::Distribution;

    /// A layer whose output does not start at zero.
    fn context(device: &Device) -> Context {
        let context = ContextConfig::new().with_dropout(0.0);
        let context = context.init(CellKind::Lstm, [6, 4, 1], device);
        let weight = Tensor::<2>::ones([8, 1], device);
        Context {
            output: Linear {
                weight: Param::from_tensor(weight),
                bias: None,
            },
            ..context
        }
    }

    fn values(context: &Context, fused: &Tensor<3>, videos: &Videos) -> Vec<f32> {
        let output = context.forward(fused.clone(), videos).into_data();
        output.iter::<f32>().collect()
    }

    #[test]
    fn utterances_come_back_to_their_rows() {
        let device = device();
        let videos = Videos::new(&[vec![3], vec![4, 0, 2], vec![1]]);
        let rows = Tensor::<2>::from_data([[0.0], [1.0], [2.0], [3.0], [4.0]], &device);
        let packed = pack(&videos, rows.clone());
        assert_eq!(packed.lengths(), [1, 3, 1]);
        // The longest video first: 4 with the first utterances of the others, then 0, then 2.
        let expected = TensorData::from([[4.0f32], [3.0], [1.0], [0.0], [2.0]]);
        packed.rows.to_data().assert_eq(&expected, true);
        let back = unpack(&videos, &packed).into_data();
        back.assert_eq(&rows.into_data(), true);
    }

    #[test]
    fn nothing_is_added_at_the_start() {
        let device = device();
        let context = ContextConfig::new().init(CellKind::Gru, [6, 4, 2], &device);
        let output = context.forward(Tensor::ones([3, 2, 3], &device), &Videos::apart(3));
        assert_eq!(output.dims(), [3, 2]);
        assert_eq!(output.abs().max().into_scalar::<f32>(), 0.0);
    }

    /// Values and gradient by `scripts/loss-reference`; rows of a batch in another order.
    #[test]
    fn matches_reference_vector() {
        let x = vectors::x().autodiff().require_grad();
        let device = x.device();
        let config = ContextConfig::new().with_dropout(0.0);
        let context = waves(config.init(CellKind::Lstm, [4, 2, 1], &device));
        let rows = Tensor::from_data([2, 0, 1], &device);
        let fused = x.clone().select(0, rows).unsqueeze_dim::<3>(1);
        let output = context.forward(fused, &Videos::new(&[vec![1, 2, 0]]));
        assert_close(
            output.to_data(),
            [[-0.012_611_29], [0.048_243_37], [0.029_172_84]],
        );
        let gradient = x.grad(&output.square().sum().backward()).unwrap() * 100.0;
        assert_close(
            gradient.into_data(),
            [
                [-0.255_685, -0.239_862, -0.111_228, 0.069_718],
                [0.092_815, -0.072_597, -0.203_864, -0.239_252],
                [0.122_001, -0.072_773, -0.233_322, -0.284_135],
            ],
        );
    }

    #[test]
    fn only_utterances_of_the_same_video_have_influence() {
        let device = device();
        let context = context(&device);
        let uniform = Distribution::Uniform(-1.0, 1.0);
        let fused = Tensor::<3>::random([4, 2, 3], uniform, &device);
        let other = Tensor::<3>::random([1, 2, 3], uniform, &device);
        let changed = Tensor::cat(vec![fused.clone().narrow(0, 0, 3), other], 0);
        let videos = Videos::new(&[vec![3, 0], vec![1, 2]]);
        let before = values(&context, &fused, &videos);
        let after = values(&context, &changed, &videos);
        assert_ne!(before[0], after[0]);
        assert_eq!(before[1..3], after[1..3]);
        assert_ne!(before[3], after[3]);
    }

    #[test]
    fn the_order_of_a_video_matters_and_that_of_the_batch_does_not() {
        let device = device();
        let context = context(&device);
        let uniform = Distribution::Uniform(-1.0, 1.0);
        let fused = Tensor::<3>::random([3, 2, 3], uniform, &device);
        let forward = values(&context, &fused, &Videos::new(&[vec![0, 1, 2]]));
        let backward = values(&context, &fused, &Videos::new(&[vec![2, 1, 0]]));
        assert_ne!(forward, backward);
        let turned = fused.flip([0]);
        let mut of_turned = values(&context, &turned, &Videos::new(&[vec![2, 1, 0]]));
        of_turned.reverse();
        assert_eq!(forward, of_turned);
    }

    #[test]
    #[should_panic(expected = "utterances in videos")]
    fn videos_are_those_of_the_batch() {
        let device = device();
        let fused = Tensor::zeros([3, 2, 3], &device);
        let _ = context(&device).forward(fused, &Videos::apart(2));
    }
}
