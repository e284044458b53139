//! Why runs cannot be compared.

use thiserror::Error;

/// Runs that cannot be compared.
#[derive(Debug, Error, PartialEq)]
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
    /// Published figures of a corpus whose labels have another scale.
    #[error(
        "{run}: labels from {low} to {high}, expected those of {corpus}, from {least} to {most}: \
         its published figures cannot be compared with these scores",
        low = .found.0, high = .found.1, least = .expected.0, most = .expected.1
    )]
    Scale {
        /// The run.
        run: String,
        /// The corpus of the figures.
        corpus: String,
        /// Lowest and highest label.
        found: (f32, f32),
        /// Lowest and highest value of the scale.
        expected: (f32, f32),
    },
    /// Published figures of another corpus than that of the data.
    #[error(
        "{run}: its data was recognised as {found}, expected {corpus}, whose figures are asked for"
    )]
    Corpus {
        /// The run.
        run: String,
        /// The corpus of the figures.
        corpus: String,
        /// The corpus of the data.
        found: String,
    },
    /// Published figures are requested, but there are none for any of the runs.
    #[error("no published figures for these runs: {reasons}")]
    NotPublished {
        /// The reasons, for each data set.
        reasons: String,
    },
}
