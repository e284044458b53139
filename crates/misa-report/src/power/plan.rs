//! What a deviation between seeds means for tests.

use super::{Demand, Design, Deviation};
use serde::Serialize;

/// Correlations between runs of one seed that a plan assumes where none was measured.
const CORRELATIONS: [f64; 2] = [0.0, 0.5];

/// How many seeds each test needs for a difference, and which differences so many seeds show.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// The tests: unpaired, paired, and the combined one if its variance is known.
    pub tests: Vec<PlannedTest>,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlannedTest {
    /// Which one.
    pub kind: TestKind,
    /// Of a paired test, the assumed correlation between runs of one seed; `None` where the
    /// differences were measured, and for other tests.
    pub correlation: Option<f64>,
    /// The deviation that it is computed from: between seeds, or of the differences of a paired test.
    pub deviation: Deviation,
    /// Seeds of each system that the difference needs; `None` if no number that can be trained does.
    pub seeds_needed: Option<usize>,
    /// Whether some number of seeds suffices, however large.
    pub seeds_suffice: bool,
    /// The same for the ends of the interval of the deviation; `None` without one.
    pub seeds_interval: Option<[Option<usize>; 2]>,
    /// What other numbers of seeds show.
    pub sizes: Vec<PlannedSize>,
}

/// Which test of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TestKind {
    /// For other seeds.
    Unpaired,
    /// For other seeds, each of which both systems are trained with.
    Paired,
    /// For other seeds and other utterances, as tables of runs test.
    Combined,
}

/// What a number of seeds of each system shows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlannedSize {
    /// The number.
    pub seeds: usize,
    /// The smallest difference that they show as often as demanded.
    pub smallest_difference: Option<f64>,
    /// How often they show the difference that is planned for, from 0 to 1.
    pub power: Option<f64>,
}

/// What is planned for.
#[derive(Clone, Copy)]
struct Aim<'a> {
    difference: f64,
    demand: Demand,
    sizes: &'a [usize],
}

impl Plan {
    /// Plans for a true `difference` between systems whose seeds spread by `deviation`, and says what
    /// each number of seeds in `sizes` shows.
    ///
    /// `paired` is the deviation of differences between runs of one seed, if it was measured;
    /// otherwise, runs of one seed are assumed to have a correlation of 0 and of 0.5.
    /// `combined` is the test of tables, if the variance between utterances is known.
    pub fn new(
        difference: f64,
        demand: Demand,
        sizes: &[usize],
        deviation: Deviation,
        paired: Option<Deviation>,
        combined: Option<Design>,
    ) -> Self {
        let aim = Aim {
            difference,
            demand,
            sizes,
        };
        let unpaired = |deviation| Design::Unpaired { deviation };
        let of_pairs = |deviation| Design::Paired { deviation };
        let mut tests = vec![aim.test(TestKind::Unpaired, deviation, unpaired)];
        match paired {
            Some(paired) => tests.push(aim.test(TestKind::Paired, paired, of_pairs)),
            None => tests.extend(CORRELATIONS.map(|correlation| PlannedTest {
                correlation: Some(correlation),
                ..aim.test(
                    TestKind::Paired,
                    deviation.scaled((2.0 * (1.0 - correlation)).sqrt()),
                    of_pairs,
                )
            })),
        }
        if let Some(design) = combined {
            // Two deviations and a variance of utterances have no interval in common.
            let deviation = Deviation {
                interval: None,
                ..deviation
            };
            tests.push(aim.test(TestKind::Combined, deviation, |_| design));
        }
        Self { tests }
    }
}

impl Aim<'_> {
    fn test(
        &self,
        kind: TestKind,
        deviation: Deviation,
        design: impl Fn(f64) -> Design,
    ) -> PlannedTest {
        let of_value = design(deviation.value);
        let needed = |design: Design| design.seeds(self.difference, self.demand);
        let size = |&seeds: &usize| PlannedSize {
            seeds,
            smallest_difference: of_value.smallest_difference([seeds; 2], self.demand),
            power: of_value.power(self.difference, [seeds; 2], self.demand.level),
        };
        let seeds_needed = needed(of_value);
        PlannedTest {
            kind,
            correlation: None,
            deviation,
            seeds_needed,
            seeds_suffice: seeds_needed.is_some()
                || of_value.sees_at_last(self.difference, self.demand),
            seeds_interval: deviation
                .interval
                .map(|(low, high)| [low, high].map(|end| needed(design(end)))),
            sizes: self.sizes.iter().map(size).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(paired: Option<Deviation>, combined: Option<Design>) -> Plan {
        let deviation = Deviation::new(0.04, Some(4));
        Plan::new(
            0.02,
            Demand::default(),
            &[3, 64],
            deviation,
            paired,
            combined,
        )
    }

    /// Half a deviation: 64 seeds of each. Without a correlation, the differences have a deviation of
    /// 0.04 √2; with one of 0.5, of 0.04, and half a deviation needs 34 pairs.
    #[test]
    fn pairs_gain_what_they_have_in_common() {
        let found = plan(None, None);
        let kinds: Vec<_> = found.tests.iter().map(|test| test.kind).collect();
        assert_eq!(
            kinds,
            [TestKind::Unpaired, TestKind::Paired, TestKind::Paired]
        );
        let [unpaired, alone, alike] = [0, 1, 2].map(|index| &found.tests[index]);
        assert_eq!(unpaired.seeds_needed, Some(64));
        assert_eq!(alike.seeds_needed, Some(34));
        // They pay with degrees of freedom for what they do not have.
        assert!(alone.seeds_needed > unpaired.seeds_needed);
        assert_eq!(
            (alone.correlation, alike.correlation),
            (Some(0.0), Some(0.5))
        );
        let [low, high] = unpaired.seeds_interval.unwrap().map(Option::unwrap);
        assert!(low < 30 && high > 400, "{low} {high}");
        let power = unpaired.sizes[1].power.unwrap();
        assert!((0.8..0.81).contains(&power), "{power}");
        assert!(unpaired.sizes[1].smallest_difference.unwrap() < 0.02);
        assert!(unpaired.sizes[0].smallest_difference.unwrap() > 0.1);
    }

    #[test]
    fn what_was_measured_is_not_assumed() {
        let combined = Design::Combined {
            deviations: [0.04; 2],
            utterance_variance: 1e-4,
            utterances: 229,
        };
        let found = plan(Some(Deviation::new(0.01, Some(4))), Some(combined));
        let kinds: Vec<_> = found.tests.iter().map(|test| test.kind).collect();
        assert_eq!(
            kinds,
            [TestKind::Unpaired, TestKind::Paired, TestKind::Combined]
        );
        assert_eq!(found.tests[1].correlation, None);
        assert_eq!(found.tests[1].seeds_needed, Some(5));
        assert_eq!(found.tests[2].seeds_interval, None);
        assert_eq!(found.tests[2].seeds_needed, None);
        assert!(found.tests[1].seeds_suffice && !found.tests[2].seeds_suffice);
    }
}
