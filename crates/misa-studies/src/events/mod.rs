//! TensorBoard's event files: scalars by tag and step.
//!
//! | File | Holds |
//! |---|---|
//! | `event_file.rs` | a file that is written |
//! | `reading.rs` | events of a file, read and left out |
//! | `event.rs`, `protobuf.rs` | one event and its encoding |
//! | `record.rs`, `crc32c.rs` | the records of a file and their checksums |
//! | `error.rs` | what can be wrong |

mod crc32c;
mod error;
mod event;
mod event_file;
mod protobuf;
mod reading;
mod record;

pub use error::EventError;
pub use event::Event;
pub use event_file::EventFile;
pub use reading::{event_files, keep_events, read_events};
