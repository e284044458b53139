//! Tests of a difference, by how far systems vary.

use super::Demand;
use super::noncentral::beyond;
use crate::compare::FEWEST_SEEDS;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// More seeds than anyone trains: a test that needs more is said to need more.
pub const MOST_SEEDS: usize = 100_000;

/// Each number of seeds that is tried is by an eighth larger than the one before.
const GROWTH: usize = 8;

/// Relative exactness of a smallest difference.
const EXACT: f64 = 1e-9;

/// A two-sided test of the difference between two systems, and how far they vary.
///
/// All are a `t` whose noncentral distribution gives the power, with `d` the true difference, `V`
/// its variance, `ν` the degrees of freedom, and `c` the critical value at the level:
///
/// ```text
/// power = P(T > c) + P(T < -c)        T noncentral t with ν and δ = d / √V
/// ```
///
/// | Test | `V` | `ν` |
/// | --- | --- | --- |
/// | unpaired | `σ² (1 / n₁ + 1 / n₂)` | `n₁ + n₂ - 2` |
/// | paired | `σ² / n`, σ of the differences | `n - 1` |
/// | combined | `A + B + U` | `V² / (A² / (n₁ - 1) + B² / (n₂ - 1) + U² / (utterances - 1))` |
///
/// - Source: Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, chapter 2.
/// - Differs: the degrees of freedom of the combined test are those of the true variances, where the
///   test itself estimates them (Satterthwaite 1946); a simulation is within its own error of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Design {
    /// Student's t of two groups of seeds with one deviation.
    Unpaired {
        /// Deviation between the seeds of each system.
        deviation: f64,
    },
    /// Student's t of the differences between runs of the same seed.
    Paired {
        /// Deviation of the differences between seeds.
        deviation: f64,
    },
    /// [`CombinedT`](crate::compare::CombinedT), for other seeds and other utterances.
    Combined {
        /// Deviation between the seeds of each system.
        deviations: [f64; 2],
        /// Variance of the difference between utterances, `U`.
        utterance_variance: f64,
        /// Their number.
        utterances: usize,
    },
}

/// Variance of a difference, and the degrees of freedom of its estimate.
struct Moments {
    variance: f64,
    degrees: f64,
}

impl Design {
    /// The share of repetitions in which a true `difference` is seen with so many seeds of each
    /// system, from the level to 1. A paired test takes the smaller number of seeds. `None` with too
    /// few seeds for a variance.
    pub fn power(&self, difference: f64, seeds: [usize; 2], level: f64) -> Option<f64> {
        self.moments(seeds)?.power(difference, level)
    }

    /// The fewest seeds of each system with which a true `difference` is seen as often as demanded,
    /// at least [`FEWEST_SEEDS`]. `None` if no number up to [`MOST_SEEDS`] is enough, as always where the
    /// utterances alone leave such a difference open ([`Self::sees_at_last`]).
    ///
    /// More seeds may see less: as the variance of the seeds becomes small, the few degrees of freedom of the
    /// utterances remain.
    pub fn seeds(&self, difference: f64, demand: Demand) -> Option<usize> {
        let is_enough = |seeds: usize| {
            let power = self.power(difference, [seeds; 2], demand.level);
            power.is_some_and(|power| power >= demand.power)
        };
        if difference == 0.0 || difference.is_nan() {
            return None;
        }
        // What is too few, and what is enough.
        let (mut few, mut enough) = (FEWEST_SEEDS - 1, FEWEST_SEEDS);
        while !is_enough(enough) {
            if enough == MOST_SEEDS {
                return None;
            }
            few = enough;
            enough = (enough + enough.div_ceil(GROWTH)).min(MOST_SEEDS);
        }
        while enough - few > 1 {
            let middle = few.midpoint(enough);
            if is_enough(middle) {
                enough = middle;
            } else {
                few = middle;
            }
        }
        Some(enough)
    }

    /// Whether so many seeds that more would add nothing see a true `difference` as often as demanded. `false`
    /// where the utterances alone leave it open, without a difference, and where a variance is not known.
    pub fn sees_at_last(&self, difference: f64, demand: Demand) -> bool {
        let power = self
            .without_seeds()
            .and_then(|moments| moments.power(difference, demand.level));
        power.is_some_and(|power| power > demand.power)
    }

