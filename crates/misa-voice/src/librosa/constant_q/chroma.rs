//! The pitch classes of a sound.

use crate::librosa::chroma_stft::{CLASSES, normalised};
use crate::librosa::constant_q::levels::Levels;
use crate::librosa::constant_q::octave::{OCTAVES, Octave, highest};
use crate::librosa::{Frames, SettingsError, Tuning, tuning_of_constant_q};

/// Samples of a sound that are filtered at once.
const BLOCK: usize = 1 << 19;

/// The twelve pitch classes from C to B, from a constant-Q transform. The highest of a frame is 1; silence has zeros.
///
/// Seven octaves from C1 (32.7 Hz), 36 bins an octave. Long sounds are filtered in blocks, so memory does not grow with
/// the sound.
///
/// - Source: librosa 0.11, `chroma_cqt`.
/// - Differs: another low-pass filter halves the rate, so values differ: by 0.0015 on
///   average for the reference sound that differs most.
#[derive(Clone, Copy, Debug)]
pub struct ChromaCqt {
    frames: Frames,
    tuning: Tuning,
}

impl ChromaCqt {
    /// Pitch classes of sounds with `rate` samples a second, every `hop` samples. A tuning is in 36ths of an octave.
    ///
    /// # Errors
    ///
    /// If the rate is below 8,412 or above [`MAX_RATE`](crate::librosa::MAX_RATE), the hop is 0, or a given tuning is
    /// not from -0.5 to 0.5.
    pub fn new(rate: u32, hop: usize, tuning: Tuning) -> Result<Self, SettingsError> {
        // The filters have windows of their own.
        let frames = Frames::new(rate, 2, hop)?;
        let least = (2.0 * highest(0.5)).ceil() as u32;
        if rate < least {
            return Err(SettingsError::Octaves { rate, least });
        }
        Ok(Self {
            frames,
            tuning: tuning.checked()?,
        })
    }

    /// Pitch classes of each frame, `[frames, 12]` row by row, 0 to 1.
    pub fn rows(&self, samples: &[f32]) -> Vec<f32> {
        let estimate = || tuning_of_constant_q(samples, self.frames.rate());
        let tuning = self
            .tuning
            .or_else(|| estimate().expect("the rate has been checked"));
        let mut rows = vec![0.0; self.frames.count(samples.len()) * CLASSES];
        ConstantQ::new(&self.frames, tuning).run(samples, |frame, classes| {
            rows[frame * CLASSES..][..CLASSES].copy_from_slice(&classes);
        });
        rows
    }
}

/// A constant-Q transform of one tuning.
#[derive(Debug)]
pub(in crate::librosa) struct ConstantQ {
    frames: Frames,
    levels: Levels,
    /// Filters of the highest octave, and of those below it that an odd hop leaves at a rate too high for them.
    filters: Vec<Octave>,
    /// From the highest octave on: the level of its samples, and its filters.
    octaves: [(usize, usize); OCTAVES],
}

impl ConstantQ {
    /// Makes the filters. The rate must be high enough.
    pub fn new(frames: &Frames, tuning: f64) -> Self {
        let early = early_halvings(frames, tuning);
        let most = frames.hop().trailing_zeros() as usize;
        // An octave lower at half the rate takes the same filters.
        let octaves: [(usize, usize); OCTAVES] = std::array::from_fn(|below| {
            let level = (early + below).min(most);
            (level, early + below - level)
        });
        let [.., (deepest, longest)] = octaves;
        let rate = f64::from(frames.rate()) / (early as f64).exp2();
        let filters = |below| Octave::new(OCTAVES - 1 - below, tuning, rate);
        let filters: Vec<Octave> = (0..=longest).map(filters).collect();
        let length = |level| {
            let of_level = octaves.iter().filter(|octave| octave.0 == level);
            of_level.map(|octave| filters[octave.1].length()).max()
        };
        let levels = (0..=deepest).map(|level| (frames.hop() >> level, length(level).unwrap_or(0)));
        Self {
            frames: *frames,
            levels: Levels::new(levels),
            filters,
            octaves,
        }
    }

    /// Gives each frame and its pitch classes, in order.
    pub fn run(&mut self, samples: &[f32], mut take: impl FnMut(usize, [f32; CLASSES])) {
        let count = self.frames.count(samples.len());
        let block = (BLOCK / self.frames.hop()).max(1);
        for start in (0..count).step_by(block) {
            let frames = start..count.min(start + block);
            self.levels.load(samples, &frames);
            for frame in frames {
                let mut classes = [0.0; CLASSES];
                for (level, filters) in self.octaves {
                    let filters = &mut self.filters[filters];
                    let samples = self.levels.frame(level, frame, filters.length());
                    filters.add(samples, &mut classes);
                }
                take(frame, normalised(classes));
            }
        }
    }
}

/// How often the rate is halved before the highest octave, which leaves at least an octave of room above it.
fn early_halvings(frames: &Frames, tuning: f64) -> usize {
    let room = f64::from(frames.rate()) / 2.0 / highest(tuning);
    let by_rate = (room.log2().ceil() - 2.0).max(0.0) as usize;
    let by_hop = (frames.hop().trailing_zeros() as usize + 1).saturating_sub(OCTAVES);
    by_rate.min(by_hop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(frequency: f64, rate: u32) -> Vec<f32> {
        let angle =
            |index: u32| std::f64::consts::TAU * frequency * f64::from(index) / f64::from(rate);
        (0..rate).map(|index| angle(index).sin() as f32).collect()
    }

    fn strongest(frequency: f64, rate: u32, hop: usize) -> usize {
        let chroma = ChromaCqt::new(rate, hop, Tuning::Given(0.0)).unwrap();
        let rows = chroma.rows(&tone(frequency, rate));
        let row = rows
            .chunks_exact(CLASSES)
            .nth(rate as usize / hop / 2)
            .unwrap();
        row.iter().position(|class| *class == 1.0).unwrap()
    }

    #[test]
    fn tones_of_every_octave_have_their_class() {
        for octave in -2..4 {
            assert_eq!(
                strongest(440.0 * f64::from(octave).exp2(), 22_050, 512),
                9,
                "{octave}"
            );
        }
    }

    #[test]
    fn odd_hops_and_high_rates_give_the_same_classes() {
        for (rate, hop) in [
            (22_050, 441),
            (22_050, 500),
            (48_000, 512),
            (96_000, 2048),
            (8412, 64),
        ] {
            assert_eq!(strongest(523.25, rate, hop), 0, "{rate} {hop}");
        }
    }

    #[test]
    fn a_rate_without_room_for_seven_octaves_is_refused() {
        let message = ChromaCqt::new(8000, 512, Tuning::Estimated)
            .unwrap_err()
            .to_string();
        let expected = "constant-Q transform: expected at least 8412 samples a second, found 8000; resample the sound";
        assert_eq!(message, expected);
    }

    #[test]
    fn silence_has_zeros() {
        let chroma = ChromaCqt::new(16_000, 512, Tuning::Estimated).unwrap();
        assert_eq!(chroma.rows(&[]), [0.0; CLASSES]);
        assert_eq!(chroma.rows(&[0.0; 600]), [0.0; 2 * CLASSES]);
    }
}
