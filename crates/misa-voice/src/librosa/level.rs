//! Zero crossing rate and root mean square.

use crate::librosa::Frames;

/// Magnitudes up to this count as 0.
const SILENT: f32 = 1e-10;

/// The share of a frame's samples that have another sign than the sample before, 0 to 1, for each frame.
///
/// Zero is positive, and so are NaN and what is not larger than 1e-10. The first sample of a frame never counts.
/// Outside of the sound, its first or last sample is repeated. An empty sound has one frame with 0.
///
/// - Source: librosa 0.11, `zero_crossing_rate`.
/// - Differs: librosa refuses an empty sound.
pub fn zero_crossing_rate(samples: &[f32], frames: &Frames) -> Vec<f32> {
    let is_crossing = |index: usize| {
        let is_negative = |sample: f32| sample < -SILENT;
        is_negative(samples[index]) != is_negative(samples[index - 1])
    };
    let last = samples.len().saturating_sub(1);
    let (mut start, mut end, mut crossings) = (0, 0, 0_usize);
    let rate = |frame| {
        let first = frames.first(frame);
        let to = ((first + frames.window() as isize - 1).max(0) as usize).min(last);
        let from = (first.max(0) as usize).min(to);
        crossings += (end + 1..=to).filter(|index| is_crossing(*index)).count();
        crossings -= (start + 1..=from)
            .filter(|index| is_crossing(*index))
            .count();
        (start, end) = (from, to);
        (crossings as f64 / frames.window() as f64) as f32
    };
    (0..frames.count(samples.len())).map(rate).collect()
}

/// The root of the mean square of a frame's samples, for each frame.
///
/// - Source: librosa 0.11, `rms`.
pub fn rms(samples: &[f32], frames: &Frames) -> Vec<f32> {
    let root = |frame| {
        let squares = frames
            .inside(samples, frame)
            .iter()
            .map(|sample| f64::from(*sample).powi(2));
        (squares.sum::<f64>() / frames.window() as f64).sqrt() as f32
    };
    (0..frames.count(samples.len())).map(root).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(window: usize, hop: usize) -> Frames {
        Frames::new(16_000, window, hop).unwrap()
    }

    #[test]
    fn the_first_sample_of_a_frame_does_not_count() {
        let samples = [1.0, -1.0, 1.0, -1.0, 1.0];
        // Frames: 1 1 1 -1, 1 -1 1 -1, 1 -1 1 1.
        assert_eq!(
            zero_crossing_rate(&samples, &frames(4, 2)),
            [0.25, 0.75, 0.5]
        );
    }

    #[test]
    fn zero_and_whispers_are_positive() {
        let samples = [1e-10, -1e-10, -0.0, 0.0, -2e-10, -1e-10];
        // One crossing into sample 4 and one out of it.
        assert_eq!(
            zero_crossing_rate(&samples, &frames(12, 6)),
            [1.0 / 12.0 * 2.0; 2]
        );
    }

    #[test]
    fn frames_without_overlap_count_what_is_in_them() {
        let samples = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0];
        // Frames: 1 1, -1 1.
        assert_eq!(zero_crossing_rate(&samples, &frames(2, 6)), [0.0, 0.5]);
    }

    #[test]
    fn nothing_and_one_sample_have_one_frame() {
        assert_eq!(zero_crossing_rate(&[], &frames(4, 2)), [0.0]);
        assert_eq!(zero_crossing_rate(&[-1.0], &frames(4, 2)), [0.0]);
        assert_eq!(rms(&[], &frames(4, 2)), [0.0]);
        assert_eq!(rms(&[1.0], &frames(4, 2)), [0.5]);
    }

    #[test]
    fn the_root_is_over_the_whole_window() {
        // Frames: 0 0 3 3, 3 3 3 3, 3 3 0 0.
        let expected = [4.5_f32.sqrt(), 3.0, 4.5_f32.sqrt()];
        assert_eq!(rms(&[3.0; 4], &frames(4, 2)), expected);
    }
}
