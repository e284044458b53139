//! Signals as orders.

use crate::{Control, ServeError};

/// Obeys signals until the server ends: SIGTERM and Ctrl-C stop it, SIGHUP reloads.
///
/// Call it within a runtime of tokio.
#[cfg(unix)]
pub(crate) fn obey(control: Control) -> Result<(), ServeError> {
    use tokio::signal::unix::{SignalKind, signal};

    let handler = |kind| {
        signal(kind).map_err(|source| ServeError::System {
            what: "a handler of signals",
            source,
        })
    };
    let mut terminate = handler(SignalKind::terminate())?;
    let mut interrupt = handler(SignalKind::interrupt())?;
    let mut hangup = handler(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = terminate.recv() => control.stop(),
                Some(()) = interrupt.recv() => control.stop_now(),
                Some(()) = hangup.recv() => control.reload(),
                else => return,
            }
        }
    });
    Ok(())
}

/// Obeys Ctrl-C until the server ends.
///
/// Call it within a runtime of tokio.
#[cfg(not(unix))]
pub(crate) fn obey(control: Control) -> Result<(), ServeError> {
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            control.stop_now();
        }
    });
    Ok(())
}
