//! Random matrices with orthonormal columns.

use burn::prelude::*;
use burn::tensor::{Distribution, TensorData};
use std::cell::Cell;

thread_local! {
    /// Whether what is drawn on this thread will be replaced.
    static IS_REPLACED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `init`, whose orthogonal matrices are zeros, because all weights will be replaced: for a model of
/// published size, they take longer to draw than the weights to read.
pub(crate) fn to_be_replaced<T>(init: impl FnOnce() -> T) -> T {
    /// Also after a panic.
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IS_REPLACED.set(self.0);
        }
    }
    let _restore = Restore(IS_REPLACED.replace(true));
    init()
}

/// A random matrix with orthonormal columns, uniformly distributed among them.
///
/// It is the factor Q of the QR decomposition of a normal matrix, with the diagonal of R positive,
/// as in PyTorch's orthogonal initialisation. Computed from the Cholesky factor of the Gram
/// matrix, whose products run on `device`: a tall normal matrix is far from singular.
///
/// # Shapes
///
/// - output: `[rows, columns]`, `rows` at least `columns`
pub(crate) fn orthogonal([rows, columns]: [usize; 2], device: &Device) -> Tensor<2> {
    if IS_REPLACED.get() {
        return Tensor::zeros([rows, columns], device);
    }
    let normal = Tensor::random([rows, columns], Distribution::Normal(0.0, 1.0), device);
    // The second pass removes the rounding error of the first.
    orthonormalise(orthonormalise(normal))
}

/// `A L^-T`, where `A^T A = L L^T`.
fn orthonormalise(matrix: Tensor<2>) -> Tensor<2> {
    let [_, columns] = matrix.dims();
    let gram = matrix.clone().transpose().matmul(matrix.clone());
    let gram: Vec<f64> = gram.into_data().iter::<f64>().collect();
    let inverse = inverse_lower(&cholesky(&gram, columns), columns);
    let inverse: Vec<f32> = inverse.into_iter().map(|x| x as f32).collect();
    let inverse = TensorData::new(inverse, [columns, columns]);
    let inverse: Tensor<2> = Tensor::from_data(inverse, &matrix.device());
    matrix.matmul(inverse.transpose())
}

/// The transpose of the lower factor of a positive definite matrix of `n` rows.
///
/// A row's sums grow side by side, each in the order of the columns: in one loop over vectors, where a sum of its own
/// would wait for every addition.
fn cholesky(matrix: &[f64], n: usize) -> Vec<f64> {
    let mut turned = vec![0.0; n * n];
    for (row, numbers) in matrix.chunks_exact(n).enumerate() {
        let mut sums = vec![0.0; row + 1];
        for column in 0..row {
            let factors = &mut turned[column * n..][..n];
            let factor = (numbers[column] - sums[column]) / factors[column];
            factors[row] = factor;
            for (sum, other) in sums[column + 1..].iter_mut().zip(&factors[column + 1..]) {
                *sum += factor * other;
            }
        }
        turned[row * n + row] = (numbers[row] - sums[row]).sqrt();
    }
    turned
}

/// The inverse of the lower triangular matrix of `n` rows whose transpose is `turned`.
fn inverse_lower(turned: &[f64], n: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; n * n];
    for row in 0..n {
        let (above, current) = inverse.split_at_mut(row * n);
        for (column, solved) in above.chunks_exact(n).enumerate() {
            let factor = turned[column * n + row];
            for (value, solved) in current.iter_mut().zip(&solved[..=column]) {
                *value -= factor * solved;
            }
        }
        current[row] = 1.0;
        let diagonal = turned[row * n + row];
        current[..=row]
            .iter_mut()
            .for_each(|value| *value /= diagonal);
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;
    use burn::tensor::Tolerance;

    #[test]
    fn matrices_to_be_replaced_are_not_drawn() {
        let device = device();
        let sum = || orthogonal([3, 2], &device).abs().sum().into_scalar::<f32>();
        assert_eq!(to_be_replaced(sum), 0.0);
        assert!(sum() > 0.0);
    }

    #[test]
    fn factors_match_hand_computed_values() {
        // [[4, 2], [2, 10]] = [[2, 0], [1, 3]] [[2, 1], [0, 3]]
        let turned = cholesky(&[4.0, 2.0, 2.0, 10.0], 2);
        assert_eq!(turned, [2.0, 1.0, 0.0, 3.0]);
        assert_eq!(inverse_lower(&turned, 2), [0.5, 0.0, -1.0 / 6.0, 1.0 / 3.0]);
    }

    #[test]
    fn columns_are_orthonormal() {
        let device = device();
        for shape in [[4, 1], [6, 6], [120, 30]] {
            let matrix = orthogonal(shape, &device);
            let identity = Tensor::<2>::eye(shape[1], &device).into_data();
            let product = matrix.clone().transpose().matmul(matrix).into_data();
            product.assert_approx_eq::<f32>(&identity, Tolerance::absolute(1e-5));
        }
    }
}
