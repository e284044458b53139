//! Everything that can end a bench.

use crate::{CasesError, DeviceError, Unsupported};
use burn::tensor::ExecutionError;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use thiserror::Error;

/// What can end a bench.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BenchError {
    /// A file that cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A file of rows that is not a list.
    #[error("{}: {source}", path.display())]
    Rows {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file of workloads that cannot be used.
    #[error("{}: {source}", path.display())]
    Cases {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CasesError,
    },
    /// An unknown workload.
    #[error(transparent)]
    Case(#[from] CasesError),
    /// A workload that this implementation cannot run.
    #[error("{case}: {source}")]
    Unsupported {
        /// Name of the workload.
        case: String,
        /// What is missing.
        source: Unsupported,
    },
    /// Another program that is compared with and does not answer.
    #[error("{0}")]
    Peer(String),
    /// Every requested workload was skipped.
    #[error("nothing was measured")]
    Nothing,
    /// A device that is not available.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A computation that a device could not do.
    #[error(transparent)]
    Execution(#[from] ExecutionError),
    /// Threads that could not be started, or have been started already.
    #[error("threads: {0}")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    /// A NaN or infinite loss, after which steps do not represent training.
    #[error("step {step}: total loss is {value}, expected a finite number")]
    NonFiniteLoss {
        /// Steps so far.
        step: usize,
        /// The loss.
        value: f64,
    },
    /// An error of training.
    #[error(transparent)]
    Training(#[from] misa_train::TrainError),
    /// A gradient that was not computed.
    #[error("the input or a weight of the layer has no gradient")]
    NoGradient,
    /// Two devices that compute different values.
    #[error("{tensors} tensors disagree")]
    Parity {
        /// Their number.
        tensors: usize,
    },
    /// The process of a case failed.
    #[error("{case}: its process ended with {status}")]
    Process {
        /// Name of the workload.
        case: String,
        /// Exit status.
        status: ExitStatus,
    },
}
