//! How a stretch of a sound resembles others near it.

use crate::pitch::sum_of_products;
use std::ops::RangeInclusive;

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

/// The same with any starts, of which neighbours are quickest.
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
    let power = f64::from(sum_of_products(stretch, stretch));
    // Power of the last stretch that lay inside, and where it started.
    let mut last: Option<(i64, f64)> = None;
    for other in others {
        let Some(part) = self::stretch(samples, other, length) else {
            curve.push(-1.0);
            continue;
        };
        let other_power = match last {
            Some((before, power)) if before + 1 == other => {
                let gone = f64::from(samples[before as usize]);
                let new = part.last().map_or(0.0, |sample| f64::from(*sample));
                power + new * new - gone * gone
            }
            _ => f64::from(sum_of_products(part, part)),
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
