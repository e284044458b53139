//! A deviation between seeds, and how well a few of them tell it.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Probabilities below the ends of an interval of 95 %.
const ENDS: [f64; 2] = [0.025, 0.975];

/// A sample standard deviation between seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Deviation {
    /// Its value, at least 0.
    pub value: f64,
    /// Its degrees of freedom: runs less systems. `None` if the number of runs is not known.
    pub degrees: Option<usize>,
    /// The 95 % interval of the true deviation, for normal scores: `None` without degrees.
    ///
    /// ```text
    /// s √(ν / χ²(0.975)) to s √(ν / χ²(0.025))
    /// ```
    ///
    /// - Source: Cochran 1934 for the distribution of `s²`.
    pub interval: Option<(f64, f64)>,
}

impl Deviation {
    /// A deviation with `degrees` of freedom, if they are known.
    pub fn new(value: f64, degrees: Option<usize>) -> Self {
        let factors = degrees.and_then(factors);
        Self {
            value,
            degrees,
            interval: factors.map(|[low, high]| (low * value, high * value)),
        }
    }

    /// The deviation within groups, each given by its deviation and its number of runs; groups of
    /// fewer than two runs tell nothing. `None` if none tells anything.
    ///
    /// ```text
    /// s² = Σ (n - 1) s_group² / Σ (n - 1)
    /// ```
    pub fn pooled(groups: impl IntoIterator<Item = (f64, usize)>) -> Option<Self> {
        let (mut squares, mut degrees) = (0.0, 0);
        for (deviation, runs) in groups {
            if runs > 1 && deviation.is_finite() {
                squares += (runs - 1) as f64 * deviation * deviation;
                degrees += runs - 1;
            }
        }
        let value = (squares / degrees as f64).sqrt();
        (degrees > 0).then(|| Self::new(value, Some(degrees)))
    }

    /// The same deviation, times a factor.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            value: factor * self.value,
            interval: self
                .interval
                .map(|(low, high)| (factor * low, factor * high)),
            ..self
        }
    }
}

/// What the ends of the interval are in units of the sample deviation.
fn factors(degrees: usize) -> Option<[f64; 2]> {
    let chi = ChiSquared::new(degrees as f64).ok()?;
    let [below, above] = ENDS.map(|end| (degrees as f64 / chi.inverse_cdf(end)).sqrt());
    Some([above, below])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of chi-square with 4 degrees of freedom from tables: 0.484419 and 11.143287; with 19
    /// 8.906516 and 32.852327.
    #[test]
    fn the_interval_is_that_of_chi_square() {
        for (degrees, ends) in [(4, [0.484_419, 11.143_287]), (19, [8.906_516, 32.852_327])] {
            let found = Deviation::new(0.039, Some(degrees)).interval.unwrap();
            let expected = ends.map(|end| 0.039 * (degrees as f64 / end).sqrt());
            assert!((found.0 - expected[1]).abs() < 1e-6, "{found:?}");
            assert!((found.1 - expected[0]).abs() < 1e-6, "{found:?}");
        }
        assert_eq!(Deviation::new(0.039, None).interval, None);
        assert_eq!(Deviation::new(0.039, Some(0)).interval, None);
    }

    /// (4 · 0.01 + 2 · 0.04) / 6 = 0.02.
    #[test]
    fn groups_are_pooled_by_their_degrees_of_freedom() {
        let found = Deviation::pooled([(0.1, 5), (f64::NAN, 9), (0.2, 3), (7.0, 1)]).unwrap();
        assert!((found.value - 0.02f64.sqrt()).abs() < 1e-12);
        assert_eq!(found.degrees, Some(6));
        assert_eq!(Deviation::pooled([(0.1, 1)]), None);
    }

    #[test]
    fn a_factor_scales_the_interval_too() {
        let one = Deviation::new(1.0, Some(4));
        let two = one.scaled(2.0);
        let (low, high) = one.interval.unwrap();
        assert_eq!((two.value, two.degrees), (2.0, Some(4)));
        assert_eq!(two.interval, Some((2.0 * low, 2.0 * high)));
    }
}
