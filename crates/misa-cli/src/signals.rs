//! Signals that request a run to stop. Windows has only Ctrl-C, which is received as SIGINT.
//!
//! Nothing has to be restored in the terminal, see [`misa_train::Progress`]: a process may end at
//! any time.

use crate::exit::Exit;
use misa_train::Stop;
#[cfg(target_os = "linux")]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};
#[cfg(unix)]
use signal_hook::consts::{SIGUSR1, SIGUSR2};
use signal_hook::{flag, low_level};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{io, thread};

/// Signals within this time are one request: systemd and Slurm, which end whole groups of
/// processes, may send several to one process.
const BURST: Duration = Duration::from_secs(1);

/// Time between two checks of what a handler recorded: short for a user, and rare enough not to slow
/// a run.
const PAUSE: Duration = Duration::from_millis(20);

/// The requests of signals, in their order.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// Save the state and stop.
    pub stop: Stop,
    /// End at once.
    pub now: Stop,
}

/// A request to stop that SIGTERM, SIGUSR1, SIGUSR2, Ctrl-C and the end of the terminal (SIGHUP) make. The
/// second of them ends the process at once, unless it comes within a second.
///
/// # Errors
///
/// Whatever the system refuses.
pub fn stop_on_signals() -> io::Result<Stop> {
    let stop = Stop::new();
    // Without what usually comes with an exit: a thread that hangs must not hold it up.
    let end = || low_level::exit(i32::from(Exit::Stopped as u8));
    listen(&signals(), stop.clone(), end)?;
    Ok(stop)
}

/// The same for a process that others work for: it has to end them first.
///
/// # Errors
///
/// Whatever the system refuses.
pub fn requests_on_signals() -> io::Result<Requests> {
    let requests = Requests::default();
    let now = requests.now.clone();
    listen(&signals(), requests.stop.clone(), move || {
        now.request();
    })?;
    Ok(requests)
}

/// The signals that request to stop; SIGUSR1 and SIGUSR2 are what schedulers send before a time limit.
///
/// - Differs: SIGHUP is one of them on Linux only. Elsewhere a program cannot know without unsafe code
///   whether `nohup` wants it to be ignored.
fn signals() -> Vec<i32> {
    let always = [SIGTERM, SIGINT];
    #[cfg(unix)]
    let always = always.into_iter().chain([SIGUSR1, SIGUSR2]);
    #[cfg(target_os = "linux")]
    let always = always.chain(Some(SIGHUP).filter(|&signal| !is_ignored(signal)));
    always.into_iter().collect()
}

/// Whether the process was started with the signal ignored, as `nohup` does: a handler would end what
/// is to go on.
#[cfg(target_os = "linux")]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_signals(&status).is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// The mask of the ignored signals in the text of `/proc/self/status`: signal `n` is bit `n - 1`.
#[cfg(target_os = "linux")]
fn ignored_signals(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Makes the first of `signals` request `stop`, and those after the burst do `second`.
///
/// The handlers set a flag, which is what every system allows them; a thread reads it.
fn listen(signals: &[i32], stop: Stop, second: impl Fn() + Send + 'static) -> io::Result<()> {
    let was_signalled = Arc::new(AtomicBool::new(false));
    for signal in signals {
        flag::register(*signal, Arc::clone(&was_signalled))?;
    }
    let mut burst = Burst::default();
    let watch = move || {
        loop {
            thread::sleep(PAUSE);
            if !was_signalled.swap(false, Ordering::Relaxed) {
                continue;
            }
            if burst.has_passed(Instant::now()) {
                second();
            } else {
                stop.request();
            }
        }
    };
    let thread = thread::Builder::new().name("signals".to_string());
    thread.spawn(watch).map(drop)
}

/// The first request, with every signal that belongs to it.
#[derive(Debug, Default)]
struct Burst(Option<Instant>);

impl Burst {
    /// Whether a signal at this moment is another request.
    fn has_passed(&mut self, now: Instant) -> bool {
        let first = *self.0.get_or_insert(now);
        now.duration_since(first) >= BURST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_within_a_second_are_one_request() {
        let mut burst = Burst::default();
        let start = Instant::now();
        let after = |milliseconds| start + Duration::from_millis(milliseconds);
        assert!(!burst.has_passed(start));
        assert!(!burst.has_passed(after(0)));
        assert!(!burst.has_passed(after(999)));
        // Counted from the first signal, so that repeated signals are not ignored for ever.
        assert!(burst.has_passed(after(1_000)));
        assert!(burst.has_passed(after(1_001)));
    }

    /// Bit 0 is SIGHUP, bit 12 SIGPIPE.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_ignored_signals_are_those_of_the_mask() {
        let status = "Name:\tmisa\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n";
        assert_eq!(ignored_signals(status), Some(0x1001));
        assert_eq!(ignored_signals("Name:\tmisa\n"), None);
        // Rust's runtime ignores SIGPIPE, and the test runner leaves SIGTERM alone.
        assert!(is_ignored(signal_hook::consts::SIGPIPE));
        assert!(!is_ignored(SIGTERM));
    }

    // No other system has a signal that means nothing.
    #[cfg(unix)]
    #[test]
    fn the_first_signal_stops_and_one_after_the_burst_ends() {
        let Requests { stop, now } = Requests::default();
        let end = now.clone();
        listen(&[SIGUSR1], stop.clone(), move || end.request()).unwrap();
        let wait = |stop: &Stop| {
            let begin = Instant::now();
            while !stop.is_requested() && begin.elapsed() < Duration::from_secs(10) {
                thread::sleep(Duration::from_millis(5));
            }
            assert!(stop.is_requested());
        };
        low_level::raise(SIGUSR1).unwrap();
        wait(&stop);
        low_level::raise(SIGUSR1).unwrap();
        thread::sleep(BURST);
        assert!(!now.is_requested());
        low_level::raise(SIGUSR1).unwrap();
        wait(&now);
    }
}
