//! Student's t when the true difference is not zero.

use statrs::function::erf::erfc;
use std::f64::consts::SQRT_2;

/// Logarithm of a density that is too small to count beside its peak.
const DECAY: f64 = 40.0;
/// Steps of the sum in the narrowest part of what is summed.
const STEPS: f64 = 4.0;
/// A larger shift makes nothing narrower that still has weight.
const LARGEST_SHIFT: f64 = 1000.0;

/// The probability that a noncentral t exceeds `t`.
///
/// With `Z` normal, `δ` the shift, `ν` the degrees of freedom, `s² = χ²_ν / ν`, and `Φ` the normal
/// distribution:
///
/// ```text
/// T = (Z + δ) / s        P(T > t) = E[Φ(δ - t s)]
/// ```
///
/// The expectation is a sum over equal steps of `x = ln s`, whose density is proportional to
/// `exp(ν (x - e^(2x) / 2))`. What is summed is smooth and vanishes at both ends, so that the sum is
/// as exact as its terms; dividing by the sum of the densities needs no gamma function.
///
/// - Source: Johnson, Kotz and Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 31,
///   for the distribution.
pub(super) fn beyond(t: f64, degrees: f64, shift: f64) -> f64 {
    let narrowest = (2.0 * degrees).sqrt();
    let narrowest = narrowest.max(1.0 + shift.abs().min(LARGEST_SHIFT));
    let step = 1.0 / (STEPS * narrowest);
    // Towards zero, the density falls more slowly.
    let last = (DECAY / degrees).sqrt();
    let first = -(1.2 * last + DECAY / degrees);
    let count = ((last - first) / step).ceil() as usize;
    let (mut whole, mut found) = (0.0, 0.0);
    for place in 0..=count {
        let x = first + place as f64 * step;
        let density = (degrees * (x - 0.5 * (2.0 * x).exp_m1())).exp();
        whole += density;
        found += density * normal_below(shift - t * x.exp());
    }
    found / whole
}

/// The probability that a normal number is below `z`.
fn normal_below(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn without_a_shift_it_is_students_distribution() {
        for degrees in [1.0, 2.0, 2.37, 4.0, 18.5, 300.0, 4658.0] {
            let student = StudentsT::new(0.0, 1.0, degrees).unwrap();
            for t in [-3.0, 0.0, 0.7, 2.776, 12.7] {
                let (found, expected) = (beyond(t, degrees, 0.0), student.sf(t));
                assert!(
                    (found - expected).abs() < 1e-9,
                    "{degrees} {t}: {found} {expected}"
                );
            }
        }
    }

    /// With one degree of freedom, `s = |Z'|`, so `P(T > 0) = Φ(δ)`, whatever `s` is; with very many,
    /// `s = 1`.
    #[test]
    fn two_cases_have_a_closed_form() {
        for shift in [-1.5, 0.3, 2.8] {
            assert!((beyond(0.0, 1.0, shift) - normal_below(shift)).abs() < 1e-12);
            let many = beyond(1.96, 1e9, shift);
            assert!((many - normal_below(shift - 1.96)).abs() < 1e-6, "{many}");
        }
    }

    /// `Z + δ` and `-(Z + δ)` change places.
    #[test]
    fn signs_are_symmetric() {
        let other = 1.0 - beyond(-2.0, 7.5, -1.2);
        assert!((beyond(2.0, 7.5, 1.2) - other).abs() < 1e-12);
    }

    #[test]
    fn a_shift_beyond_all_doubt_is_certain() {
        assert!((beyond(12.7, 1.0, 1e9) - 1.0).abs() < 1e-6);
        assert!(beyond(2.0, 8.0, -1e9) < 1e-12);
    }
}