    /// The smallest true difference that is seen as often as demanded with so many seeds of each
    /// system. `None` with too few seeds for a variance.
    pub fn smallest_difference(&self, seeds: [usize; 2], demand: Demand) -> Option<f64> {
        let moments = self.moments(seeds)?;
        let critical = moments.critical(demand.level)?;
        let is_seen = |shift: f64| two_sided(critical, moments.degrees, shift) >= demand.power;
        let (mut low, mut high) = (0.0, 1.0);
        while !is_seen(high) {
            (low, high) = (high, 2.0 * high);
        }
        while high - low > EXACT * high {
            let middle = f64::midpoint(low, high);
            if is_seen(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high * moments.variance.sqrt())
    }

    /// What remains when there are so many seeds that they add nothing.
    fn without_seeds(&self) -> Option<Moments> {
        let (deviations, variance, degrees) = match *self {
            // The degrees of freedom of no variance do not matter.
            Self::Unpaired { deviation } | Self::Paired { deviation } => ([deviation; 2], 0.0, 1.0),
            Self::Combined {
                deviations,
                utterance_variance,
                utterances,
            } => (
                deviations,
                utterance_variance,
                (utterances as f64 - 1.0).max(0.0),
            ),
        };
        let is_known = deviations.iter().all(|deviation| deviation.is_finite());
        let moments = Moments { variance, degrees };
        (is_known && variance.is_finite()).then_some(moments)
    }

    fn moments(&self, seeds: [usize; 2]) -> Option<Moments> {
        if seeds.iter().any(|&count| count < 2) {
            return None;
        }
        let [one, other] = seeds.map(|count| count as f64);
        let moments = match *self {
            Self::Unpaired { deviation } => Moments {
                variance: deviation * deviation * (1.0 / one + 1.0 / other),
                degrees: one + other - 2.0,
            },
            Self::Paired { deviation } => Moments {
                variance: deviation * deviation / one.min(other),
                degrees: one.min(other) - 1.0,
            },
            Self::Combined {
                deviations: [a, b],
                utterance_variance,
                utterances,
            } => Moments::sum([
                (a * a / one, one - 1.0),
                (b * b / other, other - 1.0),
                (utterance_variance, utterances as f64 - 1.0),
            ]),
        };
        Some(moments).filter(|moments| moments.variance.is_finite() && moments.degrees > 0.0)
    }
}

impl Moments {
    /// Of the sum of independent variances, each with its degrees of freedom.
    ///
    /// - Source: Satterthwaite 1946.
    fn sum(sources: [(f64, f64); 3]) -> Self {
        let variance: f64 = sources.iter().map(|(variance, _)| variance).sum();
        let shares = sources.iter().map(|(part, degrees)| part * part / degrees);
        let spread: f64 = shares.filter(|share| *share > 0.0).sum();
        // Without any variance, that of the seeds has these.
        let degrees = match spread {
            0.0 => sources[0].1 + sources[1].1,
            spread => variance * variance / spread,
        };
        Self { variance, degrees }
    }

    /// The share of repetitions in which a true `difference` is seen. `None` without degrees of freedom.
    fn power(&self, difference: f64, level: f64) -> Option<f64> {
        let error = self.variance.sqrt();
        if error == 0.0 {
            // Nothing varies: every difference is seen.
            return Some(if difference.abs() > 0.0 { 1.0 } else { level });
        }
        let critical = self.critical(level)?;
        Some(two_sided(critical, self.degrees, difference.abs() / error))
    }

