//! How many seeds a difference needs, and which difference the seeds show.

use super::CombinedT;
use crate::power::{Demand, MOST_SEEDS};
use serde::{Deserialize, Serialize};

/// What a test of this difference would need, and what it can show, if the variances that were found
/// are the true ones. See [`Design`](crate::power::Design) for the formula.
///
/// That a difference needs few seeds does not make it real: `seeds` takes the difference that was
/// found for the true one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Needs {
    /// Power and level of the test.
    #[serde(flatten)]
    pub demand: Demand,
    /// Seeds of each model with which a difference of this size is seen that often. `None` if
    /// [`MOST_SEEDS`] do not suffice.
    pub seeds: Option<usize>,
    /// Whether some number of seeds suffices, however large.
    #[serde(default = "unless_told")]
    pub seeds_suffice: bool,
    /// The smallest difference that the seeds of these models see that often.
    pub smallest_difference: f64,
}

impl Needs {
    /// Of a test with these variances. `None` where the test has no degrees of freedom.
    pub fn of(test: &CombinedT, demand: Demand) -> Option<Self> {
        let design = test.design()?;
        let seeds = design.seeds(test.difference, demand);
        Some(Self {
            demand,
            seeds,
            seeds_suffice: seeds.is_some() || design.sees_at_last(test.difference, demand),
            smallest_difference: design.smallest_difference(test.seeds, demand)?,
        })
    }

    /// `64`, that the most are not enough, or that no number is.
    pub(super) fn seeds_text(self) -> String {
        match self.seeds {
            Some(seeds) => seeds.to_string(),
            None if self.seeds_suffice => format!("> {MOST_SEEDS}"),
            None => "no number".to_string(),
        }
    }
}

fn unless_told() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYTHING: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    /// Seeds with a deviation of 1, half of it apart, and utterances that do not count: Welch's test,
    /// which needs 64 seeds of each.
    #[test]
    fn without_utterances_it_is_the_table_of_cohen() {
        let test = CombinedT::new(&[1.5, 2.5, 3.5], &[1.0, 2.0, 3.0], Some(0.0), 686, ANYTHING);
        let needs = Needs::of(&test.unwrap(), Demand::default()).unwrap();
        assert_eq!(needs.seeds, Some(64));
        // Three seeds of each, 4 degrees of freedom: more than three deviations.
        let smallest = needs.smallest_difference;
        assert!((3.0..3.2).contains(&smallest), "{smallest}");
        let json = serde_json::to_value(needs).unwrap();
        assert_eq!(
            (&json["power"], &json["level"]),
            (&0.8.into(), &0.05.into())
        );
    }

    #[test]
    fn what_has_no_test_has_no_needs() {
        let of = |seeds: &[f64], variance| {
            let test = CombinedT::new(seeds, &[0.1, 0.2, 0.3], variance, 100, ANYTHING).unwrap();
            Needs::of(&test, Demand::default())
        };
        assert_eq!(of(&[0.1, 0.2], Some(1e-3)), None);
        assert_eq!(of(&[0.1, 0.2, 0.4], None), None);
        // The utterances alone leave it open.
        let needs = of(&[0.1, 0.2, 0.4], Some(1.0)).unwrap();
        assert_eq!((needs.seeds, needs.seeds_suffice), (None, false));
        assert_eq!(needs.seeds_text(), "no number");
        assert!(needs.smallest_difference > 2.8);
        // They do not count, and the seeds are far apart.
        let needs = of(&[0.1, 200.0, -199.7], Some(0.0)).unwrap();
        assert_eq!(needs.seeds_text(), "> 100000");
    }
}
