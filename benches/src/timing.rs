//! How steps are timed.

use crate::{process, statistics};
use std::time::{Duration, Instant};

/// After a first step that takes more than this share of the measuring time, there is no warm-up:
/// it would take longer than the measurement.
const LONG_FIRST_STEP: f64 = 0.1;

/// Time of a step, measured on several batches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Milliseconds of a step: the median time of each batch, then the mean over the batches. So
    /// each batch has the same weight, even if some were timed more often.
    pub ms: f64,
    /// The same with the least time of each batch.
    pub best_ms: f64,
    /// Steps timed.
    pub steps: usize,
    /// Processor seconds per second, over all threads; `None` on other systems than Linux.
    pub cpu_per_wall: Option<f64>,
}

/// Times steps on `batches` batches in turn, for about `seconds` seconds, each batch at least
/// once.
///
/// `step` runs a step on the batch of an index and returns the time to count. `first` is the time
/// of an earlier step; unless it was long, one pass over the batches follows as a warm-up.
///
/// # Errors
///
/// The first error of `step`.
///
/// # Panics
///
/// Panics if there are no batches.
pub fn measure<E>(
    batches: usize,
    seconds: f64,
    first: Duration,
    mut step: impl FnMut(usize) -> Result<Duration, E>,
) -> Result<Timing, E> {
    assert!(batches > 0, "nothing to measure");
    if first.as_secs_f64() < LONG_FIRST_STEP * seconds {
        for batch in 0..batches {
            step(batch)?;
        }
    }
    let mut times = vec![Vec::new(); batches];
    let mut steps = 0;
    let (cpu, start) = (process::cpu_seconds(), Instant::now());
    while steps < batches || start.elapsed().as_secs_f64() < seconds {
        let batch = steps % batches;
        times[batch].push(step(batch)?.as_secs_f64() * 1e3);
        steps += 1;
    }
    let wall = start.elapsed().as_secs_f64();
    let cpu = process::cpu_seconds().zip(cpu).map(|(end, cpu)| end - cpu);
    let (ms, best_ms) = summary(&times);
    Ok(Timing {
        ms,
        best_ms,
        steps,
        cpu_per_wall: cpu.map(|cpu| cpu / wall),
    })
}

/// Mean over the batches of their median time, and of their least time.
fn summary(times: &[Vec<f64>]) -> (f64, f64) {
    let medians = times.iter().map(|times| statistics::median(times));
    let fastest = |times: &Vec<f64>| times.iter().copied().fold(f64::INFINITY, f64::min);
    (
        statistics::mean(medians),
        statistics::mean(times.iter().map(fastest)),
    )
}

/// Runs `work` and returns the time it took.
///
/// # Errors
///
/// The error of `work`.
pub fn timed<E>(work: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    const LONG: Duration = Duration::from_secs(1);

    /// Measures steps that claim `times` milliseconds, for no time at all.
    fn measured(batches: usize, first: Duration, times: &[u64]) -> (Timing, Vec<usize>) {
        let mut seen = Vec::new();
        let timing = measure(batches, 0.0, first, |batch| {
            seen.push(batch);
            Ok::<_, Infallible>(Duration::from_millis(times[seen.len() - 1]))
        });
        (timing.unwrap(), seen)
    }

    #[test]
    fn each_batch_is_timed_at_least_once() {
        let (timing, seen) = measured(3, LONG, &[1, 2, 6]);
        assert_eq!(seen, [0, 1, 2]);
        assert_eq!((timing.ms, timing.best_ms, timing.steps), (3.0, 3.0, 3));
    }

    #[test]
    fn a_short_first_step_is_followed_by_a_warm_up_pass() {
        let mut seen = Vec::new();
        let timing = measure(2, 1e-9, Duration::ZERO, |batch| {
            seen.push(batch);
            Ok::<_, Infallible>(Duration::from_millis(seen.len() as u64))
        });
        assert_eq!(seen, [0, 1, 0, 1]);
        assert_eq!(timing.unwrap().ms, 3.5);
    }

    /// The second batch has been timed once, the first one twice.
    #[test]
    fn every_batch_weighs_the_same() {
        let times = [vec![10.0, 30.0], vec![100.0]];
        assert_eq!(summary(&times), (60.0, 55.0));
    }

    #[test]
    fn the_error_of_a_step_ends_the_measurement() {
        let timing = measure(1, 1.0, LONG, |_| Err("broken"));
        assert_eq!(timing, Err("broken"));
    }
}
