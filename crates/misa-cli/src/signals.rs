//! Signals that ask a run to stop.

use crate::exit::Exit;
use misa_train::Stop;
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};
use std::io;

/// A request to stop that SIGTERM and Ctrl-C make. The second of them ends the process at once.
///
/// # Errors
///
/// Whatever the system refuses.
pub fn stop_on_signals() -> io::Result<Stop> {
    let stop = Stop::new();
    for signal in [SIGTERM, SIGINT] {
        // Before the flag is set, so that the first signal finds it unset.
        flag::register_conditional_shutdown(signal, Exit::Stopped as i32, stop.flag())?;
        flag::register(signal, stop.flag())?;
    }
    Ok(stop)
}
