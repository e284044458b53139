//! The eight activations of the official code, chosen by name.

use burn::nn::activation::{
    Elu, EluConfig, HardShrink, HardShrinkConfig, Hardtanh, HardtanhConfig, LeakyRelu,
    LeakyReluConfig, PRelu, PReluConfig, RRelu, RReluConfig, Relu, Tanh,
};
use burn::prelude::*;
use burn::tensor::Distribution;
use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// Name of an activation. Constants are PyTorch's defaults.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum ActivationKind {
        /// Exponential linear unit, alpha 1.
        Elu,
        /// Zero within 0.5 of zero, identity elsewhere.
        HardShrink,
        /// Clamp to `[-1, 1]`.
        HardTanh,
        /// Slope 0.01 below zero.
        LeakyRelu,
        /// One learned slope below zero, starting at 0.25.
        PRelu,
        /// Zero below zero.
        #[default]
        Relu,
        /// Slope drawn from `[1/8, 1/3)` in training, their mean otherwise.
        RRelu,
        /// Hyperbolic tangent.
        Tanh,
    }
}

/// The activation shared by the projections, the adversary and the fusion head.
///
/// - Source: official code, where one module instance serves every place; so one learned slope
///   serves them all here.
#[derive(Module, Debug)]
#[non_exhaustive]
pub enum Activation {
    /// See [`ActivationKind::Elu`].
    Elu(Elu),
    /// See [`ActivationKind::HardShrink`].
    HardShrink(HardShrink),
    /// See [`ActivationKind::HardTanh`].
    HardTanh(Hardtanh),
    /// See [`ActivationKind::LeakyRelu`].
    LeakyRelu(LeakyRelu),
    /// See [`ActivationKind::PRelu`].
    PRelu(PRelu),
    /// See [`ActivationKind::Relu`].
    Relu(Relu),
    /// See [`ActivationKind::RRelu`].
    RRelu(RRelu),
    /// See [`ActivationKind::Tanh`].
    Tanh(Tanh),
}

impl ActivationKind {
    /// Creates the activation on `device`.
    pub fn init(self, device: &Device) -> Activation {
        match self {
            Self::Elu => Activation::Elu(EluConfig::new().init()),
            Self::HardShrink => Activation::HardShrink(HardShrinkConfig::new().init()),
            Self::HardTanh => Activation::HardTanh(HardtanhConfig::new().init()),
            Self::LeakyRelu => Activation::LeakyRelu(LeakyReluConfig::new().init()),
            Self::PRelu => Activation::PRelu(PReluConfig::new().init(device)),
            Self::Relu => Activation::Relu(Relu::new()),
            Self::RRelu => Activation::RRelu(RReluConfig::new().init()),
            Self::Tanh => Activation::Tanh(Tanh::new()),
        }
    }
}

impl Activation {
    /// Applies the activation element by element.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Elu(elu) => elu.forward(input),
            Self::HardShrink(shrink) => shrink.forward(input),
            Self::HardTanh(Hardtanh { min_val, max_val }) => clamp(input, *min_val, *max_val),
            Self::LeakyRelu(relu) => scale_negative(input, |x| x * relu.negative_slope),
            Self::PRelu(relu) => scale_negative(input, |x| x * relu.alpha.val().unsqueeze()),
            Self::Relu(relu) => relu.forward(input),
            Self::RRelu(relu) => scale_negative(input, |x| random_slope(x, relu)),
            Self::Tanh(tanh) => tanh.forward(input),
        }
    }
}

/// Applies `scale` to everything that is not positive: zero has the gradient of the negative
/// side, as in PyTorch.
fn scale_negative<const D: usize>(
    input: Tensor<D>,
    scale: impl Fn(Tensor<D>) -> Tensor<D>,
) -> Tensor<D> {
    let negative = input.clone().lower_equal_scalar(0.0);
    input.clone().mask_where(negative, scale(input))
}

/// A slope per element in training, their mean otherwise.
fn random_slope<const D: usize>(input: Tensor<D>, relu: &RRelu) -> Tensor<D> {
    if relu.training.is_enabled() && input.device().is_autodiff() {
        let slopes = input.random_like(Distribution::Uniform(relu.lower, relu.upper));
        return input * slopes;
    }
    input * ((relu.lower + relu.upper) / 2.0)
}

/// Clamps, with no gradient at the bounds themselves, as PyTorch does.
fn clamp<const D: usize>(input: Tensor<D>, min: f64, max: f64) -> Tensor<D> {
    let clamped = input.clone().clamp(min, max).detach();
    let below = input.clone().lower_equal_scalar(min);
    let outside = input.clone().greater_equal_scalar(max).bool_or(below);
    input.mask_where(outside, clamped)
}
