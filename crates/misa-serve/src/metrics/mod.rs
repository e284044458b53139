//! What the server counts, as Prometheus reads it.

mod histogram;
mod text;

use crate::lock::lock;
use histogram::Histogram;
use misa_terms::{Clip, Modality, PerModality};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
pub(crate) use text::Gauges;

/// Upper bounds of times, in seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Upper bounds of clips in a batch.
const CLIPS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What the server counts.
pub(crate) struct Metrics {
    /// By route and status.
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    /// By route.
    durations: Mutex<BTreeMap<&'static str, Histogram>>,
    batches: Histogram,
    inference: Histogram,
    clips: AtomicU64,
    absent: PerModality<AtomicU64>,
    reloads: [AtomicU64; 2],
    /// Connections that are open.
    pub connections: AtomicI64,
    /// Requests whose head was read and that are not answered.
    pub running: AtomicI64,
    /// Of these, accepted to be computed.
    pub accepted: AtomicI64,
    /// Requests whose head was read.
    pub begun: AtomicU64,
}

impl Metrics {
    pub fn new() -> Self {
        Self {
            requests: Mutex::default(),
            durations: Mutex::default(),
            batches: Histogram::new(&CLIPS),
            inference: Histogram::new(&SECONDS),
            clips: AtomicU64::new(0),
            absent: PerModality::default(),
            reloads: Default::default(),
            connections: AtomicI64::new(0),
            running: AtomicI64::new(0),
            accepted: AtomicI64::new(0),
            begun: AtomicU64::new(0),
        }
    }

    /// Counts an answered request.
    pub fn answered(&self, route: &'static str, status: u16, time: Duration) {
        *lock(&self.requests).entry((route, status)).or_default() += 1;
        let mut durations = lock(&self.durations);
        let histogram = durations
            .entry(route)
            .or_insert_with(|| Histogram::new(&SECONDS));
        histogram.observe(time.as_secs_f64());
    }

    /// Counts clips that were taken, and what they lack.
    pub fn taken(&self, clips: &[Clip]) {
        self.clips.fetch_add(clips.len() as u64, Ordering::Relaxed);
        for modality in Modality::ALL {
            let absent = clips.iter().filter(|clip| !clip.has(modality)).count();
            let counter = self.absent.get(modality);
            counter.fetch_add(absent as u64, Ordering::Relaxed);
        }
    }

    /// Counts a computed batch.
    pub fn computed(&self, clips: usize, time: Duration) {
        self.batches.observe(clips as f64);
        self.inference.observe(time.as_secs_f64());
    }

    /// Counts a reload.
    pub fn reloaded(&self, is_taken: bool) {
        self.reloads[usize::from(is_taken)].fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts up, and down when dropped.
pub(crate) struct Counted<'a>(&'a AtomicI64);

impl<'a> Counted<'a> {
    pub fn up(counter: &'a AtomicI64) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
