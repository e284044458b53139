//! How a sound is cut into frames.

use crate::librosa::SettingsError;

/// The highest rate, in samples a second. Twice the highest of recorders.
pub const MAX_RATE: u32 = 768_000;

/// The longest window, in samples.
pub const MAX_WINDOW: usize = 1 << 20;

/// Overlapping frames of a sound.
///
/// The middle of frame `i` is sample `i * hop`, and a sound of `n` samples has `1 + floor(n / hop)` frames, so an
/// empty sound has one. Outside of the sound, samples are 0.
///
/// - Source: librosa 0.11, `center=True`, `pad_mode="constant"`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frames {
    rate: u32,
    window: usize,
    hop: usize,
}

impl Frames {
    /// Frames of `window` samples (`n_fft` of librosa), `hop` samples apart, of sounds with `rate` samples a second.
    ///
    /// # Errors
    ///
    /// If the rate is 0 or above [`MAX_RATE`], the window is odd, 0 or above [`MAX_WINDOW`], or the hop is 0.
    pub fn new(rate: u32, window: usize, hop: usize) -> Result<Self, SettingsError> {
        if rate == 0 || rate > MAX_RATE {
            return Err(SettingsError::Rate { rate });
        }
        if window == 0 || window > MAX_WINDOW || !window.is_multiple_of(2) {
            return Err(SettingsError::Window { window });
        }
        if hop == 0 {
            return Err(SettingsError::Hop);
        }
        Ok(Self { rate, window, hop })
    }

    /// Samples a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples in a frame.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Samples from one frame to the next.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// Frames of a sound with `samples` samples.
    pub fn count(&self, samples: usize) -> usize {
        1 + samples / self.hop
    }

    /// Bins of a frame's spectrum.
    pub(super) fn bins(&self) -> usize {
        self.window / 2 + 1
    }

    /// The frequency of a bin, in Hz.
    pub(super) fn frequency(&self, bin: usize) -> f64 {
        bin as f64 * f64::from(self.rate) / self.window as f64
    }

    /// The first sample of a frame, which may lie before the sound.
    pub(super) fn first(&self, frame: usize) -> isize {
        (frame * self.hop) as isize - (self.window / 2) as isize
    }

    /// The samples of a frame that lie in the sound.
    pub(super) fn inside<'a>(&self, samples: &'a [f32], frame: usize) -> &'a [f32] {
        let first = self.first(frame);
        let end = (first + self.window as isize).max(0) as usize;
        let end = end.min(samples.len());
        &samples[(first.max(0) as usize).min(end)..end]
    }
}

/// Copies samples from `first` on, which may lie before them, into `target`; zeros where there are none.
pub(super) fn copy_or_zero(samples: &[f32], first: isize, target: &mut [f64]) {
    let before = (-first).clamp(0, target.len() as isize) as usize;
    let (outside, target) = target.split_at_mut(before);
    let source = samples.get(first.max(0) as usize..).unwrap_or(&[]);
    let (inside, behind) = target.split_at_mut(source.len().min(target.len()));
    for (target, &sample) in inside.iter_mut().zip(source) {
        *target = f64::from(sample);
    }
    outside.fill(0.0);
    behind.fill(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_used_are_named() {
        let message = |rate, window, hop| Frames::new(rate, window, hop).unwrap_err().to_string();
        assert_eq!(
            message(0, 2048, 512),
            "rate: expected 1 to 768000 samples a second, found 0; resample the sound"
        );
        assert_eq!(
            message(16_000, 511, 512),
            "window: expected an even number of samples from 2 to 1048576, found 511; librosa has 2048"
        );
        assert!(message(16_000, 0, 512).contains("found 0"));
        assert!(message(16_000, MAX_WINDOW + 2, 512).contains("found 1048578"));
        assert_eq!(
            message(16_000, 512, 0),
            "hop: expected at least 1 sample, found 0; librosa has 512"
        );
    }

    #[test]
    fn frames_are_centred_and_zero_outside() {
        let frames = Frames::new(16_000, 4, 2).unwrap();
        let samples = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(
            (frames.count(0), frames.count(5), frames.count(6)),
            (1, 3, 4)
        );
        let mut copies = [[9.0; 4]; 3];
        for (frame, copy) in copies.iter_mut().enumerate() {
            copy_or_zero(&samples, frames.first(frame), copy);
        }
        assert_eq!(
            copies,
            [
                [0.0, 0.0, 1.0, 2.0],
                [1.0, 2.0, 3.0, 4.0],
                [3.0, 4.0, 5.0, 0.0]
            ]
        );
        assert_eq!(frames.inside(&samples, 2), [3.0, 4.0, 5.0]);
        assert_eq!(frames.inside(&[], 0), [0.0; 0]);
    }

    #[test]
    fn what_lies_wholly_outside_is_zero() {
        let mut copy = [9.0; 3];
        for first in [-3, -7, 2, 9] {
            copy_or_zero(&[1.0, 2.0], first, &mut copy);
            assert_eq!(copy, [0.0; 3], "{first}");
        }
    }
}
