//! What is measured of a sound while it is read, at its own rate.

use crate::sound::SoundFacts;
use crate::sound::clipping::Clipping;
use crate::sound::decoder::Decoder;
use crate::sound::level::{Levels, Silence};
use crate::sound::opening::Spec;
use crate::sound::sums::{energy, largest_magnitude, sum};

/// What was measured so far.
pub(crate) struct Meter {
    spec: Spec,
    frames: u64,
    sum: f64,
    peak: f32,
    clipping: Vec<Clipping>,
    levels: Levels,
    silence: Silence,
    /// Energy of the mean of the channels.
    mean_energy: f64,
    /// Energy of all channels.
    energy: f64,
    are_equal: bool,
}

impl Meter {
    /// Nothing so far.
    pub fn new(spec: Spec) -> Self {
        Self {
            spec,
            frames: 0,
            sum: 0.0,
            peak: 0.0,
            clipping: vec![Clipping::new(spec.rate); spec.channels],
            levels: Levels::new(spec.rate),
            silence: Silence::new(spec.rate),
            mean_energy: 0.0,
            energy: 0.0,
            are_equal: spec.channels > 1,
        }
    }

    /// Adds a block: its channels, each as long as their mean.
    pub fn push(&mut self, channels: &[Vec<f32>], mean: &[f32]) {
        self.frames += mean.len() as u64;
        self.sum += sum(mean);
        self.levels.push(mean);
        let mean_energy = energy(mean);
        self.mean_energy += mean_energy;
        for (channel, clipping) in channels.iter().zip(&mut self.clipping) {
            clipping.push(channel);
            self.peak = self.peak.max(largest_magnitude(channel));
            self.energy += match channels {
                [_] => mean_energy,
                _ => energy(channel),
            };
        }
        self.are_equal &= channels.windows(2).all(|pair| pair[0] == pair[1]);
        self.push_silence(channels, mean.len());
    }

    /// Adds which of `frames` are silent.
    fn push_silence(&mut self, channels: &[Vec<f32>], frames: usize) {
        for start in (0..frames).step_by(PART) {
            let end = (start + PART).min(frames);
            // Most parts have not one silent frame, which is seen at once.
            let zeros = channels.first().map_or(frames, |channel| {
                let zeros = channel[start..end].iter();
                zeros.map(|sample| usize::from(*sample == 0.0)).sum()
            });
            if zeros == 0 {
                self.silence.push(false);
                continue;
            }
            for frame in start..end {
                self.silence
                    .push(channels.iter().all(|channel| channel[frame] == 0.0));
            }
        }
    }

    /// What is known now of the sound that `decoder` reads.
    pub fn facts(&self, decoder: &Decoder<'_>) -> SoundFacts {
        let (frames, channels) = (self.frames as f64, self.spec.channels as f64);
        let rate = f64::from(self.spec.rate);
        let clipped: u64 = self.clipping.iter().map(Clipping::count).sum();
        let levels = self.levels.extremes();
        SoundFacts {
            container: decoder.container(),
            codec: decoder.codec,
            rate: self.spec.rate,
            channels: self.spec.channels,
            frames: self.frames,
            seconds: frames / rate,
            bits: decoder.bits,
            peak: self.peak,
            clipped: clipped as f64 / (frames * channels).max(1.0),
            offset: self.sum / frames.max(1.0),
            silent_seconds: self.silence.frames() as f64 / rate,
            loudest: levels.map(|(loudest, _)| loudest),
            quietest: levels.map(|(_, quietest)| quietest),
            are_channels_equal: self.are_equal,
            mean_energy: (self.energy > 0.0).then(|| self.mean_energy / (self.energy / channels)),
            skipped_bytes: decoder.tally.skipped_bytes(),
            garbage_bytes: decoder.tally.garbage_bytes(),
            damaged_packets: 0,
            fault: None,
        }
    }
}

/// Frames that are looked at at once.
const PART: usize = 64;
