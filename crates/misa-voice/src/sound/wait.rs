//! How long a sound may be read.

use std::time::{Duration, Instant};

/// The time that reading may take. Without a limit no clock is read, as a browser has none that Rust knows.
pub(crate) struct Wait(Option<(Instant, Duration)>);

impl Wait {
    /// Begins now, for at most `patience`.
    pub fn begin(patience: Option<Duration>) -> Self {
        Self(patience.map(|most| (Instant::now(), most)))
    }

    /// The limit, once it is passed.
    pub fn too_long(&self) -> Option<Duration> {
        let (begun, most) = self.0?;
        (begun.elapsed() > most).then_some(most)
    }
}
