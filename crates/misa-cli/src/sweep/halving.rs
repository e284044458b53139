//! Runs that stop early because others are better.

use serde::{Deserialize, Serialize};

/// Successive halving: after each rung, only the best settings go on.
///
/// - Source: Jamieson and Talwalkar 2016; a third goes on by default, as in Hyperband.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halving {
    /// Numbers of epochs after which runs are compared, rising. Range: `[1, inf)` each.
    pub rungs: Vec<usize>,
    /// Share of the settings that goes on. Range: `(0, 1)`.
    #[serde(default = "third")]
    pub keep: f64,
}

fn third() -> f64 {
    1.0 / 3.0
}

impl Halving {
    /// How many of `count` settings go on: the share, rounded up.
    pub fn kept(&self, count: usize) -> usize {
        // A third of nine is three, whatever the last bit of the product is.
        let share = (count as f64 * self.keep - 1e-9).ceil() as usize;
        share.clamp(count.min(1), count)
    }

    /// The part that cannot be used, and what is expected of it.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_rising = self.rungs.windows(2).all(|pair| pair[0] < pair[1]);
        let is_positive = self.rungs.first().is_some_and(|&first| first > 0);
        if !(is_rising && is_positive) {
            return Some((
                "halving.rungs",
                "expected numbers of epochs above 0 that rise",
            ));
        }
        let is_share = 0.0 < self.keep && self.keep < 1.0;
        (!is_share).then_some(("halving.keep", "expected a number in (0, 1)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_goes_on_and_at_least_one() {
        let halving = Halving {
            rungs: vec![3, 9],
            keep: third(),
        };
        let kept = [0, 1, 3, 9, 10, 27].map(|count| halving.kept(count));
        assert_eq!(kept, [0, 1, 1, 3, 4, 9]);
    }

    #[test]
    fn rungs_rise_and_something_goes_on_and_something_does_not() {
        let fault = |rungs: &[usize], keep| {
            let rungs = rungs.to_vec();
            Halving { rungs, keep }.fault().map(|(key, _)| key)
        };
        assert_eq!(fault(&[3, 9], 0.5), None);
        for rungs in [&[][..], &[0, 3], &[3, 3], &[9, 3]] {
            assert_eq!(fault(rungs, 0.5), Some("halving.rungs"), "{rungs:?}");
        }
        for keep in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(fault(&[3], keep), Some("halving.keep"), "{keep}");
        }
    }
}
