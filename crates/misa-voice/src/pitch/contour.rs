//! Pitch over time.

use super::Frames;
use std::ops::Range;

/// Pitch of a voice over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Contour {
    /// Where the frames are.
    pub frames: Frames,
    /// Pitch of each frame, in hertz. NaN where there is no voice.
    pub frequency: Vec<f32>,
    /// How much each frame repeats itself, from 0 to 1, whether there is a voice or not. Finite.
    pub strength: Vec<f32>,
}

impl Contour {
    /// Whether frame `index` has a voice.
    pub fn is_voiced(&self, index: usize) -> bool {
        self.frequency
            .get(index)
            .is_some_and(|pitch| !pitch.is_nan())
    }

    /// Longest runs of frames with a voice, in order.
    pub fn voiced_stretches(&self) -> Vec<Range<usize>> {
        let mut stretches = Vec::new();
        let mut start = 0;
        for index in 0..=self.frequency.len() {
            if !self.is_voiced(index) {
                if start < index {
                    stretches.push(start..index);
                }
                start = index + 1;
            }
        }
        stretches
    }

    /// Pitch at `time` within a stretch of voiced frames, in hertz: on a straight line between
    /// frames, and that of the outer frames beyond them.
    pub(crate) fn within(&self, stretch: &Range<usize>, time: f64) -> f64 {
        let last = stretch.end - 1;
        let place = (time - self.frames.first) / self.frames.step;
        let place = place.clamp(stretch.start as f64, last as f64);
        let left = (place.floor() as usize).clamp(stretch.start, last);
        let right = (left + 1).min(last);
        let (low, high) = (self.frequency[left], self.frequency[right]);
        f64::from(low) + (place - left as f64) * f64::from(high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contour(frequency: &[f32]) -> Contour {
        Contour {
            frames: Frames {
                first: 0.005,
                step: 0.01,
                count: frequency.len(),
            },
            frequency: frequency.to_vec(),
            strength: vec![1.0; frequency.len()],
        }
    }

    #[test]
    fn stretches_are_longest_runs() {
        let none = f32::NAN;
        let contour = contour(&[none, 100.0, 110.0, none, none, 90.0]);
        assert_eq!(contour.voiced_stretches(), [1..3, 5..6]);
    }

    #[test]
    fn between_frames_pitch_is_on_a_line() {
        let contour = contour(&[100.0, 110.0]);
        assert!((contour.within(&(0..2), 0.0075) - 102.5).abs() < 1e-6);
        assert_eq!(contour.within(&(0..2), -1.0), 100.0);
        assert_eq!(contour.within(&(0..2), 1.0), 110.0);
    }
}
