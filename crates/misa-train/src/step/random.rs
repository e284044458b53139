//! Whose turn it is to draw random numbers.

use std::sync::{Mutex, MutexGuard, PoisonError};

static TURN: Mutex<()> = Mutex::new(());

/// Holds the random state of every device until it is dropped.
///
/// A device's random state can belong to the whole process: between a seed and the last number
/// drawn after it nobody else may draw, be it another run or a model that is loaded.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
