//! Mean, spread and interval of a few seeds.

use super::FEWEST_SEEDS;
use super::interval::{ROUNDING, cut, reach};
use serde::{Deserialize, Serialize};

/// Summary of a few values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// Number of values.
    pub count: usize,
    /// Their mean; `None` without values.
    pub mean: Option<f64>,
    /// Their sample standard deviation (divisor `count - 1`); `None` for fewer than two values.
    pub deviation: Option<f64>,
    /// The 95 % confidence interval of the mean by Student's t distribution; `None` for fewer than
    /// [`FEWEST_SEEDS`] values, and for values that are equal but for rounding. For scores of seeds it covers
    /// other seeds on the same utterances.
    pub interval: Option<(f64, f64)>,
}

impl Summary {
    /// Summarises the values; undefined ones are left out.
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values: Vec<f64> = values
            .into_iter()
            .flatten()
            .filter(|x| x.is_finite())
            .collect();
        let count = values.len();
        if count == 0 {
            return Self::default();
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares = values.iter().map(|value| (value - mean).powi(2));
        let deviation = (count > 1).then(|| (squares.sum::<f64>() / (count - 1) as f64).sqrt());
        let summary = Self {
            count,
            mean: Some(mean),
            deviation,
            interval: None,
        };
        let interval = summary.deviation_of_enough().and_then(|deviation| {
            let error = deviation / (count as f64).sqrt();
            let half = reach((count - 1) as f64)? * error;
            (error > ROUNDING).then_some((mean - half, mean + half))
        });
        Self {
            interval,
            ..summary
        }
    }

    /// Whether it is of some of `all` values, but not of all of them.
    pub fn is_partial(&self, all: usize) -> bool {
        (1..all).contains(&self.count)
    }

    /// The deviation, if there are [`FEWEST_SEEDS`] values to show it.
    pub(super) fn deviation_of_enough(&self) -> Option<f64> {
        self.deviation.filter(|_| self.count >= FEWEST_SEEDS)
    }

    /// The same summary of values that are never outside the lowest and the highest of `range`.
    pub fn within(self, range: (f64, f64)) -> Self {
        Self {
            interval: self.interval.map(|interval| cut(interval, range)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    /// Quantiles of Student's distribution from tables: 2.776445105 for 4 degrees of freedom,
    /// 4.302652730 for 2.
    #[test]
    fn intervals_are_those_of_student() {
        let summary = Summary::of([1.0, 2.0, 3.0, 4.0, 5.0].map(Some));
        let deviation = 2.5f64.sqrt();
        assert!(close(summary.mean.unwrap(), 3.0) && close(summary.deviation.unwrap(), deviation));
        let half = 2.776_445_105 * deviation / 5f64.sqrt();
        let (low, high) = summary.interval.unwrap();
        assert!((low - (3.0 - half)).abs() < 1e-6 && (high - (3.0 + half)).abs() < 1e-6);
        let (low, high) = Summary::of([0.0, 1.0, 2.0].map(Some)).interval.unwrap();
        let half = 4.302_652_730 / 3f64.sqrt();
        assert!((low - (1.0 - half)).abs() < 1e-6, "{low}");
        assert!((high - (1.0 + half)).abs() < 1e-6, "{high}");
    }

    #[test]
    fn two_values_have_no_interval() {
        let two = Summary::of([Some(0.0), Some(2.0)]);
        assert_eq!((two.interval, two.deviation), (None, Some(2f64.sqrt())));
    }

    #[test]
    fn equal_values_have_no_interval() {
        for values in [[0.85, 0.85, 0.85], [0.85, 0.85 + 1e-7, 0.85]] {
            let equal = Summary::of(values.map(Some));
            assert!(equal.interval.is_none() && equal.deviation.unwrap() < 1e-7);
        }
        let close = Summary::of([0.85, 0.851, 0.85].map(Some));
        assert!(close.interval.is_some());
    }

    #[test]
    fn an_interval_is_cut_at_the_range() {
        let summary = Summary::of([0.1, 0.5, 0.9].map(Some));
        assert_eq!(summary.within((0.0, 1.0)).interval, Some((0.0, 1.0)));
        let mae = summary.within((0.0, f64::INFINITY)).interval.unwrap();
        assert!(mae.0 == 0.0 && mae.1 > 1.0);
    }

    #[test]
    fn one_value_has_no_spread_and_none_no_mean() {
        let one = Summary::of([Some(2.0), None, Some(f64::NAN)]);
        assert_eq!(
            (one.count, one.mean, one.deviation, one.interval),
            (1, Some(2.0), None, None)
        );
        assert_eq!(Summary::of([None]), Summary::default());
    }
}
