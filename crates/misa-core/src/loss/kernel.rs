//! Distances between all rows of two batches, and Gaussians of them.

use burn::prelude::*;

/// Squared Euclidean distance of every row of `x` to every row of `y`.
///
/// # Shapes
///
/// - x: `[rows, d_hidden]`
/// - y: `[others, d_hidden]`
/// - output: `[rows, others]`, at least 0
pub(crate) fn squared_distances(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    let squares = |x: Tensor<2>| x.square().sum_dim(1);
    let products = x.clone().matmul(y.clone().transpose());
    // Rounding can bring the distance of a row to itself below zero.
    (squares(x) + squares(y).transpose() - products * 2.0).clamp_min(0.0)
}

/// The mean of squared distances between distinct rows, as a constant; 1 where all coincide.
///
/// # Shapes
///
/// - distances: `[rows, rows]`, zero from each row to itself
/// - output: `[1, 1]`, above 0
pub(crate) fn mean_distance(distances: &Tensor<2>) -> Tensor<2> {
    let [rows, _] = distances.dims();
    let pairs = (rows * rows.saturating_sub(1)).max(1) as f64;
    let mean = (distances.clone().detach().sum() / pairs).reshape([1, 1]);
    let coincide = mean.clone().equal_scalar(0.0);
    mean.mask_fill(coincide, 1.0)
}
