//! How strong each period is.

use super::jitter::LONGEST;
use std::f64::consts::PI;

/// How far from its moment a period's strength is looked at, in periods.
const REACH: f64 = 0.2;

/// Root of the mean square around each moment, under a Hann window that reaches 0.2 periods to each side.
///
/// NaN where there is no neighbour, or the sound has no sample there.
pub(super) fn amplitudes(samples: &[f32], rate: f64, moments: &[f64]) -> Vec<f32> {
    (0..moments.len())
        .map(|index| {
            let before = index
                .checked_sub(1)
                .map(|last| moments[index] - moments[last]);
            let after = moments.get(index + 1).map(|next| next - moments[index]);
            let before = before.filter(|period| *period <= LONGEST);
            let after = after.filter(|period| *period <= LONGEST);
            match (before.or(after), after.or(before)) {
                (Some(before), Some(after)) => {
                    let reach = [before, after].map(|period| REACH * period * rate);
                    around(samples, moments[index] * rate - 0.5, reach)
                }
                _ => f32::NAN,
            }
        })
        .collect()
}

/// Root of the mean square around `middle`, in samples.
fn around(samples: &[f32], middle: f64, [before, after]: [f64; 2]) -> f32 {
    let from = (middle - before).ceil().max(0.0) as usize;
    let to = ((middle + after).floor().max(-1.0) + 1.0) as usize;
    let to = to.min(samples.len());
    let (mut power, mut weights) = (0.0, 0.0);
    // Each side of the window turns by equal angles, so that a cosine follows from the two before it.
    let turning = (middle.ceil().max(0.0) as usize).clamp(from, to.max(from));
    for (range, reach) in [(from..turning, before), (turning..to, after)] {
        let angle = |index: f64| PI * (index - middle) / reach;
        let start = range.start as f64;
        let double = 2.0 * (PI / reach).cos();
        let (mut last, mut cosine) = (angle(start - 1.0).cos(), angle(start).cos());
        for sample in samples.get(range).unwrap_or(&[]) {
            let weight = 0.5 + 0.5 * cosine;
            power += weight * f64::from(*sample) * f64::from(*sample);
            weights += weight;
            (last, cosine) = (cosine, double * cosine - last);
        }
    }
    (power / weights).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_as_strong_as_they_are() {
        let found = amplitudes(&[0.5; 400], 16_000.0, &[0.005, 0.013, 0.1, 0.2]);
        assert!((found[0] - 0.5).abs() < 1e-6 && (found[1] - 0.5).abs() < 1e-6);
        // Alone, and beyond the end.
        assert!(found[2].is_nan() && found[3].is_nan());
    }
}
