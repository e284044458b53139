//! Statistics of pairs and groups.

use misa_terms::SIMS_CLASS_ENDS;

/// Mean and population standard deviation of `values`; `None` without values.
pub(crate) fn mean_and_spread(values: &[f64]) -> Option<(f64, f64)> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count;
    Some((mean, variance.sqrt()))
}

/// Straight line through points, by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) slope: f64,
    pub(crate) intercept: f64,
    /// Pearson's correlation, from -1 to 1; `None` if `y` does not vary.
    pub(crate) r: Option<f64>,
}

impl Line {
    /// The line through points `(x, y)`; `None` if `x` does not vary.
    pub(crate) fn through(points: &[(f64, f64)]) -> Option<Self> {
        let of = |axis: fn(&(f64, f64)) -> f64| points.iter().map(axis).collect::<Vec<_>>();
        let (x_mean, x_spread) = mean_and_spread(&of(|point| point.0))?;
        let (y_mean, y_spread) = mean_and_spread(&of(|point| point.1))?;
        // Rounding of the mean leaves a tiny spread even if the values are equal.
        let varies = |spread: f64, mean: f64| spread > mean.abs() * 1e-12;
        if !varies(x_spread, x_mean) {
            return None;
        }
        let product: f64 = points
            .iter()
            .map(|(x, y)| (x - x_mean) * (y - y_mean))
            .sum();
        let together = product / points.len() as f64;
        let slope = together / (x_spread * x_spread);
        let r = (together / (x_spread * y_spread)).clamp(-1.0, 1.0);
        let r = varies(y_spread, y_mean).then_some(r);
        Some(Self {
            slope,
            intercept: y_mean - slope * x_mean,
            r,
        })
    }
}

/// The 95 % confidence interval of the share `hits / count`.
///
/// - Source: Wilson 1927, the score interval without continuity correction.
pub(crate) fn wilson(hits: usize, count: usize) -> (f64, f64) {
    let (n, z) = (count.max(1) as f64, 1.96_f64);
    let share = hits as f64 / n;
    let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// Counts of pairs of classes: `[classes, classes]`; rows are targets, columns are predictions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Confusion {
    pub(crate) classes: usize,
    pub(crate) counts: Vec<usize>,
}

impl Confusion {
    /// Counts `(target, prediction)` pairs.
    ///
    /// # Panics
    ///
    /// Panics if a class is at least `classes`.
    pub(crate) fn new(classes: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut counts = vec![0; classes * classes];
        for (target, prediction) in pairs {
            counts[target * classes + prediction] += 1;
        }
        Self { classes, counts }
    }

    /// Number of counted utterances.
    pub(crate) fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Share of correct predictions; `None` without utterances.
    pub(crate) fn accuracy(&self) -> Option<f64> {
        let hits: usize = self.counts.iter().step_by(self.classes + 1).sum();
        let total = self.total();
        (total > 0).then(|| hits as f64 / total as f64)
    }
}

/// Class of Acc-7, from 0 (sentiment -3) to 6 (sentiment 3): clamped, then rounded with halves to the
/// even number.
pub(crate) fn seven_classes(sentiment: f32) -> usize {
    (sentiment.clamp(-3.0, 3.0).round_ties_even() + 3.0) as usize
}

/// Class of Acc-5 (SIMS), from 0 (negative) to 4 (positive).
pub(crate) fn sims_classes(sentiment: f32) -> usize {
    let ends = SIMS_CLASS_ENDS.iter();
    ends.filter(|end| sentiment > **end).count()
}

/// Class of Acc-2 (neg/non-neg): 0 below zero, otherwise 1.
pub(crate) fn two_classes(sentiment: f32) -> usize {
    usize::from(sentiment >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x̄ = 2.5, ȳ = 4.75; Sxy = 8.5, Sxx = 5, Syy = 14.75: slope 1.7, intercept 0.5,
    /// r = 8.5 / sqrt(73.75) = 0.98978...
    #[test]
    fn fits_a_line_through_four_points() {
        let line = Line::through(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (4.0, 7.0)]).unwrap();
        assert!((line.slope - 1.7).abs() < 1e-12);
        assert!((line.intercept - 0.5).abs() < 1e-12);
        assert!((line.r.unwrap() - 0.989_778_27).abs() < 1e-7);
    }

    #[test]
    fn has_no_line_without_variance() {
        assert_eq!(Line::through(&[]), None);
        assert_eq!(Line::through(&[(0.1, 1.0), (0.1, 2.0), (0.1, 3.0)]), None);
        let flat = Line::through(&[(0.0, 2.0), (1.0, 2.0)]).unwrap();
        assert_eq!((flat.slope, flat.r), (0.0, None));
    }

    #[test]
    fn rounds_halves_to_the_even_class() {
        let classes = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 7.0].map(seven_classes);
        assert_eq!(classes, [0, 1, 1, 3, 3, 5, 5, 6]);
    }

    #[test]
    fn zero_is_non_negative() {
        assert_eq!([-0.01, -0.0, 0.0, 1.0].map(two_classes), [0, 1, 1, 1]);
        let sims = [-1.4, -0.7, -0.6, -0.1, 0.0, 0.1, 0.2, 0.7, 0.8].map(sims_classes);
        assert_eq!(sims, [0, 0, 1, 1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn counts_targets_in_rows() {
        let confusion = Confusion::new(2, [(0, 0), (0, 1), (0, 1), (1, 1)]);
        assert_eq!(confusion.counts, [1, 2, 0, 1]);
        assert_eq!(confusion.accuracy(), Some(0.5));
        assert_eq!(Confusion::new(2, []).accuracy(), None);
    }

    /// 8 of 10: (0.4902, 0.9433), as in published tables of the score interval.
    #[test]
    fn wilson_interval_of_eight_in_ten() {
        let (low, high) = wilson(8, 10);
        assert!(
            (low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4,
            "{low} {high}"
        );
    }
}
