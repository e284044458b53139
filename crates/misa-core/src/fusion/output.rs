//! What a fusion computes.

use burn::prelude::*;

/// What a fusion computes from each utterance.
///
/// `tokens` is the number of representations fused: those of the modalities in use, in text,
/// visual, acoustic order, the private before the shared ones.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FusionOutput {
    /// The representations after attention, if there is any, `[batch, tokens, d_hidden]`.
    pub fused: Tensor<3>,
    /// Attention weights, `[batch, heads, tokens, tokens]`; rows are queries.
    pub attention: Option<Tensor<4>>,
    /// Hidden layer of the head before its dropout and activation: `[batch, 3 * d_hidden]` for
    /// three modalities of MISA.
    pub hidden: Tensor<2>,
    /// `[batch, d_output]`
    pub prediction: Tensor<2>,
}
