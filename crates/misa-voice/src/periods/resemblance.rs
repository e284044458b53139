//! How a stretch of a sound resembles others near it.

use crate::pitch::sum_of_products;
use std::ops::RangeInclusive;

/// How far apart two stretches are at most of which the second's power is told from the first's, in samples.
const STEP: i64 = 2;

/// Fills `curve` with the normalised cross-correlation, from -1 to 1, of the `length` samples from `start`
/// with those that start at each of `others`. -1 where a stretch does not lie inside the sound.
pub(super) fn resemblance(
    samples: &[f32],
    start: i64,
    length: usize,
    others: RangeInclusive<i64>,
    curve: &mut Vec<f32>,
) {
    resemblance_of(samples, start, length, others, curve);
}

/// The same with any starts, of which those one or two samples after the last are quickest.
pub(super) fn resemblance_of(
    samples: &[f32],
    start: i64,
    length: usize,
    others: impl Iterator<Item = i64>,
    curve: &mut Vec<f32>,
) {
    curve.clear();
    let Some(stretch) = stretch(samples, start, length) else {
        curve.extend(others.map(|_| -1.0));
        return;
    };
    let power = power_of(stretch);
    // Power of the last stretch that lay inside, and where it started. What leaves it and what is new would be lost
    // in single precision.
    let mut last: Option<(i64, f64)> = None;
    for other in others {
        let Some(part) = self::stretch(samples, other, length) else {
            curve.push(-1.0);
            continue;
        };
        let other_power = match last {
            Some((before, power)) if (1..=STEP.min(length as i64)).contains(&(other - before)) => {
                let (before, other) = (before as usize, other as usize);
                let gone = &samples[before..other];
                let new = &samples[before + length..other + length];
                new.iter().zip(gone).fold(power, |power, (new, gone)| {
                    power + f64::from(*new).powi(2) - f64::from(*gone).powi(2)
                })
            }
            _ => power_of(part),
        };
        last = Some((other, other_power));
        let product = f64::from(sum_of_products(stretch, part));
        let value = product / (power * other_power).sqrt();
        curve.push(if value.is_finite() {
            value as f32
        } else {
            -1.0
        });
    }
}

/// Sum of squares, in several lanes.
fn power_of(samples: &[f32]) -> f64 {
    let chunks = samples.chunks_exact(4);
    let rest = chunks.remainder().iter().map(|x| f64::from(*x).powi(2));
    let mut lanes = [0.0; 4];
    let rest: f64 = rest.sum();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(*x).powi(2);
        }
    }
    rest + (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// `length` samples from `start`, if the sound has them all.
fn stretch(samples: &[f32], start: i64, length: usize) -> Option<&[f32]> {
    let start = usize::try_from(start).ok()?;
    samples.get(start..start.checked_add(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_stretches_resemble_each_other() {
        let samples = [1.0, 2.0, -3.0, 1.0, 2.0, -3.0, 0.0];
        let mut curve = Vec::new();
        resemblance(&samples, 0, 3, -1..=5, &mut curve);
        let expected = [-1.0, 1.0, -0.5, -0.5, 1.0, -0.296_50, -1.0];
        for (found, expected) in curve.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{curve:?}");
        }
        resemblance(&samples, 5, 3, 0..=1, &mut curve);
        assert_eq!(curve, [-1.0, -1.0]);
    }

    #[test]
    fn silence_resembles_nothing() {
        let mut curve = Vec::new();
        resemblance(&[0.0; 9], 0, 3, 0..=3, &mut curve);
        assert_eq!(curve, [-1.0; 4]);
    }
}
