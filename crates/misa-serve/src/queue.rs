//! Requests that wait to be computed.

use crate::lock::lock;
use crate::model::Loaded;
use crate::pace::Pace;
use misa_answer::Failure;
use misa_terms::Clip;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A request that waits, with the model that was current when it came.
pub(crate) struct Job<T> {
    pub loaded: Arc<Loaded>,
    pub clips: Vec<Clip>,
    /// Steps of all clips.
    pub steps: usize,
    pub queued: Instant,
    pub answer: oneshot::Sender<Result<Vec<T>, Failure>>,
}

/// What a batch may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchLimits {
    pub clips: usize,
    pub steps: usize,
    /// How long the first request of a batch may wait for others.
    pub window: Duration,
}

/// Requests in the order in which they came, at most as many as there is room for.
pub(crate) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    changed: Condvar,
    limits: BatchLimits,
    capacity: usize,
    /// Of a clip.
    pace: Pace,
}

struct Waiting<T> {
    jobs: VecDeque<Job<T>>,
    /// Whether a worker waits for more requests of its batch; the others leave them to it.
    is_collecting: bool,
    is_closed: bool,
    skipped: u64,
}

impl<T> Queue<T> {
    /// An empty queue for `capacity` requests.
    pub fn new(capacity: usize, limits: BatchLimits) -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                jobs: VecDeque::new(),
                is_collecting: false,
                is_closed: false,
                skipped: 0,
            }),
            changed: Condvar::new(),
            limits,
            capacity,
            pace: Pace::default(),
        }
    }

    /// Appends a request; gives it back if there is no room or no worker any more.
    pub fn push(&self, job: Job<T>) -> Result<(), Job<T>> {
        let mut waiting = lock(&self.waiting);
        if waiting.jobs.len() >= self.capacity {
            // Requests of clients that left take no room from others.
            waiting.drop_abandoned();
        }
        if waiting.is_closed || waiting.jobs.len() >= self.capacity {
            return Err(job);
        }
        waiting.jobs.push_back(job);
        drop(waiting);
        self.changed.notify_all();
        Ok(())
    }

    /// The next batch, of one model, as soon as it is full or its first request has waited long enough.
    /// `None` once the queue is closed and empty.
    pub fn next_batch(&self) -> Option<Vec<Job<T>>> {
        let mut waiting = lock(&self.waiting);
        let first = loop {
            if waiting.is_collecting || waiting.jobs.is_empty() {
                if waiting.is_closed && waiting.jobs.is_empty() {
                    return None;
                }
                waiting = self.wait(waiting, None);
                continue;
            }
            match waiting.pop_wanted() {
                Some(job) => break job,
                None => continue,
            }
        };
        let deadline = first.queued + self.limits.window;
        let mut batch = Batch::of(first, self.limits);
        waiting.is_collecting = true;
        loop {
            batch.fill(&mut waiting);
            let now = Instant::now();
            if batch.is_full || waiting.is_closed || now >= deadline {
                break;
            }
            waiting = self.wait(waiting, Some(deadline - now));
        }
        waiting.is_collecting = false;
        drop(waiting);
        self.changed.notify_all();
        Some(batch.jobs)
    }

    fn wait<'a>(
        &self,
        waiting: MutexGuard<'a, Waiting<T>>,
        limit: Option<Duration>,
    ) -> MutexGuard<'a, Waiting<T>> {
        match limit {
            None => self.changed.wait(waiting),
            Some(limit) => self
                .changed
                .wait_timeout(waiting, limit)
                .map(|(waiting, _)| waiting)
                .map_err(|error| PoisonError::new(error.into_inner().0)),
        }
        .unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the workers end once nothing waits.
    pub fn close(&self) {
        lock(&self.waiting).is_closed = true;
        self.changed.notify_all();
    }

    /// Requests that wait.
    pub fn len(&self) -> usize {
        lock(&self.waiting).jobs.len()
    }

    /// Whether another request would be refused.
    pub fn is_full(&self) -> bool {
        let mut waiting = lock(&self.waiting);
        if waiting.jobs.len() >= self.capacity {
            waiting.drop_abandoned();
        }
        waiting.jobs.len() >= self.capacity
    }

    /// Requests that were not computed because their client had left.
    pub fn skipped(&self) -> u64 {
        lock(&self.waiting).skipped
    }

    /// Remembers how long a batch took.
    pub fn took(&self, clips: usize, time: Duration) {
        self.pace.took(clips, time);
    }

    /// Seconds after which there will be room, at the rate of the last batches, from 1 to 60.
    pub fn retry_after(&self) -> u64 {
        let clips: usize = lock(&self.waiting)
            .jobs
            .iter()
            .map(|job| job.clips.len())
            .sum();
        self.pace.retry_after(clips as f64)
    }
}

impl<T> Waiting<T> {
    /// The first request whose client still waits for it.
    fn pop_wanted(&mut self) -> Option<Job<T>> {
        while let Some(job) = self.jobs.pop_front() {
            if !job.answer.is_closed() {
                return Some(job);
            }
            self.skipped += 1;
        }
        None
    }

    fn drop_abandoned(&mut self) {
        let before = self.jobs.len();
        self.jobs.retain(|job| !job.answer.is_closed());
        self.skipped += (before - self.jobs.len()) as u64;
    }
}

/// Requests that are computed together.
struct Batch<T> {
    jobs: Vec<Job<T>>,
    clips: usize,
    steps: usize,
    limits: BatchLimits,
    is_full: bool,
}

impl<T> Batch<T> {
    fn of(first: Job<T>, limits: BatchLimits) -> Self {
        let (clips, steps) = (first.clips.len(), first.steps);
        Self {
            // Clips of other requests could be taken for parts of the same video.
            is_full: first.loaded.model.reads_videos()
                || clips >= limits.clips
                || steps >= limits.steps,
            jobs: vec![first],
            clips,
            steps,
            limits,
        }
    }

    /// Takes what fits, of the same model, in the order in which it came; requests of other models stay.
    fn fill(&mut self, waiting: &mut Waiting<T>) {
        let mut index = 0;
        while !self.is_full && index < waiting.jobs.len() {
            let job = &waiting.jobs[index];
            if job.answer.is_closed() {
                waiting.jobs.remove(index);
                waiting.skipped += 1;
                continue;
            }
            if !Arc::ptr_eq(&job.loaded, &self.jobs[0].loaded) {
                index += 1;
                continue;
            }
            let (clips, steps) = (self.clips + job.clips.len(), self.steps + job.steps);
            if clips > self.limits.clips || steps > self.limits.steps {
                self.is_full = true;
                return;
            }
            self.is_full = clips == self.limits.clips || steps == self.limits.steps;
            (self.clips, self.steps) = (clips, steps);
            self.jobs.extend(waiting.jobs.remove(index));
        }
    }
}
