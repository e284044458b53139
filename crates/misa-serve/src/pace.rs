//! How long a piece of work has lately taken.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Seconds that a piece of work has lately taken, later ones counting more.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Bits of the seconds; 0 before the first piece.
    seconds: AtomicU64,
}

impl Pace {
    /// Remembers how long `pieces` of work took.
    pub fn took(&self, pieces: usize, time: Duration) {
        let latest = time.as_secs_f64() / pieces.max(1) as f64;
        let before = self.seconds();
        let mean = if before == 0.0 {
            latest
        } else {
            0.8 * before + 0.2 * latest
        };
        self.seconds.store(mean.to_bits(), Ordering::Relaxed);
    }

    fn seconds(&self) -> f64 {
        f64::from_bits(self.seconds.load(Ordering::Relaxed))
    }

    /// Seconds after which there will be room for more than the `waiting` pieces, from 1 to 60.
    pub fn retry_after(&self, waiting: f64) -> u64 {
        // A quarter of them is done by then.
        (waiting * self.seconds() / 4.0).ceil().clamp(1.0, 60.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_again_finds_a_quarter_done() {
        let pace = Pace::default();
        assert_eq!(pace.retry_after(1000.0), 1);
        pace.took(2, Duration::from_secs(4));
        // Eight pieces of two seconds each take sixteen.
        assert_eq!(pace.retry_after(8.0), 4);
        // 0.8 * 2 + 0.2 * 7 = 3 seconds.
        pace.took(1, Duration::from_secs(7));
        assert_eq!(pace.retry_after(8.0), 6);
        assert_eq!(pace.retry_after(1000.0), 60);
    }
}
