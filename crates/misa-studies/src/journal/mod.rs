//! Optuna's journal file: one operation in JSON per line.
//!
//! | File | Holds |
//! |---|---|
//! | `handle.rs`, `actions.rs` | a journal, and what a sweep does with it |
//! | `studies.rs`, `study.rs`, `trial.rs` | the state that its lines lead to |
//! | `operation/` | a line, read and written |
//! | `distribution.rs`, `param.rs`, `param_error.rs` | values of parameters, and where they come from |
//! | `timestamp.rs`, `worker.rs` | times, and names of those who write |
//! | `cursor.rs`, `appending.rs`, `lock.rs`, `limits.rs` | the file |
//! | `error.rs` | what can be wrong |

mod actions;
mod appending;
mod cursor;
mod distribution;
mod error;
mod handle;
mod limits;
mod lock;
mod operation;
mod param;
mod param_error;
mod studies;
mod study;
mod timestamp;
mod trial;
mod worker;

pub use actions::Outcome;
pub use cursor::Cursor;
pub use distribution::{Distribution, DistributionKind};
pub use error::JournalError;
pub use handle::Journal;
pub use limits::{FILE_BYTES, LINE_BYTES};
pub use operation::{AttrKind, Entry, Operation};
pub use param::Param;
pub use param_error::ParamError;
pub use studies::Studies;
pub use study::{Direction, Study, StudyId};
pub use timestamp::Timestamp;
pub use trial::{NewTrial, Trial, TrialId, TrialState};
