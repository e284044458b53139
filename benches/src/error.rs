//! Everything that can end a bench.

use crate::{CasesError, DeviceError, Unsupported};
use burn::tensor::ExecutionError;
use std::{io, path::PathBuf, process::ExitStatus};
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
        /// Why.
        source: io::Error,
    },
    /// A file of rows that is no list.
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
    /// A workload that is not there.
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
    /// Every workload asked for was left out.
    #[error("nothing was measured")]
    Nothing,
    /// A device that cannot be had.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// Work that a device could not do.
    #[error(transparent)]
    Execution(#[from] ExecutionError),
    /// Threads that could not be started, or were already.
    #[error("threads: {0}")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    /// A loss that is no longer a number: such a step is no measure of training.
    #[error("step {step}: total loss is {value}")]
    NonFiniteLoss {
        /// Steps run so far.
        step: usize,
        /// The loss.
        value: f64,
    },
    /// What training itself refuses.
    #[error(transparent)]
    Training(#[from] misa_train::TrainError),
    /// A gradient that was not computed.
    #[error("the input or a weight of the layer has no gradient")]
    NoGradient,
    /// A process of its own that failed.
    #[error("{case}: measured in a process that ended with {status}")]
    Process {
        /// The workload it measured.
        case: String,
        /// How it ended.
        status: ExitStatus,
    },
}
