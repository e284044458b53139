//! The layer and the optimiser as operations of Burn.

use crate::Layer;
#[cfg(feature = "flex")]
use crate::adam::Factors;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, ExtensionType, backend_extension};
use std::fmt::Debug;
use std::sync::Arc;

/// Weights of one direction, in PyTorch's layout.
#[derive(Clone, Debug, ExtensionType)]
#[cfg_attr(feature = "cube", extension_type(fusion))]
pub struct Weights<B: Backend> {
    /// `[gates * d_hidden, d_input]`
    pub input: FloatTensor<B>,
    /// `[gates * d_hidden, d_hidden]`
    pub hidden: FloatTensor<B>,
    /// `[gates * d_hidden]`
    pub input_bias: FloatTensor<B>,
    /// `[gates * d_hidden]`
    pub hidden_bias: FloatTensor<B>,
}

/// Inputs and outputs of a forward pass, for its gradients.
#[derive(Clone, Debug)]
pub struct Saved<B: RecurrentKernel> {
    pub(crate) layer: Arc<Layer>,
    pub(crate) input: FloatTensor<B>,
    pub(crate) weights: [Weights<B>; 2],
    pub(crate) states: FloatTensor<B>,
    pub(crate) trace: B::Trace,
}

/// A backend that has kernels.
pub trait RecurrentKernel: Backend {
    /// What a forward pass records for its gradients besides the states.
    type Trace: Clone + Debug + Send + 'static;

    /// Reads every sequence in both directions; `input` is `[rows, d_input]`, the states are those that
    /// [`crate::LayerOutput`] says; the final ones alone are asked only of the CPU.
    fn read(
        layer: &Arc<Layer>,
        input: &FloatTensor<Self>,
        weights: &[Weights<Self>; 2],
    ) -> (FloatTensor<Self>, Self::Trace);

    /// Gradients of the input and the weights, given that of the states. Unless `wants_input`, nobody asks for that of
    /// the input, and a kernel may leave it out.
    fn gradients(
        saved: Saved<Self>,
        d_states: FloatTensor<Self>,
        wants_input: bool,
    ) -> (Option<FloatTensor<Self>>, [Weights<Self>; 2]);
}

/// The operation, chosen by the device of its input.
#[backend_extension(
    Autodiff: cfg(feature = "autodiff"),
    Flex: cfg(feature = "flex"),
    Cube: cfg(feature = "cube")
)]
pub trait RecurrentOps: Backend {
    /// Reads every sequence in both directions.
    fn bidirectional(
        input: FloatTensor<Self>,
        #[extension_type] forward: Weights<Self>,
        #[extension_type] backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> FloatTensor<Self>;
}

/// Operations without gradients.
#[cfg(feature = "flex")]
#[backend_extension(Flex)]
pub trait AdamOps: Backend {
    /// The parameter and both moments after one step.
    fn adam(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        factors: Factors,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// The root of the sum of squares, `[1]`.
    fn norm(tensor: FloatTensor<Self>) -> FloatTensor<Self>;
}
