//! Turns of work that keeps a processor busy, as reading a sound does.

use crate::pace::Pace;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Turns in the order in which they are asked for, at most as many that wait as there is room for.
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    /// How many there are at a time.
    count: usize,
    waiting: AtomicUsize,
    capacity: usize,
    pace: Pace,
}

/// Why a request has no turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoTurn {
    /// As many wait as there is room for.
    Full,
    /// It has waited too long.
    Late,
}

/// A turn, given back when dropped.
pub(crate) struct Turn {
    turns: Arc<Turns>,
    begin: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// `count` turns at a time, with room for `capacity` requests that wait for one.
    pub fn new(count: usize, capacity: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(count)),
            count,
            waiting: AtomicUsize::new(0),
            capacity,
            pace: Pace::default(),
        }
    }

    /// The next turn, which is waited for no longer than `patience`.
    pub async fn take(self: &Arc<Self>, patience: Duration) -> Result<Turn, NoTurn> {
        // Fails as long as others wait.
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(self.turn(permit));
        }
        // Left when dropped, also if the client leaves.
        let _place = Place::of(self).ok_or(NoTurn::Full)?;
        match timeout(patience, Arc::clone(&self.free).acquire_owned()).await {
            Ok(permit) => Ok(self.turn(permit.expect("nobody closes it"))),
            Err(_) => Err(NoTurn::Late),
        }
    }

    fn turn(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Turn {
        Turn {
            turns: Arc::clone(self),
            begin: Instant::now(),
            _permit: permit,
        }
    }

    /// How many there are at a time.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Requests that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether another request would be refused.
    pub fn is_full(&self) -> bool {
        self.free.available_permits() == 0 && self.waiting() >= self.capacity
    }

    /// Seconds after which there will be room, at the rate of the last turns, from 1 to 60.
    pub fn retry_after(&self) -> u64 {
        let each = self.waiting() as f64 / self.count as f64;
        self.pace.retry_after(each)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.pace.took(1, self.begin.elapsed());
    }
}

/// A place among those that wait.
struct Place<'a>(&'a Turns);

impl<'a> Place<'a> {
    fn of(turns: &'a Turns) -> Option<Self> {
        let one_more = |waiting: usize| (waiting < turns.capacity).then_some(waiting + 1);
        let taken = turns
            .waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        taken.ok().map(|_| Self(turns))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::runtime::Builder;
    use tokio::task::{JoinHandle, yield_now};

    const LONG: Duration = Duration::from_secs(60);

    /// Asks for a turn, and returns once the request waits.
    async fn wait_for_turn(turns: &Arc<Turns>) -> JoinHandle<bool> {
        let asked = Arc::clone(turns);
        let before = turns.waiting();
        let waiting = tokio::spawn(async move { asked.take(LONG).await.is_ok() });
        while turns.waiting() == before {
            yield_now().await;
        }
        waiting
    }

    #[test]
    fn waiting_for_a_turn_has_its_room_and_its_time() {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = Arc::new(Turns::new(1, 1));
            let first = turns.take(LONG).await;
            assert!(first.is_ok() && !turns.is_full());
            let short = Duration::from_millis(5);
            assert_eq!(turns.take(short).await.err(), Some(NoTurn::Late));
            assert_eq!(turns.waiting(), 0);
            let second = wait_for_turn(&turns).await;
            assert!(turns.is_full());
            assert_eq!(turns.take(LONG).await.err(), Some(NoTurn::Full));
            // Who leaves gives the place to another.
            second.abort();
            assert!(second.await.is_err());
            assert_eq!(turns.waiting(), 0);
            let third = wait_for_turn(&turns).await;
            drop(first);
            assert!(third.await.unwrap());
            assert_eq!(turns.waiting(), 0);
            assert!(turns.take(LONG).await.is_ok());
        });
    }
}
