//! Medians and straight lines.

use serde::Serialize;

/// The middle of the values, or the mean of the two in the middle.
///
/// # Panics
///
/// Panics if there are no values.
pub fn median(values: &[f64]) -> f64 {
    assert!(!values.is_empty(), "the median of nothing");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        (sorted[middle - 1] + sorted[middle]) / 2.0
    } else {
        sorted[middle]
    }
}

/// The mean of the values, 0 of none.
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1);
    values.sum::<f64>() / count as f64
}

/// The straight line closest to some points, by least squares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Value at 0.
    pub intercept: f64,
    /// Rise per unit.
    pub slope: f64,
    /// Share of the variance that the line explains, 1 where all points lie on it.
    pub r_squared: f64,
}

impl Line {
    /// The line through `points`, each a place and a value.
    ///
    /// # Panics
    ///
    /// Panics if there are not two different places.
    pub fn fit(points: &[(f64, f64)]) -> Self {
        let mean_x = mean(points.iter().map(|(x, _)| *x));
        let mean_y = mean(points.iter().map(|(_, y)| *y));
        let sum = |term: fn(f64, f64) -> f64| -> f64 {
            let terms = points.iter().map(|(x, y)| term(x - mean_x, y - mean_y));
            terms.sum()
        };
        let (xx, xy, yy) = (sum(|x, _| x * x), sum(|x, y| x * y), sum(|_, y| y * y));
        assert!(xx > 0.0, "a line needs two places");
        Self {
            intercept: mean_y - xy / xx * mean_x,
            slope: xy / xx,
            // Values that are all the same lie on a line.
            r_squared: if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 },
        }
    }

    /// Value at `x`.
    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[9.0, 1.0, 2.0, 4.0]), 3.0);
    }

    #[test]
    fn points_on_a_line_are_explained_in_full() {
        let line = Line::fit(&[(0.0, 1.0), (1.0, 3.0), (3.0, 7.0)]);
        assert!((line.intercept - 1.0).abs() < 1e-12);
        assert!((line.slope - 2.0).abs() < 1e-12);
        assert!((line.r_squared - 1.0).abs() < 1e-12);
        assert!((line.at(10.0) - 21.0).abs() < 1e-12);
    }

    /// Slope 1/2 and residuals -1/6, 1/3, -1/6: 1 - (1/6) / (2/3) = 3/4.
    #[test]
    fn the_rest_is_left_unexplained() {
        let line = Line::fit(&[(0.0, 0.0), (1.0, 1.0), (2.0, 1.0)]);
        assert!((line.r_squared - 0.75).abs() < 1e-12);
        assert!((line.intercept - 1.0 / 6.0).abs() < 1e-12);
    }
}
