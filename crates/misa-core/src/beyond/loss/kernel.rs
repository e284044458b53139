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

/// Rows whose squared distance is less than this share of their squared length count as equal: the
/// rest is rounding of single precision.
const COINCIDENT: f64 = 1e-5;

/// The squared distance of every row of `x` to every other, as shares of their mean, which is a
/// constant in the gradient. All 0 but for rounding where the rows coincide.
///
/// # Shapes
///
/// - x: `[rows, d_hidden]`
/// - output: `[rows, rows]`, at least 0
pub(crate) fn relative_distances(x: Tensor<2>) -> Tensor<2> {
    let [rows, _] = x.dims();
    let constant = x.clone().detach();
    let length = constant.square().sum() / rows as f64;
    let distances = squared_distances(x.clone(), x);
    let pairs = (rows * rows.saturating_sub(1)).max(1) as f64;
    let mean = distances.clone().detach().sum() / pairs;
    let coincide = mean.clone().lower_equal(length.clone() * COINCIDENT);
    // For rows of length 0, any constant serves.
    let one = length.clone().mask_fill(length.equal_scalar(0.0), 1.0);
    distances / mean.mask_where(coincide, one).reshape([1, 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relative(rows: [[f32; 3]; 3]) -> Vec<f32> {
        let rows = Tensor::<2>::from_data(rows, &Device::flex());
        relative_distances(rows).into_data().iter().collect()
    }

    /// Squared distances 1, 4 and 5, their mean 10/3.
    #[test]
    fn distances_are_shares_of_their_mean() {
        let found = relative([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]);
        let expected = [0.0, 0.3, 1.2, 0.3, 0.0, 1.5, 1.2, 1.5, 0.0];
        let errors = found.iter().zip(expected);
        assert!(errors.map(|(a, b)| (a - b).abs()).all(|error| error < 1e-6));
    }

    /// Rounding must not be scaled up to the size of a distance.
    #[test]
    fn rows_that_coincide_have_no_distance() {
        for value in [0.0, 0.1, 7.3, 1e-4] {
            let row = [value, value * 0.7, -value];
            let found = relative([row; 3]);
            assert!(found.iter().all(|share| *share < 1e-5), "{value} {found:?}");
        }
    }
}
