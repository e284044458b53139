//! Principal components by the Jacobi method.

/// Most sweeps over the covariance; a thousand dimensions usually need ten.
const SWEEPS: usize = 40;

/// Points on their first two principal components.
#[derive(Clone, Debug)]
pub(crate) struct Pca {
    /// `[points, 2]`.
    pub(crate) points: Vec<[f64; 2]>,
    /// Share of the variance along each component, from 0 to 1; 0 if nothing varies.
    pub(crate) explained: [f64; 2],
}

/// First two principal components of `rows`, `[points, d]` row-major.
///
/// The sign of a component is chosen so that its largest weight is positive, so equal rows give equal
/// pictures. A component that does not exist (because `d` is 1) is 0 everywhere.
pub(crate) fn pca(rows: &[f64], d: usize) -> Pca {
    let means = means(rows, d);
    let mut covariance = covariance(rows, d, &means);
    let total: f64 = (0..d).map(|i| covariance[i * d + i]).sum();
    let vectors = diagonalise(&mut covariance, d);
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|&a, &b| {
        covariance[b * d + b]
            .total_cmp(&covariance[a * d + a])
            .then(a.cmp(&b))
    });
    let axes = [0, 1].map(|k| {
        order
            .get(k)
            .map_or(vec![0.0; d], |&row| oriented(&vectors, d, row))
    });
    let share = |k: usize| match order.get(k) {
        Some(&i) if total > 0.0 => (covariance[i * d + i] / total).clamp(0.0, 1.0),
        _ => 0.0,
    };
    let along = |row: &[f64], axis: &[f64]| -> f64 {
        row.iter()
            .zip(&means)
            .zip(axis)
            .map(|((value, mean), weight)| (value - mean) * weight)
            .sum()
    };
    Pca {
        points: rows
            .chunks_exact(d)
            .map(|row| [0, 1].map(|k| along(row, &axes[k])))
            .collect(),
        explained: [share(0), share(1)],
    }
}

fn means(rows: &[f64], d: usize) -> Vec<f64> {
    let mut means = vec![0.0; d];
    for row in rows.chunks_exact(d) {
        means
            .iter_mut()
            .zip(row)
            .for_each(|(mean, value)| *mean += value);
    }
    let count = (rows.len() / d).max(1) as f64;
    means.iter_mut().for_each(|mean| *mean /= count);
    means
}

fn covariance(rows: &[f64], d: usize, means: &[f64]) -> Vec<f64> {
    let mut covariance = vec![0.0; d * d];
    let mut centred = vec![0.0; d];
    for row in rows.chunks_exact(d) {
        centred
            .iter_mut()
            .zip(row)
            .zip(means)
            .for_each(|((c, value), mean)| *c = value - mean);
        for (line, left) in covariance.chunks_exact_mut(d).zip(&centred) {
            line.iter_mut()
                .zip(&centred)
                .for_each(|(cell, right)| *cell += left * right);
        }
    }
    let count = (rows.len() / d).max(1) as f64;
    covariance.iter_mut().for_each(|cell| *cell /= count);
    covariance
}

/// Makes a symmetric matrix diagonal by plane rotations; the rows of the result are its eigenvectors.
fn diagonalise(matrix: &mut [f64], d: usize) -> Vec<f64> {
    let mut vectors = vec![0.0; d * d];
    (0..d).for_each(|i| vectors[i * d + i] = 1.0);
    let scale: f64 = matrix.iter().map(|cell| cell * cell).sum();
    for _ in 0..SWEEPS {
        if off_diagonal(matrix, d) <= 1e-22 * scale {
            break;
        }
        for p in 0..d {
            for q in p + 1..d {
                rotate(matrix, &mut vectors, d, (p, q));
            }
        }
    }
    vectors
}

fn off_diagonal(matrix: &[f64], d: usize) -> f64 {
    let squares = |i: usize| {
        matrix[i * d + i + 1..(i + 1) * d]
            .iter()
            .map(|cell| cell * cell)
    };
    (0..d).flat_map(squares).sum()
}

/// Rotation in the plane of axes `p` and `q` that makes their covariance zero.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], d: usize, (p, q): (usize, usize)) {
    let shared = matrix[p * d + q];
    if shared == 0.0 {
        return;
    }
    let ratio = (matrix[q * d + q] - matrix[p * d + p]) / (2.0 * shared);
    let tangent = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..d {
        rotate_pair(matrix, (k * d + p, k * d + q), (cosine, sine));
    }
    for k in 0..d {
        rotate_pair(matrix, (p * d + k, q * d + k), (cosine, sine));
        rotate_pair(vectors, (p * d + k, q * d + k), (cosine, sine));
    }
}

fn rotate_pair(cells: &mut [f64], (a, b): (usize, usize), (cosine, sine): (f64, f64)) {
    let (left, right) = (cells[a], cells[b]);
    cells[a] = cosine * left - sine * right;
    cells[b] = sine * left + cosine * right;
}

fn oriented(vectors: &[f64], d: usize, row: usize) -> Vec<f64> {
    let vector = &vectors[row * d..(row + 1) * d];
    let mut largest = 0.0_f64;
    for weight in vector {
        // Of weights with almost equal size the first one decides, so rounding cannot swap the sign.
        if weight.abs() > largest.abs() * (1.0 + 1e-9) {
            largest = *weight;
        }
    }
    let sign = if largest < 0.0 { -1.0 } else { 1.0 };
    vector.iter().map(|weight| weight * sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of the ellipse with half axes 2 and 1, the long one at 30 degrees, centred on (5, -1):
    /// variances 2 and 1/2, so 80 % and 20 %.
    #[test]
    fn finds_the_axes_of_an_ellipse() {
        let (cosine, sine) = (30f64.to_radians().cos(), 30f64.to_radians().sin());
        let count = 12;
        let mut rows = Vec::new();
        let mut along = Vec::new();
        for k in 0..count {
            let angle = std::f64::consts::TAU * f64::from(k) / f64::from(count);
            let (u, v) = (2.0 * angle.cos(), angle.sin());
            rows.extend([5.0 + cosine * u - sine * v, -1.0 + sine * u + cosine * v]);
            along.push([u, v]);
        }
        let result = pca(&rows, 2);
        assert!(
            (result.explained[0] - 0.8).abs() < 1e-12,
            "{:?}",
            result.explained
        );
        assert!((result.explained[1] - 0.2).abs() < 1e-12);
        for (point, expected) in result.points.iter().zip(&along) {
            assert!(
                (point[0] - expected[0]).abs() < 1e-9,
                "{point:?} {expected:?}"
            );
            assert!(
                (point[1] - expected[1]).abs() < 1e-9,
                "{point:?} {expected:?}"
            );
        }
    }

    #[test]
    fn keeps_distances_of_points_in_a_plane() {
        let rows = [0.0, 0.0, 0.0, 3.0, 0.0, 4.0, 1.0, 1.0, 1.0];
        let plane = pca(&rows, 3).points;
        let distance = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        assert!((distance(plane[0], plane[1]) - 5.0).abs() < 1e-9);
        assert!((distance(plane[0], plane[2]) - 3f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn survives_one_dimension_and_no_variance() {
        let line = pca(&[1.0, 3.0], 1);
        assert_eq!(line.points, [[-1.0, 0.0], [1.0, 0.0]]);
        assert_eq!(line.explained, [1.0, 0.0]);
        let still = pca(&[2.0; 8], 4);
        assert_eq!(still.points, [[0.0; 2]; 2]);
        assert_eq!(still.explained, [0.0; 2]);
        assert!(pca(&[], 3).points.is_empty());
    }
}
