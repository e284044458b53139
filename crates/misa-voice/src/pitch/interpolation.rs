//! Values between samples.

use std::f64::consts::PI;

/// Places between two samples that are known.
const PLACES: usize = 16;

/// Values between samples of a curve, by a sum of sinc functions under a Blackman window, from `TAPS` samples
/// around: with 24, up to nearly half the rate; with 12, up to a quarter of it.
#[derive(Clone, Debug)]
pub(crate) struct Interpolation<const TAPS: usize = 24> {
    /// Per place between two samples, the weights of the samples around it.
    weights: Vec<[f32; TAPS]>,
}

/// The top of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Peak {
    /// Where it is, in samples.
    pub place: f64,
    /// How high it is.
    pub height: f64,
}

impl<const TAPS: usize> Interpolation<TAPS> {
    /// Samples on each side.
    const REACH: usize = TAPS / 2;
    /// Samples that must be known on each side of a peak.
    pub const MARGIN: usize = Self::REACH + 1;

    /// Prepares the weights.
    pub fn new() -> Self {
        let weights = (0..PLACES).map(|place| {
            let weights: [f64; TAPS] = std::array::from_fn(|tap| {
                let distance = place as f64 / PLACES as f64 + (Self::REACH - 1) as f64 - tap as f64;
                let turn = PI * distance / Self::REACH as f64;
                let window = 0.42 + 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
                sinc(distance) * window
            });
            // Flat curves stay flat.
            let sum: f64 = weights.iter().sum();
            weights.map(|weight| (weight / sum) as f32)
        });
        Self {
            weights: weights.collect(),
        }
    }

    /// The top near sample `index` of `curve`, which is at least as high as its neighbours.
    ///
    /// With fewer than [`Self::MARGIN`] samples on a side, the top of a parabola is taken.
    pub fn peak(&self, curve: &[f32], index: usize) -> Peak {
        let near = |index: usize| f64::from(curve[index.min(curve.len() - 1)]);
        let neighbours = [near(index.saturating_sub(1)), near(index), near(index + 1)];
        let (shift, height) = parabola(neighbours);
        if index < Self::MARGIN || index + Self::MARGIN >= curve.len() {
            return Peak {
                place: index as f64 + shift,
                height,
            };
        }
        self.climb(curve, index, shift)
    }

    /// The top near sample `index`, from a guess on.
    fn climb(&self, curve: &[f32], index: usize, shift: f64) -> Peak {
        let middle = (index * PLACES) as i64;
        let mut place = middle + (shift * PLACES as f64).round() as i64;
        let mut around = [-1, 0, 1].map(|step| self.at(curve, place + step));
        // The parabola is seldom more than a few places off.
        for _ in 0..PLACES / 2 {
            let step = match around {
                [before, here, _] if before > here => -1,
                [_, here, after] if after > here => 1,
                _ => break,
            };
            if (place + step - middle).abs() > PLACES as i64 {
                break;
            }
            place += step;
            let new = self.at(curve, place + step);
            around = match step {
                1 => [around[1], around[2], new],
                _ => [new, around[0], around[1]],
            };
        }
        let (shift, height) = parabola(around);
        Peak {
            place: (place as f64 + shift) / PLACES as f64,
            height,
        }
    }

    /// Value at a number of places from the first sample.
    fn at(&self, curve: &[f32], place: i64) -> f64 {
        let left = (place / PLACES as i64) as usize;
        let weights = &self.weights[(place % PLACES as i64) as usize];
        let around = &curve[left + 1 - Self::REACH..=left + Self::REACH];
        let mut sums = [0.0_f32; 4];
        for (curve, weights) in around.chunks_exact(4).zip(weights.chunks_exact(4)) {
            for ((sum, curve), weight) in sums.iter_mut().zip(curve).zip(weights) {
                *sum += curve * weight;
            }
        }
        f64::from((sums[0] + sums[2]) + (sums[1] + sums[3]))
    }
}

/// Place, from -1 to 1, and height of the top of a parabola through values at -1, 0 and 1.
///
/// Where the values have no top, the middle is taken.
pub(crate) fn parabola([before, here, after]: [f64; 3]) -> (f64, f64) {
    let bend = 2.0 * here - before - after;
    let shift = 0.5 * (after - before) / bend;
    if bend > 0.0 && shift.abs() <= 1.0 {
        (shift, here + 0.25 * (after - before) * shift)
    } else {
        (0.0, here)
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parabolas_are_exact() {
        // 5 - (x - 0.25)²
        let value = |x: f64| 5.0 - (x - 0.25) * (x - 0.25);
        let (shift, height) = parabola([-1.0, 0.0, 1.0].map(value));
        assert!((shift - 0.25).abs() < 1e-12);
        assert!((height - 5.0).abs() < 1e-12);
        assert_eq!(parabola([1.0, 1.0, 1.0]), (0.0, 1.0));
        assert_eq!(parabola([f64::NAN; 3]).0, 0.0);
    }

    #[test]
    fn peaks_of_fast_curves_are_found() {
        // Seven samples a period: a parabola alone would be 2 % too low.
        for shift in [-0.45, -0.2, 0.0, 0.31, 0.49] {
            let curve: Vec<f32> = (0..61)
                .map(|k| (2.0 * PI * (f64::from(k) - 30.0 - shift) / 7.0).cos() as f32)
                .collect();
            let peak = Interpolation::<24>::new().peak(&curve, 30);
            assert!(
                (peak.place - 30.0 - shift).abs() < 0.01,
                "{shift}: {peak:?}"
            );
            assert!((peak.height - 1.0).abs() < 2e-3, "{shift}: {peak:?}");
        }
    }

    #[test]
    fn peaks_at_the_edge_are_those_of_parabolas() {
        let interpolation = Interpolation::<24>::new();
        let peak = interpolation.peak(&[0.0, 1.0, 0.5], 1);
        assert!((peak.place - 7.0 / 6.0).abs() < 1e-9);
        let peak = interpolation.peak(&[1.0], 0);
        assert_eq!((peak.place, peak.height), (0.0, 1.0));
    }
}
