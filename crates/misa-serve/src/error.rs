//! Why a server does not start, or ends.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a server does not start, or ends.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A file of settings that cannot be used.
    #[error("{path}: {message}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A setting outside its range.
    #[error("{name}: expected {expected}, found {found}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// No model to serve.
    #[error("no model, expected at least one, as PATH or NAME=PATH")]
    NoModel,
    /// Two models of one name.
    #[error("two models are called `{name}`, expected another name; NAME=PATH gives one")]
    SameName {
        /// The name.
        name: String,
    },
    /// A name that routes, labels and messages cannot hold.
    #[error(
        "{path}: the model's name is `{name}`, expected at most 64 letters, digits, `.`, `_` and \
         `-`; give another one, by NAME=PATH or --name", path = path.display()
    )]
    ModelName {
        /// Where the model is.
        path: PathBuf,
        /// Its name.
        name: String,
    },
    /// A model that cannot be loaded or does not compute.
    #[error("model `{name}`: {message}")]
    Model {
        /// Its name.
        name: String,
        /// Why.
        message: String,
    },
    /// A file of keys that cannot be used. The message holds no key.
    #[error("{path}: {message}", path = path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The address cannot be listened on.
    #[error("{address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Cause.
        source: io::Error,
    },
    /// The system gives no thread or no signal handler.
    #[error("{what}: {source}")]
    System {
        /// What was asked for.
        what: &'static str,
        /// Cause.
        source: io::Error,
    },
    /// Requests that were accepted were not answered in the time given to finish.
    #[error("{unanswered} requests were not answered in {seconds} seconds, expected 0")]
    Unfinished {
        /// How many.
        unanswered: usize,
        /// The time.
        seconds: f64,
    },
    /// A second request to stop, with requests not answered.
    #[error("ended at once, {unanswered} requests were not answered")]
    AtOnce {
        /// How many.
        unanswered: usize,
    },
}
