//! What the benches share: workloads, made-up batches, steps and how they are timed.
//!
//! | File | Holds |
//! | --- | --- |
//! | `cases.rs`, `model_case.rs`, `lengths.rs` | the workloads of `cases.json`, which other implementations read too |
//! | `batch.rs` | made-up batches of given lengths |
//! | `training.rs`, `layer.rs` | one step of the model, one step of a layer |
//! | `throughput.rs`, `timing.rs` | a case to a row: what is timed, and how |
//! | `feature_file.rs` | a feature file of any size |
//! | `floor.rs` | what a step cannot go below |
//! | `row.rs`, `process.rs` | the row, and what the system says of the process |
//! | `device.rs` of `misa-cli`, `compute.rs` | the device by its name, and its threads |
//! | `statistics.rs` | medians and lines |
//! | `error.rs`, `exit.rs` | what can be wrong, and how a bench ends |

mod batch;
mod cases;
mod compute;
// The same file, not the same crate: the command line would bring its parsers and its drawings.
#[path = "../../crates/misa-cli/src/device.rs"]
mod device;
mod error;
mod exit;
mod feature_file;
mod floor;
mod layer;
pub mod lengths;
mod model_case;
pub mod process;
mod row;
pub mod statistics;
mod throughput;
mod timing;
mod training;

pub use batch::BatchShape;
pub use cases::{Case, Cases, CasesError, LayerCase, Workload};
pub use compute::{Compute, available_threads, use_threads};
pub use device::{DeviceError, default_device, device, devices, names};
pub use error::BenchError;
pub use exit::exit;
pub use feature_file::FeatureFile;
pub use floor::sgemm_rate;
pub use layer::LayerStep;
pub use model_case::{LossWeights, ModelCase, Optimiser, TaskLoss, Unsupported};
pub use row::{Row, RowFile};
pub use throughput::{Settings, run};
pub use timing::{Timing, measure, timed};
pub use training::TrainingStep;
