//! The moments at which a sound is looked at.

/// Moments at which a sound is looked at, at equal distances.
///
/// Frame `i` has its middle at `first + i * step` seconds. Sample `k` of a sound lasts from
/// `k / rate` to `(k + 1) / rate`. A frame reaches over the ends of a sound where it must, and sees
/// zeros there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frames {
    /// Middle of the first frame, in seconds.
    pub first: f64,
    /// From middle to middle, in seconds, above 0.
    pub step: f64,
    /// How many frames.
    pub count: usize,
}

impl Frames {
    /// Frames of 0.01 seconds side by side, as many as fit whole into `samples` at `rate`.
    pub fn covering(samples: usize, rate: u32) -> Self {
        Self {
            first: 0.005,
            step: 0.01,
            count: (samples as u128 * 100 / u128::from(rate.max(1))) as usize,
        }
    }

    /// Middle of frame `index`, in seconds.
    pub fn middle(&self, index: usize) -> f64 {
        self.first + index as f64 * self.step
    }

    /// Number of the first sample of frame `index` with `length` samples.
    ///
    /// A middle that is not finite lies before every sound.
    pub(crate) fn start(&self, index: usize, length: usize, rate: f64) -> i64 {
        // Far from what a sound can have, and from what sums of it can overflow.
        const FAR: f64 = 1e15;
        let start = (self.middle(index) * rate - length as f64 / 2.0).round();
        if start.is_finite() {
            start.clamp(-FAR, FAR) as i64
        } else {
            -FAR as i64
        }
    }
}

/// What a stretch of `length` samples from `start` has of a sound: how many samples of the stretch lie
/// before it, and the samples themselves.
pub(crate) fn inside(samples: &[f32], start: i64, length: usize) -> (usize, &[f32]) {
    let total = samples.len() as i64;
    let from = start.clamp(0, total);
    let to = (start + length as i64).clamp(from, total);
    if from == to {
        return (0, &[]);
    }
    (
        (from - start) as usize,
        &samples[from as usize..to as usize],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_steps_are_covered() {
        assert_eq!(Frames::covering(16_159, 16_000).count, 100);
        assert_eq!(Frames::covering(16_160, 16_000).count, 101);
        assert_eq!(Frames::covering(0, 16_000).count, 0);
        assert_eq!(Frames::covering(220, 22_050).count, 0);
        assert_eq!(Frames::covering(221, 22_050).count, 1);
    }

    #[test]
    fn frames_have_their_middle_where_they_say() {
        let frames = Frames::covering(16_000, 16_000);
        assert_eq!(frames.start(0, 640, 16_000.0), 80 - 320);
        assert_eq!(frames.start(2, 640, 16_000.0), 400 - 320);
    }

    #[test]
    fn frames_reach_over_the_ends() {
        let samples = [1.0, 2.0, 3.0];
        assert_eq!(inside(&samples, -1, 3), (1, &[1.0, 2.0][..]));
        assert_eq!(inside(&samples, 2, 3), (0, &[3.0][..]));
        assert_eq!(inside(&samples, -9, 3), (0, &[][..]));
        assert_eq!(inside(&samples, 9, 3), (0, &[][..]));
    }

    #[test]
    fn odd_frames_lie_outside() {
        for first in [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 1e300] {
            let frames = Frames {
                first,
                step: 0.01,
                count: 1,
            };
            let start = frames.start(0, 640, 16_000.0);
            assert_eq!(inside(&[1.0; 9], start, 640).1.len(), 0);
        }
    }
}
