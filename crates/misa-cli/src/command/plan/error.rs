//! Why nothing can be planned.

use misa_report::power::PowerError;
use thiserror::Error;

/// A plan that cannot be made.
#[derive(Debug, Error)]
pub(crate) enum PlanError {
    /// Power or level out of range.
    #[error(transparent)]
    Power(#[from] PowerError),
    /// There is no such score.
    #[error("--metric: no score `{name}`, expected one of {known}")]
    Score {
        /// The requested name.
        name: String,
        /// The existing scores.
        known: String,
    },
    /// Nobody has published how far seeds spread.
    #[error(
        "--corpus: no published deviation of {metric} on {corpus}, expected MAE on mosi or mosei, or runs \
         that show how far seeds spread (--pilot RUN)"
    )]
    Unpublished {
        /// The corpus.
        corpus: String,
        /// The score.
        metric: String,
    },
    /// Runs on several data sets.
    #[error("--pilot: runs on {found}, expected runs on one data set")]
    Data {
        /// The data sets.
        found: String,
    },
    /// Too few seeds.
    #[error(
        "--pilot: {found}, expected at least 2 seeds of a model with this score: one does not show how \
         far seeds spread"
    )]
    Seeds {
        /// The models and their numbers of seeds.
        found: String,
    },
}
