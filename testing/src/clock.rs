//! Processor time of a computation, independent of other processes.

use std::sync::LazyLock;
use std::time::{Duration, Instant};
use std::{env, fs};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Whether tests run in full: `scripts/check-long` sets `MISA_LONG=1`.
pub fn is_long() -> bool {
    env::var_os("MISA_LONG").is_some_and(|value| value == "1")
}

/// Processor time of this thread so far, in steps of a few milliseconds; on other systems than
/// Linux, wall time since the first call.
pub fn cpu_time() -> Duration {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split_whitespace().next();
    match nanoseconds.and_then(|text| text.parse().ok()) {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => START.elapsed(),
    }
}

/// Whether `work` takes less than `limit` of processor time.
///
/// The wall time is measured first. If it exceeds the limit, perhaps because of other processes, the
/// work runs again, and its processor time is measured.
pub fn takes_less_than(limit: Duration, mut work: impl FnMut()) -> bool {
    let start = Instant::now();
    work();
    if start.elapsed() < limit {
        return true;
    }
    let start = cpu_time();
    work();
    cpu_time() - start < limit
}
