//! What Optuna would refuse of a parameter.

use thiserror::Error;

/// A distribution or a value of it that Optuna does not accept.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ParamError {
    /// `low` is above `high`.
    #[error("found `low` above `high`, expected it at or below, swap them")]
    Reversed,
    /// A bound is NaN or infinite.
    #[error("found a bound that is not finite, expected a number, choose one")]
    NotFinite,
    /// The step is not positive, or `high` is not a whole number of steps above `low`.
    #[error(
        "found a step that does not divide `high` - `low`, expected a positive one that does, \
         change `high` or the step"
    )]
    Steps,
    /// Both a step and `log`.
    #[error("found a step beside `log`, expected one of them, leave one out")]
    LogWithStep,
    /// `log` with a `low` that has no logarithm.
    #[error(
        "found `log` with `low` below the positive numbers, expected it among them, raise `low`"
    )]
    LogOfZero,
    /// No choices, or lists and objects as choices.
    #[error(
        "found no choices or a list among them, expected null, truth values, numbers or texts, name some"
    )]
    Choices,
    /// A value that the distribution does not have.
    #[error(
        "found the value `{value}`, expected one of the distribution `{distribution}`, widen it"
    )]
    Value {
        /// In JSON.
        value: String,
        /// In JSON, as Optuna writes it.
        distribution: String,
    },
}
