//! A request to stop, which a run checks at each step.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Requests that a run saves its state and stops. All clones share one request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Without a request so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether a stop is requested.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// The flag that holds the request, for signal handlers that set a flag.
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }
}
