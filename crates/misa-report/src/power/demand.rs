//! What is asked of a test.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Power and level of a two-sided test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Demand {
    /// Share of repetitions in which a true difference is to be seen. Range: `(level, 1)`.
    pub power: f64,
    /// Share of repetitions in which true equality may be rejected. Range: `[1e-6, 0.5]`.
    pub level: f64,
}

/// A number that no test can be asked for.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PowerError {
    /// The level is out of its range.
    #[error("level {found}, expected a share in [{}, {}], such as 0.05", LEVELS.0, LEVELS.1)]
    Level {
        /// The level.
        found: f64,
    },
    /// The power is out of its range.
    #[error("power {found}, expected a share above the level {level} and below 1, such as 0.8")]
    Power {
        /// The power.
        found: f64,
        /// The level: without any difference, as many tests see one.
        level: f64,
    },
}

/// The smallest and the largest level.
const LEVELS: (f64, f64) = (1e-6, 0.5);

impl Default for Demand {
    /// A power of 80 % at a level of 5 %, as is usual.
    fn default() -> Self {
        Self {
            power: 0.8,
            level: 0.05,
        }
    }
}

impl Demand {
    /// Checks the range of both.
    ///
    /// # Errors
    ///
    /// [`PowerError`] names the number outside its range.
    pub fn new(power: f64, level: f64) -> Result<Self, PowerError> {
        if !(LEVELS.0..=LEVELS.1).contains(&level) {
            return Err(PowerError::Level { found: level });
        }
        if !(power > level && power < 1.0) {
            return Err(PowerError::Power {
                found: power,
                level,
            });
        }
        Ok(Self { power, level })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_refused() {
        assert_eq!(Demand::new(0.8, 0.05), Ok(Demand::default()));
        let message = |power, level| Demand::new(power, level).unwrap_err().to_string();
        assert_eq!(
            message(0.8, 0.0),
            "level 0, expected a share in [0.000001, 0.5], such as 0.05"
        );
        for power in [0.05, 1.0, f64::NAN] {
            let expected =
                "expected a share above the level 0.05 and below 1, such as 0.8".to_string();
            assert!(message(power, 0.05).ends_with(&expected), "{power}");
        }
        assert!(Demand::new(0.8, f64::NAN).is_err());
    }
}
