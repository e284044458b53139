//! Affinities for t-SNE: the probability that a point picks another one as its neighbour.

/// Most bisection steps in the search for a width; fifty reach the precision of a double.
const HALVINGS: usize = 60;

/// Symmetric affinities of the points of `rows` (`[points, d]` row-major): `[points, points]`,
/// zero on the diagonal, with sum 1.
///
/// The Gaussian of each point is so wide that `perplexity` is its effective number of neighbours.
///
/// - Source: van der Maaten and Hinton 2008, equations 1 and 2 and section 3.1.
pub(crate) fn affinities(rows: &[f64], d: usize, perplexity: f64) -> Vec<f32> {
    let count = rows.len() / d;
    let mut conditional = vec![0.0_f64; count * count];
    for (i, line) in conditional.chunks_exact_mut(count).enumerate() {
        let point = &rows[i * d..(i + 1) * d];
        for (cell, other) in line.iter_mut().zip(rows.chunks_exact(d)) {
            *cell = point
                .iter()
                .zip(other)
                .map(|(a, b)| (a - b) * (a - b))
                .sum();
        }
        weigh(line, i, perplexity.ln());
    }
    let share = 1.0 / (2.0 * count as f64);
    let mut joint = vec![0.0_f32; count * count];
    for i in 0..count {
        for j in 0..count {
            let both = conditional[i * count + j] + conditional[j * count + i];
            joint[i * count + j] = (both * share) as f32;
        }
    }
    joint
}

/// Turns the squared distances from the point `index` into probabilities whose entropy is `wanted` nats.
fn weigh(line: &mut [f64], index: usize, wanted: f64) {
    line[index] = f64::INFINITY;
    let nearest = line.iter().copied().fold(f64::INFINITY, f64::min);
    let finite = line.iter().filter(|square| square.is_finite());
    let spread: f64 = finite.map(|square| square - nearest).sum::<f64>() / line.len() as f64;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut precision = if spread > 0.0 { 1.0 / spread } else { 1.0 };
    for _ in 0..HALVINGS {
        let difference = entropy(line, nearest, precision) - wanted;
        if difference.abs() < 1e-6 {
            break;
        }
        if difference > 0.0 {
            low = precision;
            precision = if high.is_finite() {
                f64::midpoint(low, high)
            } else {
                precision * 2.0
            };
        } else {
            high = precision;
            precision = f64::midpoint(low, high);
        }
    }
    let sum: f64 = line
        .iter()
        .map(|square| weight(*square, nearest, precision))
        .sum();
    line.iter_mut()
        .for_each(|square| *square = weight(*square, nearest, precision) / sum);
}

fn entropy(line: &[f64], nearest: f64, precision: f64) -> f64 {
    let (mut sum, mut moment) = (0.0, 0.0);
    for square in line.iter().filter(|square| square.is_finite()) {
        let weight = weight(*square, nearest, precision);
        sum += weight;
        moment += weight * (square - nearest) * precision;
    }
    sum.ln() + moment / sum
}

fn weight(square: f64, nearest: f64, precision: f64) -> f64 {
    if square.is_finite() {
        (-(square - nearest) * precision).exp()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_to_one_and_are_symmetric() {
        let rows: Vec<f64> = (0..40).map(|k| (f64::from(k) * 1.7).sin()).collect();
        let joint = affinities(&rows, 2, 5.0);
        let sum: f32 = joint.iter().sum();
        assert!((sum - 1.0).abs() < 1e-5, "{sum}");
        assert_eq!(joint[3 * 20 + 11], joint[11 * 20 + 3]);
        assert_eq!(joint[3 * 20 + 3], 0.0);
    }

    /// The entropy of each conditional row is the logarithm of the perplexity.
    #[test]
    fn each_point_has_the_requested_number_of_neighbours() {
        let mut line: Vec<f64> = (0..30).map(|k| f64::from(k * k)).collect();
        weigh(&mut line, 0, 4f64.ln());
        let entropy: f64 = line.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
        assert!((entropy.exp() - 4.0).abs() < 1e-4, "{}", entropy.exp());
    }

    #[test]
    fn equal_points_share_equally() {
        let joint = affinities(&[1.0; 8], 2, 1.5);
        assert!(joint.iter().all(|p| p.is_finite()));
        assert!((joint[1] - 1.0 / 12.0).abs() < 1e-6);
    }
}
