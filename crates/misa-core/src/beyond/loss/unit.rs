//! Rows of unit length, and the cosines between them.

use burn::prelude::*;

/// Keeps the length of a row away from zero.
///
/// - Source: code of DMD and DLF.
const EPSILON: f64 = 1e-8;

/// The rows of `x` at unit length; a row of zeros stays zero, with a finite gradient.
///
/// # Shapes
///
/// - x and output: `[rows, d_hidden]`
pub(crate) fn unit_rows(x: Tensor<2>) -> Tensor<2> {
    let length = (x.clone().square().sum_dim(1) + EPSILON).sqrt();
    x / length
}

/// Cosine of each row of `x` with the corresponding row of `y`.
///
/// # Shapes
///
/// - x and y: `[rows, d_hidden]`
/// - output: `[rows, 1]`
pub(crate) fn row_cosines(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    (unit_rows(x) * unit_rows(y)).sum_dim(1)
}
