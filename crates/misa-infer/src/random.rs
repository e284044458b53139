//! A lock of the random state of devices.

use std::sync::{Mutex, MutexGuard, PoisonError};

static LOCK: Mutex<()> = Mutex::new(());

/// Holds the random state of every device until it is dropped.
///
/// A device's random state can belong to the whole process: between a seed and the last number
/// drawn after it nobody else may draw, be it another run or a model that is loaded.
pub fn lock_random_state() -> MutexGuard<'static, ()> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}
