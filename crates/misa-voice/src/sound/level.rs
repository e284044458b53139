//! Levels and silence of a sound, block after block.

use crate::sound::sums::energy;

/// The highest and the lowest level of parts of 100 ms.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    /// Samples of a part.
    part: usize,
    /// Samples of the part that goes on.
    samples: usize,
    squares: f64,
    loudest: f64,
    quietest: f64,
}

impl Levels {
    /// None so far, of sound with `rate` samples a second.
    pub fn new(rate: u32) -> Self {
        Self {
            part: (rate / 10) as usize,
            samples: 0,
            squares: 0.0,
            loudest: 0.0,
            quietest: f64::INFINITY,
        }
    }

    /// Adds samples that follow the ones before.
    pub fn push(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(self.part - self.samples));
            self.squares += energy(now);
            self.samples += now.len();
            samples = later;
            if self.samples == self.part {
                self.end_part();
            }
        }
    }

    /// The highest and the lowest level in dB, of parts that are not exactly 0. A last part that is shorter counts
    /// only if it is the only one.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        let mut levels = self.clone();
        if levels.loudest == 0.0 && levels.samples > 0 {
            levels.end_part();
        }
        let decibels = |power: f64| 10.0 * power.log10();
        (levels.loudest > 0.0).then(|| (decibels(levels.loudest), decibels(levels.quietest)))
    }

    fn end_part(&mut self) {
        let power = self.squares / self.samples as f64;
        if power > 0.0 {
            self.loudest = self.loudest.max(power);
            self.quietest = self.quietest.min(power);
        }
        (self.samples, self.squares) = (0, 0.0);
    }
}

/// Frames that are exactly 0 for at least 10 ms at once.
#[derive(Clone, Debug)]
pub(crate) struct Silence {
    least: u64,
    run: u64,
    frames: u64,
}

impl Silence {
    /// None so far, of sound with `rate` samples a second.
    pub fn new(rate: u32) -> Self {
        Self {
            least: u64::from(rate / 100).max(1),
            run: 0,
            frames: 0,
        }
    }

    /// Adds a frame that follows the ones before.
    pub fn push(&mut self, is_silent: bool) {
        if !is_silent {
            self.run = 0;
            return;
        }
        self.run += 1;
        if self.run >= self.least {
            self.frames += if self.run == self.least {
                self.least
            } else {
                1
            };
        }
    }

    /// Frames of silence.
    pub fn frames(&self) -> u64 {
        self.frames
    }
}
