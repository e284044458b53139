//! What is measured of a sound while it is read, at its own rate.

use crate::sound::SoundFacts;
use crate::sound::clipping::Clipping;
use crate::sound::decoder::Decoder;
use crate::sound::level::{Levels, Silence};
use crate::sound::opening::Spec;

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
        self.sum += mean.iter().map(|&sample| f64::from(sample)).sum::<f64>();
        self.levels.push(mean);
        self.mean_energy += energy(mean);
        for (channel, clipping) in channels.iter().zip(&mut self.clipping) {
            clipping.push(channel);
            self.peak = channel
                .iter()
                .fold(self.peak, |peak, sample| peak.max(sample.abs()));
            self.energy += energy(channel);
        }
        self.are_equal &= channels.windows(2).all(|pair| pair[0] == pair[1]);
        for frame in 0..mean.len() {
            self.silence
                .push(channels.iter().all(|channel| channel[frame] == 0.0));
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

fn energy(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum()
}
