//! A stretch of a sound at the rate of each octave.

use crate::librosa::constant_q::halving::{Halving, REACH};
use crate::librosa::frames::copy_or_zero;
use std::ops::Range;

/// A stretch of a sound, at its own rate and at the half, the quarter and so on.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    levels: Vec<Level>,
    halving: Halving,
}

/// A stretch at one rate.
#[derive(Clone, Debug)]
struct Level {
    /// Samples from one frame to the next.
    hop: usize,
    /// Samples before the middle of a frame that its longest filter takes.
    before: usize,
    /// The number of the first sample. Samples before and behind the sound are 0.
    first: isize,
    samples: Vec<f64>,
}

impl Levels {
    /// One level for each hop and its longest filter.
    pub fn new(levels: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let level = |(hop, longest)| Level {
            hop,
            before: longest / 2,
            first: 0,
            samples: Vec::new(),
        };
        Self {
            levels: levels.into_iter().map(level).collect(),
            halving: Halving::new(),
        }
    }

    /// Computes the samples that `frames` take. They must not be empty.
    pub fn load(&mut self, samples: &[f32], frames: &Range<usize>) {
        self.reserve(frames);
        let mut count = samples.len();
        let mut above: Option<&mut Level> = None;
        for level in &mut self.levels {
            match above {
                None => copy_or_zero(samples, level.first, &mut level.samples),
                Some(above) => {
                    count = count.div_ceil(2);
                    let start = 2 * level.first - REACH as isize - above.first;
                    self.halving
                        .run(&above.samples[start as usize..], &mut level.samples);
                    level.clear_outside(count);
                }
            }
            above = Some(level);
        }
    }

    /// The samples of a frame at a level.
    pub fn frame(&self, level: usize, frame: usize, length: usize) -> &[f64] {
        let level = &self.levels[level];
        let first = (frame * level.hop) as isize - (length / 2) as isize - level.first;
        &level.samples[first as usize..][..length]
    }

    /// Makes room for the samples of `frames`, and for what the filters below take.
    fn reserve(&mut self, frames: &Range<usize>) {
        let mut below: Option<Range<isize>> = None;
        for level in self.levels.iter_mut().rev() {
            let before = level.before as isize;
            let mut start = (frames.start * level.hop) as isize - before;
            let mut end = ((frames.end - 1) * level.hop) as isize + before;
            if let Some(below) = below {
                let reach = REACH as isize;
                start = start.min(2 * below.start - reach);
                end = end.max(2 * (below.end - 1) + reach + 1);
            }
            level.first = start;
            level.samples.resize((end - start) as usize, 0.0);
            below = Some(start..end);
        }
    }
}

impl Level {
    /// Sets samples outside of a sound of `count` samples to 0: the filter rings there.
    fn clear_outside(&mut self, count: usize) {
        let length = self.samples.len();
        let before = (-self.first).clamp(0, length as isize) as usize;
        let end = (count as isize - self.first).clamp(0, length as isize) as usize;
        self.samples[..before].fill(0.0);
        self.samples[end..].fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let mut next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state) / f64::from(u32::MAX) - 0.5) as f32
        };
        (0..count).map(&mut next).collect()
    }

    #[test]
    fn blocks_give_the_samples_of_the_whole() {
        let samples = noise(1000);
        let shape = [(64, 128), (32, 64), (16, 128)];
        let (mut whole, mut block) = (Levels::new(shape), Levels::new(shape));
        whole.load(&samples, &(0..16));
        for frames in [0..1, 3..7, 15..16] {
            block.load(&samples, &frames);
            for frame in frames {
                for (level, (_, length)) in shape.into_iter().enumerate() {
                    assert_eq!(
                        block.frame(level, frame, length),
                        whole.frame(level, frame, length)
                    );
                }
            }
        }
    }

    #[test]
    fn samples_outside_of_the_sound_are_zero_at_every_level() {
        let mut levels = Levels::new([(4, 8), (2, 8)]);
        levels.load(&[1.0; 5], &(0..2));
        assert_eq!(
            levels.frame(0, 1, 8),
            [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
        );
        let halved = levels.frame(1, 0, 8);
        // Three samples are left of five.
        assert!(
            halved[..4]
                .iter()
                .chain(&halved[7..])
                .all(|sample| *sample == 0.0)
        );
        assert!(halved[4..7].iter().all(|sample| *sample > 0.5));
    }
}