    /// The value that `t` exceeds to either side in a share `level` of repetitions of equality.
    fn critical(&self, level: f64) -> Option<f64> {
        let student = StudentsT::new(0.0, 1.0, self.degrees).ok()?;
        Some(student.inverse_cdf(1.0 - level / 2.0))
    }
}

/// The probability that a noncentral t is beyond `critical` to either side.
fn two_sided(critical: f64, degrees: f64, shift: f64) -> f64 {
    beyond(critical, degrees, shift) + beyond(critical, degrees, -shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: f64 = 1.0;

    /// Cohen 1988, tables 2.4.1, and programs since: 64, 26 and 17 of each group; 34 pairs.
    #[test]
    fn seeds_are_those_of_published_tables() {
        let unpaired = Design::Unpaired { deviation: UNIT };
        for (effect, expected) in [(0.5, 64), (0.8, 26), (1.0, 17), (0.2, 394)] {
            assert_eq!(unpaired.seeds(effect, Demand::default()), Some(expected));
        }
        let paired = Design::Paired { deviation: UNIT };
        for (effect, expected) in [(0.5, 34), (0.8, 15), (0.2, 199)] {
            assert_eq!(paired.seeds(effect, Demand::default()), Some(expected));
        }
    }

    /// The example of R's `power.t.test`: 20 of each group, one deviation apart, 0.8689528.
    #[test]
    fn power_is_that_of_r() {
        let design = Design::Unpaired { deviation: UNIT };
        let found = design.power(1.0, [20, 20], 0.05).unwrap();
        assert!((found - 0.868_952_8).abs() < 1e-6, "{found}");
    }

    #[test]
    fn the_smallest_difference_has_the_power_demanded() {
        let demand = Demand::default();
        let designs = [
            Design::Unpaired { deviation: 0.039 },
            Design::Paired { deviation: 0.02 },
            Design::Combined {
                deviations: [0.03, 0.05],
                utterance_variance: 2e-4,
                utterances: 686,
            },
        ];
        for design in designs {
            let mut before = f64::INFINITY;
            for seeds in [[2, 2], [3, 3], [5, 9], [20, 20]] {
                let found = design.smallest_difference(seeds, demand).unwrap();
                let power = design.power(found, seeds, demand.level).unwrap();
                assert!((power - demand.power).abs() < 1e-7, "{design:?} {power}");
                assert!(found < before, "{design:?}");
                before = found;
            }
        }
    }

    /// Without a variance between utterances and with equal deviations, the combined test has the
    /// degrees of freedom of Student's.
    #[test]
    fn the_combined_test_contains_the_unpaired_one() {
        let combined = Design::Combined {
            deviations: [0.04; 2],
            utterance_variance: 0.0,
            utterances: 686,
        };
        let unpaired = Design::Unpaired { deviation: 0.04 };
        let demand = Demand::default();
        assert_eq!(combined.seeds(0.03, demand), unpaired.seeds(0.03, demand));
        let [one, other] =
            [combined, unpaired].map(|design| design.smallest_difference([7, 7], demand).unwrap());
        assert!((one - other).abs() < 1e-9);
    }

    /// The error of the utterances alone is 0.02: a difference of 2.8 errors is about the least.
    #[test]
    fn no_number_of_seeds_makes_up_for_few_utterances() {
        let design = Design::Combined {
            deviations: [0.01; 2],
            utterance_variance: 4e-4,
            utterances: 686,
        };
        let demand = Demand::default();
        assert_eq!(design.seeds(0.05, demand), None);
        assert!(!design.sees_at_last(0.05, demand));
        assert!(design.seeds(0.06, demand).is_some());
        assert!(design.sees_at_last(0.06, demand));
        // Without utterances that count, more seeds than the most would do.
        let design = Design::Unpaired { deviation: UNIT };
        assert_eq!(design.seeds(1e-4, demand), None);
        assert!(design.sees_at_last(1e-4, demand));
        assert!(!design.sees_at_last(0.0, demand));
        assert!(!design.sees_at_last(f64::NAN, demand));
    }

    /// Seeds add degrees of freedom as long as they add variance: of three utterances alone there are two.
    #[test]
    fn fewer_seeds_may_see_what_more_do_not() {
        let design = Design::Combined {
            deviations: [0.3; 2],
            utterance_variance: 4e-4,
            utterances: 3,
        };
        let demand = Demand::default();
        let power = |seeds| design.power(0.1, [seeds; 2], demand.level).unwrap();
        assert!(!design.sees_at_last(0.1, demand) && power(MOST_SEEDS) < demand.power);
        let seeds = design.seeds(0.1, demand).unwrap();
        assert!(power(seeds) >= demand.power && power(seeds - 1) < demand.power);
    }

    #[test]
    fn there_are_limits() {
        let demand = Demand::default();
        let design = Design::Unpaired { deviation: UNIT };
        assert_eq!(design.seeds(1e-4, demand), None);
        assert_eq!(design.seeds(0.0, demand), None);
        assert_eq!(design.seeds(f64::NAN, demand), None);
        assert_eq!(design.seeds(1e6, demand), Some(FEWEST_SEEDS));
        assert_eq!(design.power(1.0, [1, 9], 0.05), None);
        assert_eq!(design.smallest_difference([0, 0], demand), None);
        let still = Design::Paired { deviation: 0.0 };
        assert_eq!(still.power(1e-9, [3, 3], 0.05), Some(1.0));
        assert_eq!(still.power(0.0, [3, 3], 0.05), Some(0.05));
        assert_eq!(still.smallest_difference([3, 3], demand), Some(0.0));
        let unknown = Design::Paired {
            deviation: f64::NAN,
        };
        assert_eq!(unknown.smallest_difference([3, 3], demand), None);
        assert_eq!(unknown.seeds(1.0, demand), None);
    }

    #[test]
    fn without_a_difference_the_power_is_the_level() {
        for level in [0.01, 0.05, 0.3] {
            let design = Design::Unpaired { deviation: UNIT };
            let power = design.power(0.0, [4, 6], level).unwrap();
            assert!((power - level).abs() < 1e-7, "{power}");
        }
    }
}
