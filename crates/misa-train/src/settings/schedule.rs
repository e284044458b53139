//! How the learning rate changes during a run.

use misa_core::ConfigError;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

misa_terms::choice! {
    /// The course of the learning rate after the warm-up.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Schedule {
        /// Constant, as in the official code.
        #[default]
        Constant,
        /// Falls along half a cosine, from the end of the warm-up to the last step that `epochs`
        /// allows.
        Cosine {
            /// Last learning rate, as a share of the first. Range: `[0, 1]`.
            floor: f64,
        },
        /// Multiplied by `factor` whenever the valid loss has not improved for `patience` epochs in a
        /// row.
        Plateau {
            /// Factor of the learning rate. Range: `(0, 1)`.
            factor: f64,
            /// Epochs in a row without improvement. Range: `[1, inf)`.
            patience: usize,
        },
    }
}

/// The state of [`Schedule::Plateau`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plateau {
    waited: usize,
    /// Current factor of the learning rate.
    pub(crate) scale: f64,
}

impl Schedule {
    /// Share of the learning rate in step number `step`, from 1, of `total`.
    pub(crate) fn share(self, step: usize, warm_up: usize, total: usize) -> f64 {
        let rise = match warm_up {
            0 => 1.0,
            steps => (step as f64 / steps as f64).min(1.0),
        };
        let Self::Cosine { floor } = self else {
            return rise;
        };
        // The first step has the whole rate, the last one the floor.
        let first = warm_up.max(1);
        let steps = total.saturating_sub(first).max(1) as f64;
        let done = (step.saturating_sub(first) as f64 / steps).min(1.0);
        rise * (floor + (1.0 - floor) * (1.0 + (PI * done).cos()) / 2.0)
    }

    pub(crate) fn validate(self) -> Result<(), ConfigError> {
        match self {
            Self::Constant => Ok(()),
            Self::Cosine { floor } => {
                let holds = (0.0..=1.0).contains(&floor);
                ConfigError::check("schedule.cosine.floor", floor, "[0, 1]", holds)
            }
            Self::Plateau { factor, patience } => {
                let holds = factor > 0.0 && factor < 1.0;
                ConfigError::check("schedule.plateau.factor", factor, "(0, 1)", holds)?;
                let field = "schedule.plateau.patience";
                ConfigError::check(field, patience as f64, "[1, inf)", patience >= 1)
            }
        }
    }
}

impl Default for Plateau {
    fn default() -> Self {
        Self {
            waited: 0,
            scale: 1.0,
        }
    }
}

impl Plateau {
    /// Updates the factor after an epoch.
    pub(crate) fn judge(&mut self, schedule: Schedule, improved: bool) {
        let Schedule::Plateau { factor, patience } = schedule else {
            return;
        };
        self.waited = if improved { 0 } else { self.waited + 1 };
        if self.waited >= patience {
            self.waited = 0;
            self.scale *= factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_falls_from_one_to_its_floor() {
        let schedule = Schedule::Cosine { floor: 0.1 };
        let share = |step| schedule.share(step, 0, 101);
        assert_eq!(share(1), 1.0);
        // Half of the way: the mean of both ends.
        assert!((share(51) - 0.55).abs() < 1e-12);
        assert!((share(101) - 0.1).abs() < 1e-12);
        assert!((2..=101).all(|step| share(step) < share(step - 1)));
    }

    #[test]
    fn a_warm_up_comes_first() {
        let share = |step| Schedule::Cosine { floor: 0.0 }.share(step, 10, 110);
        assert_eq!((share(1), share(5), share(10)), (0.1, 0.5, 1.0));
        assert!((share(60) - 0.5).abs() < 1e-12);
        assert_eq!(Schedule::Constant.share(7, 0, 9), 1.0);
    }

    #[test]
    fn a_plateau_lowers_the_rate_and_waits_again() {
        let schedule = Schedule::Plateau {
            factor: 0.5,
            patience: 2,
        };
        let mut plateau = Plateau::default();
        let scales = [false, false, false, true, false, false].map(|improved| {
            plateau.judge(schedule, improved);
            plateau.scale
        });
        assert_eq!(scales, [1.0, 0.5, 0.5, 0.5, 0.5, 0.25]);
    }
}
