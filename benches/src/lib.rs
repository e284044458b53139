//! Shared parts of the benches: workloads, synthetic batches, steps and their timing.
//!
//! | File | Holds |
//! | --- | --- |
//! | `cases.rs`, `model_case.rs`, `lengths.rs` | the workloads of `cases.json`, which other implementations read too |
//! | `batch.rs` | synthetic batches of given lengths |
//! | `training.rs`, `layer.rs` | one step of the model, one step of a layer |
//! | `throughput.rs`, `timing.rs` | measuring a case |
//! | `feature_file.rs` | a feature file of any size |
//! | `floor.rs`, `products.rs` | lower bound of the time of a step; rates of matrix products |
//! | `parity.rs` | whether two devices compute the same step |
//! | `load/` | requests to a server, good and bad, and their answers |
//! | `row.rs`, `process.rs` | the result of a case; memory and time of the process |
//! | `device.rs` of `misa-cli`, `compute.rs` | the device by its name, and its threads |
//! | `statistics.rs` | medians and lines |
//! | `error.rs`, `exit.rs` | errors and exit status |

mod batch;
mod cases;
mod compute;
// The file is shared instead of depending on misa-cli, which would build its parsers and figures.
#[path = "../../crates/misa-cli/src/device.rs"]
mod device;
mod error;
mod exit;
mod feature_file;
mod floor;
mod layer;
pub mod lengths;
pub mod load;
mod model_case;
pub mod parity;
pub mod process;
pub mod products;
mod row;
pub mod statistics;
#[cfg(test)]
mod testing;
mod throughput;
mod timing;
mod training;

pub use batch::BatchShape;
pub use cases::{Case, Cases, CasesError, LayerCase, Workload};
pub use compute::{Compute, available_threads, use_threads};
pub use device::{DeviceError, default_device, local_device, local_devices, names};
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
