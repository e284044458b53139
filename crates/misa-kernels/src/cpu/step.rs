//! What a cell reads and writes in one step.

use crate::cpu::matrix::Rows;
use pulp::Simd;
use std::ops::Range;

/// One step forward; `alive` sequences, of which the first may have a state already.
pub(crate) struct ForwardStep<'a> {
    pub(crate) d_hidden: usize,
    /// `[alive, gates * d_hidden]`: in, the step times its weight plus its bias; out, the values
    /// of the gates if they are kept, otherwise nothing of use.
    pub(crate) gates: &'a mut [f32],
    /// `[alive, gates * d_hidden]`: the state times its weight plus its bias.
    pub(crate) recurrent: &'a [f32],
    /// `[begun, d_hidden]`; a sequence without a row begins with zeros.
    pub(crate) hidden_before: &'a [f32],
    /// `[begun, d_hidden]`
    pub(crate) memory_before: &'a [f32],
    /// `[alive, d_hidden]`: out, the state.
    pub(crate) hidden: &'a mut [f32],
    /// `[alive, d_hidden]`: out, what else the backward pass needs.
    pub(crate) memory: &'a mut [f32],
}

/// One step of the backward pass.
pub(crate) struct BackwardStep<'a> {
    pub(crate) d_hidden: usize,
    /// `[alive, gates * d_hidden]`: in, the values of the gates; out, the gradient of the recurrent
    /// product.
    pub(crate) gates: &'a mut [f32],
    /// `[alive, d_hidden]`
    pub(crate) memory: &'a [f32],
    /// `[begun, d_hidden]`
    pub(crate) memory_before: &'a [f32],
    /// `[begun, d_hidden]`
    pub(crate) hidden_before: Rows<'a>,
    /// `[alive, d_hidden]`: gradient of the state as the layer's output, if it is one.
    pub(crate) d_output: Option<Rows<'a>>,
    /// `[alive, d_hidden]`: in, gradient of the state from the step after, or as the final state; a GRU leaves its
    /// share of the gradient of the state before.
    pub(crate) carried_hidden: &'a mut [f32],
    /// `[alive, d_hidden]`: the same for the memory of an LSTM.
    pub(crate) carried_memory: &'a mut [f32],
    /// `[alive, d_hidden]`: out, gradient of the candidate's input product, where it differs from
    /// that of its recurrent product: in a GRU.
    pub(crate) d_candidate: &'a mut [f32],
}

impl BackwardStep<'_> {
    /// A row of zeros, which stands for the gradient of a state that is no output.
    pub(crate) fn nothing(&self) -> Vec<f32> {
        match self.d_output {
            Some(_) => Vec::new(),
            None => vec![0.0; self.d_hidden],
        }
    }
}

/// The pieces of a row of `count` numbers that fit a vector.
#[inline(always)]
pub(crate) fn lanes<S: Simd>(count: usize) -> impl Iterator<Item = Range<usize>> + Clone {
    (0..count)
        .step_by(S::F32_LANES)
        .map(move |start| start..count.min(start + S::F32_LANES))
}

/// The numbers of a piece of a row, a whole vector without a mask.
#[inline(always)]
pub(crate) fn load<S: Simd>(simd: S, piece: &[f32]) -> S::f32s {
    match S::as_simd_f32s(piece).0 {
        [whole] => *whole,
        _ => simd.partial_load_f32s(piece),
    }
}

/// Writes what [`load`] reads.
#[inline(always)]
pub(crate) fn store<S: Simd>(simd: S, piece: &mut [f32], values: S::f32s) {
    if piece.len() == S::F32_LANES {
        S::as_mut_simd_f32s(piece).0[0] = values
    } else {
        simd.partial_store_f32s(piece, values)
    }
}
