//! Samples that are cut off at a largest magnitude.

use crate::sound::sums::largest_magnitude;

/// Share of full scale from which a magnitude is full.
const FULL: f32 = 0.999;
/// Own largest magnitude below which flat tops are steps of a quiet sound.
const AUDIBLE: f32 = 0.1;
/// Difference, relative, of magnitudes that count as one.
const SAME: f32 = 1e-4;

/// Samples that are looked at at once.
const PART: usize = 64;

/// Clipped samples of one channel.
#[derive(Clone, Debug)]
pub(crate) struct Clipping {
    /// At full scale.
    full: Runs,
    /// At the largest magnitude so far.
    own: Runs,
    level: f32,
}

impl Clipping {
    /// None so far, of a channel with `rate` samples a second.
    pub fn new(rate: u32) -> Self {
        let least = (rate / 4000).max(3) as usize;
        Self {
            full: Runs::new(3),
            own: Runs::new(least),
            level: 0.0,
        }
    }

    /// Adds samples that follow the ones before.
    pub fn push(&mut self, samples: &[f32]) {
        for part in samples.chunks(PART) {
            let largest = largest_magnitude(part);
            if largest < FULL && largest < self.level * (1.0 - SAME) {
                // Most parts have not one sample in a run.
                (self.full.run, self.own.run) = (0, 0);
            } else {
                self.push_each(part);
            }
        }
    }

    fn push_each(&mut self, samples: &[f32]) {
        for &sample in samples {
            let magnitude = sample.abs();
            self.full.push(magnitude >= FULL, sample > 0.0);
            if magnitude > self.level * (1.0 + SAME) {
                self.level = magnitude;
                self.own = Runs::new(self.own.least);
            }
            self.own
                .push(magnitude >= self.level * (1.0 - SAME), sample > 0.0);
        }
    }

    /// Clipped samples.
    pub fn count(&self) -> u64 {
        let own = if self.level >= AUDIBLE {
            self.own.samples
        } else {
            0
        };
        self.full.samples.max(own)
    }
}

/// Samples in runs of one sign.
#[derive(Clone, Debug)]
struct Runs {
    /// The shortest run that counts.
    least: usize,
    /// Samples of the run that goes on.
    run: usize,
    is_positive: bool,
    /// Samples of all runs that count.
    samples: u64,
}

impl Runs {
    fn new(least: usize) -> Self {
        Self {
            least,
            run: 0,
            is_positive: false,
            samples: 0,
        }
    }

    fn push(&mut self, is_in_run: bool, is_positive: bool) {
        if !is_in_run {
            self.run = 0;
            return;
        }
        if is_positive != self.is_positive {
            (self.run, self.is_positive) = (0, is_positive);
        }
        self.run += 1;
        if self.run >= self.least {
            let gained = if self.run == self.least {
                self.least
            } else {
                1
            };
            self.samples += gained as u64;
        }
    }
}
