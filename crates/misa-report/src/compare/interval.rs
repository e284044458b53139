//! What intervals of 95 % have in common.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Probability below the upper end of an interval of 95 %.
const UPPER: f64 = 0.975;

/// A standard error that is no larger is rounding, because predictions have single precision.
pub(super) const ROUNDING: f64 = 1e-7;

/// How many standard errors an interval of 95 % reaches to each side, by Student's distribution; `None`
/// without degrees of freedom.
pub(super) fn reach(degrees: f64) -> Option<f64> {
    let student = StudentsT::new(0.0, 1.0, degrees).ok()?;
    Some(student.inverse_cdf(UPPER))
}

/// From `half` below `centre` to `half` above it, cut at the lowest and the highest value.
pub(super) fn around(centre: f64, half: f64, range: (f64, f64)) -> (f64, f64) {
    cut((centre - half, centre + half), range)
}

/// The part of an interval between the lowest and the highest value.
pub(super) fn cut((low, high): (f64, f64), (lowest, highest): (f64, f64)) -> (f64, f64) {
    (low.max(lowest), high.min(highest))
}

/// What a bootstrap's variance between utterances is multiplied by: it draws from the sample, whose
/// variance is too small by this.
pub(super) fn correction(utterances: usize) -> f64 {
    utterances as f64 / (utterances as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of Student's distribution from tables.
    #[test]
    fn the_reach_is_the_quantile_of_student() {
        for (degrees, expected) in [(2.0, 4.302_652_730), (4.0, 2.776_445_105)] {
            assert!((reach(degrees).unwrap() - expected).abs() < 1e-6);
        }
        assert_eq!(reach(0.0), None);
    }

    #[test]
    fn an_interval_is_cut_on_each_side_alone() {
        assert_eq!(around(0.75, 0.5, (0.0, 1.0)), (0.25, 1.0));
        assert_eq!(around(0.25, 0.5, (0.0, f64::INFINITY)), (0.0, 0.75));
    }

    #[test]
    fn the_variance_of_a_sample_is_corrected_by_its_size() {
        assert_eq!(correction(5), 1.25);
    }
}
