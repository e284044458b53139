//! Settings that cannot be used.

use crate::librosa::{MAX_RATE, MAX_WINDOW};
use thiserror::Error;

/// A setting that cannot be used.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum SettingsError {
    /// The rate is 0 or beyond every recorder.
    #[error("rate: expected 1 to {MAX_RATE} samples a second, found {rate}; resample the sound")]
    Rate {
        /// Samples a second.
        rate: u32,
    },
    /// The window is empty, odd or too long.
    #[error(
        "window: expected an even number of samples from 2 to {MAX_WINDOW}, found {window}; librosa has 2048"
    )]
    Window {
        /// Samples.
        window: usize,
    },
    /// Frames that do not advance.
    #[error("hop: expected at least 1 sample, found 0; librosa has 512")]
    Hop,
    /// The tuning is not within half a bin.
    #[error("tuning: expected -0.5 to 0.5 bins, found {tuning}; let it be estimated")]
    Tuning {
        /// Fraction of a bin.
        tuning: f64,
    },
    /// Seven octaves do not fit below half the rate.
    #[error(
        "constant-Q transform: expected at least {least} samples a second, found {rate}; resample the sound"
    )]
    Octaves {
        /// Samples a second.
        rate: u32,
        /// The least number of samples a second.
        least: u32,
    },
}
