//! Centroid, rolloff and flatness of a spectrum.

use crate::librosa::{Frames, Spectrum};

/// The share of the magnitudes below the rolloff.
const ROLLOFF: f64 = 0.85;

/// The least power in a bin for the flatness.
const LEAST: f64 = 1e-10;

/// Where the magnitudes of a frame's spectrum lie. All numbers are finite if the samples are.
///
/// - Source: librosa 0.11, `spectral_centroid`, `spectral_rolloff`, `spectral_flatness`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectralShape {
    /// Mean frequency, weighted by magnitude, in Hz. Silence has 0.
    pub centroid: f32,
    /// The frequency of the first bin at which 85 % of the sum of magnitudes are reached, in Hz. Silence has 0.
    pub rolloff: f32,
    /// Geometric mean of the power divided by its mean, 0 to 1: 1 for white noise and silence.
    pub flatness: f32,
}

impl SpectralShape {
    /// The shape of each frame.
    pub fn rows(samples: &[f32], frames: Frames) -> Vec<Self> {
        let mut spectrum = Spectrum::new(frames);
        let mut magnitudes = vec![0.0; frames.bins()];
        let shape = |frame| {
            let power = spectrum.power(samples, frame);
            for (magnitude, power) in magnitudes.iter_mut().zip(power) {
                *magnitude = power.sqrt();
            }
            Self {
                centroid: centroid(&magnitudes, &frames) as f32,
                rolloff: rolloff(&magnitudes).map_or(f64::NAN, |bin| frames.frequency(bin)) as f32,
                flatness: flatness(power) as f32,
            }
        };
        (0..frames.count(samples.len())).map(shape).collect()
    }
}

fn centroid(magnitudes: &[f64], frames: &Frames) -> f64 {
    let sum: f64 = magnitudes.iter().sum();
    // librosa does not divide by a sum that single precision does not tell from 0.
    let sum = if sum < f64::from(f32::MIN_POSITIVE) {
        1.0
    } else {
        sum
    };
    let moments = magnitudes
        .iter()
        .enumerate()
        .map(|(bin, magnitude)| frames.frequency(bin) * magnitude);
    moments.sum::<f64>() / sum
}

/// The bin of the rolloff. `None` if a magnitude is NaN.
fn rolloff(magnitudes: &[f64]) -> Option<usize> {
    let share = ROLLOFF * magnitudes.iter().sum::<f64>();
    let mut sum = 0.0;
    let is_reached = |magnitude: &f64| {
        sum += magnitude;
        sum >= share
    };
    magnitudes.iter().position(is_reached)
}

fn flatness(power: &[f64]) -> f64 {
    let (mut logarithms, mut sum) = (0.0, 0.0);
    for &power in power {
        // Not `max`, which hides NaN.
        let power = if power < LEAST { LEAST } else { power };
        logarithms += power.ln();
        sum += power;
    }
    let count = power.len() as f64;
    (logarithms / count).exp() / (sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand() {
        let frames = Frames::new(8, 8, 8).unwrap();
        // Bins of 0 to 4 Hz. (1 * 2 + 4 * 2) / 4; 85 % of 4 is reached at the last.
        let magnitudes = [0.0, 2.0, 0.0, 0.0, 2.0];
        assert_eq!(
            (centroid(&magnitudes, &frames), rolloff(&magnitudes)),
            (2.5, Some(4))
        );
        // 85 of 100 are reached with the third.
        assert_eq!(rolloff(&[50.0, 30.0, 10.0, 10.0, 0.0]), Some(2));
        // sqrt(1 * 4) / 2.5.
        assert!((flatness(&[1.0, 4.0]) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn silence_has_numbers() {
        let rows = SpectralShape::rows(&[0.0; 9], Frames::new(8, 8, 8).unwrap());
        for row in rows {
            assert_eq!((row.centroid, row.rolloff), (0.0, 0.0));
            assert!((row.flatness - 1.0).abs() < 1e-6);
        }
    }
}
