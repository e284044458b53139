//! Why runs cannot be compared.

use thiserror::Error;

/// Runs that cannot be compared.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompareError {
    /// There is nothing to show.
    #[error("no scored runs, expected at least 1")]
    Nothing,
    /// Two runs with the same settings and seed, which would count twice.
    #[error(
        "`{first}` and `{second}`: the same model, data, split and seed {seed}, expected one of them"
    )]
    Twice {
        /// One run.
        first: String,
        /// The other.
        second: String,
        /// Their seed.
        seed: u64,
    },
    /// There is no model with the name of the baseline.
    #[error("no model `{name}` among the runs, expected one of {known}")]
    Baseline {
        /// The requested name.
        name: String,
        /// The existing models.
        known: String,
    },
    /// There is no score with the name that the models are ordered by.
    #[error("no score `{name}` to sort by, expected one of {known}")]
    Score {
        /// The requested name.
        name: String,
        /// The existing scores.
        known: String,
    },
    /// There are no published figures of this name.
    #[error("no published figures `{name}`, expected {known}")]
    Source {
        /// The requested name.
        name: String,
        /// The existing names.
        known: String,
    },
    /// Published figures are requested, but there are none for any of the runs.
    #[error("no published figures for these runs: {reasons}")]
    NotPublished {
        /// The reasons, for each data set.
        reasons: String,
    },
}
