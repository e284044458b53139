//! A lock of the random state of devices.

use std::sync::{Mutex, MutexGuard, PoisonError};

static LOCK: Mutex<()> = Mutex::new(());

/// Locks the random state of every device until the guard is dropped.
///
/// The random state of a device may belong to the whole process. Between setting a seed and drawing
/// the last number, no other run or loading model may draw.
pub fn lock_random_state() -> MutexGuard<'static, ()> {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}
