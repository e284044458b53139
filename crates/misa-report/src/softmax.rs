//! Multinomial logistic regression.

/// Weight of the L2 penalty, relative to the mean cross-entropy.
const PENALTY: f64 = 1e-3;
const STEPS: usize = 300;
/// The fit has converged when no entry of the gradient is larger than this.
const FLAT: f64 = 1e-4;
/// Iterations in the search for the steepest direction, and the safety factor for their small number.
const PRODUCTS: (usize, f64) = (20, 1.1);

/// Linear boundaries between classes.
#[derive(Clone, Debug)]
pub(crate) struct SoftmaxRegression {
    classes: usize,
    /// `[classes, features + 1]`, row-major; the last value of a row is the bias.
    weights: Vec<f64>,
}

/// Rows of features, with the class of each row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Examples<'a> {
    /// `[rows, features]`, row-major.
    pub(crate) rows: &'a [f64],
    pub(crate) features: usize,
    pub(crate) labels: &'a [usize],
}

impl SoftmaxRegression {
    /// Minimises the mean cross-entropy plus half `PENALTY` times the squared weights by
    /// accelerated gradient descent from zero; equal examples give equal weights.
    ///
    /// - Source: Nesterov 1983; the step size from the bound `lambda_max / 2` on the curvature.
    pub(crate) fn fit(examples: Examples<'_>, classes: usize) -> Self {
        let size = classes * (examples.features + 1);
        let step = 1.0 / (0.5 * steepest(examples) + PENALTY);
        let (mut weights, mut ahead) = (vec![0.0; size], vec![0.0; size]);
        let mut pace = 1.0_f64;
        for _ in 0..STEPS {
            let gradient = gradient(examples, &ahead, classes);
            if gradient.iter().all(|slope| slope.abs() < FLAT) {
                break;
            }
            let next_pace = f64::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            let drift = (pace - 1.0) / next_pace;
            for ((weight, ahead), slope) in weights.iter_mut().zip(&mut ahead).zip(&gradient) {
                let moved = *ahead - step * slope;
                *ahead = moved + drift * (moved - *weight);
                *weight = moved;
            }
            pace = next_pace;
        }
        Self { classes, weights }
    }

    /// Most likely class of `row`; the first one if several are equally likely.
    pub(crate) fn class(&self, row: &[f64]) -> usize {
        let scores = scores(&self.weights, row, self.classes);
        let better = |best: usize, k: usize| if scores[k] > scores[best] { k } else { best };
        (1..self.classes).fold(0, better)
    }
}

fn scores(weights: &[f64], row: &[f64], classes: usize) -> Vec<f64> {
    let score = |line: &[f64]| dot(line, row) + line[row.len()];
    weights
        .chunks_exact(weights.len() / classes)
        .map(score)
        .collect()
}

fn gradient(examples: Examples<'_>, weights: &[f64], classes: usize) -> Vec<f64> {
    let width = examples.features + 1;
    let share = 1.0 / examples.labels.len().max(1) as f64;
    let mut gradient: Vec<f64> = weights.iter().map(|weight| PENALTY * weight).collect();
    for (row, label) in examples
        .rows
        .chunks_exact(examples.features)
        .zip(examples.labels)
    {
        let mut errors = scores(weights, row, classes);
        let highest = errors.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        errors
            .iter_mut()
            .for_each(|score| *score = (*score - highest).exp());
        let sum: f64 = errors.iter().sum();
        for (k, error) in errors.iter().enumerate() {
            let error = (error / sum - f64::from(u8::from(k == *label))) * share;
            let line = &mut gradient[k * width..(k + 1) * width];
            line.iter_mut()
                .zip(row)
                .for_each(|(slope, value)| *slope += error * value);
            line[examples.features] += error;
        }
    }
    gradient
}

/// Upper estimate of the largest eigenvalue of the second moments of the features and the bias.
fn steepest(examples: Examples<'_>) -> f64 {
    let width = examples.features + 1;
    let count = examples.labels.len().max(1) as f64;
    let mut direction: Vec<f64> = (0..width).map(|k| 1.0 + k as f64 / width as f64).collect();
    let mut length = 0.0;
    for _ in 0..PRODUCTS.0 {
        let norm = dot(&direction, &direction).sqrt().max(f64::MIN_POSITIVE);
        direction.iter_mut().for_each(|value| *value /= norm);
        let mut next = vec![0.0; width];
        for row in examples.rows.chunks_exact(examples.features) {
            let along = dot(&direction, row) + direction[examples.features];
            next.iter_mut()
                .zip(row)
                .for_each(|(sum, value)| *sum += along * value / count);
            next[examples.features] += along / count;
        }
        length = dot(&next, &next).sqrt();
        direction = next;
    }
    length * PRODUCTS.1 + 1e-9
}

/// Dot product over the length of `right`, in four partial sums that the processor computes in
/// parallel.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let whole = right.len() / 4 * 4;
    for (a, b) in left.chunks_exact(4).zip(right.chunks_exact(4)) {
        (0..4).for_each(|k| sums[k] += a[k] * b[k]);
    }
    let rest: f64 = left[whole..]
        .iter()
        .zip(&right[whole..])
        .map(|(a, b)| a * b)
        .sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_separable_classes() {
        let rows = [
            -2.0, 0.1, -1.5, -0.3, 1.4, 0.2, 2.2, -0.1, 0.1, 3.0, -0.2, 2.5,
        ];
        let labels = [0, 0, 1, 1, 2, 2];
        let examples = Examples {
            rows: &rows,
            features: 2,
            labels: &labels,
        };
        let fitted = SoftmaxRegression::fit(examples, 3);
        let classes: Vec<usize> = rows.chunks_exact(2).map(|row| fitted.class(row)).collect();
        assert_eq!(classes, labels);
    }

    /// One feature of 1 or -1, 3 of 4 rows in the class of their sign: without a penalty the log
    /// odds at 1 are `ln 3`, and with no bias they are the difference of the two weights.
    #[test]
    fn reaches_the_optimum() {
        let rows = [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0];
        let labels = [1, 1, 1, 0, 0, 0, 0, 1];
        let examples = Examples {
            rows: &rows,
            features: 1,
            labels: &labels,
        };
        let fitted = SoftmaxRegression::fit(examples, 2);
        let difference = fitted.weights[2] - fitted.weights[0];
        assert!((difference - 3f64.ln()).abs() < 0.01, "{difference}");
        assert!(fitted.weights[1].abs() < 1e-9);
    }

    #[test]
    fn adds_products_of_any_length() {
        let left: Vec<f64> = (0..7).map(f64::from).collect();
        assert_eq!(dot(&left, &left), 91.0);
        assert_eq!(dot(&left, &left[..3]), 5.0);
    }
}
