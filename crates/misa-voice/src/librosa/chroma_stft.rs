//! The twelve pitch classes, from the power spectrum.

use crate::librosa::tuning::BINS_OF_POWER;
use crate::librosa::{Frames, SettingsError, Spectrum, Tuning, tuning_of_power};

/// Pitch classes, from C.
pub(super) const CLASSES: usize = 12;

/// The octave above A0 in the middle of the weights, and their width in octaves.
const OCTAVE: (f64, f64) = (5.0, 2.0);

/// The twelve pitch classes from C to B, from the power spectrum. The highest of a frame is 1; silence has zeros.
///
/// - Source: librosa 0.11, `chroma_stft`.
#[derive(Debug)]
pub struct ChromaStft {
    spectrum: Spectrum,
    tuning: Tuning,
    /// `[bins, 12]`
    weights: Vec<[f64; CLASSES]>,
}

impl ChromaStft {
    /// Makes buffers once for all sounds. A tuning is in twelfths of an octave.
    ///
    /// # Errors
    ///
    /// If a given tuning is not from -0.5 to 0.5.
    pub fn new(frames: Frames, tuning: Tuning) -> Result<Self, SettingsError> {
        let tuning = tuning.checked()?;
        Ok(Self {
            spectrum: Spectrum::new(frames),
            weights: weights(&frames, tuning.or_else(|| 0.0)),
            tuning,
        })
    }

    /// Pitch classes of each frame, `[frames, 12]` row by row, 0 to 1.
    pub fn rows(&mut self, samples: &[f32]) -> Vec<f32> {
        let frames = *self.spectrum.frames();
        if self.tuning == Tuning::Estimated {
            self.weights = weights(&frames, tuning_of_power(samples, frames));
        }
        let mut rows = Vec::with_capacity(frames.count(samples.len()) * CLASSES);
        for frame in 0..frames.count(samples.len()) {
            let mut classes = [0.0; CLASSES];
            for (power, weights) in self
                .spectrum
                .power(samples, frame)
                .iter()
                .zip(&self.weights)
            {
                for (class, weight) in classes.iter_mut().zip(weights) {
                    *class += weight * power;
                }
            }
            rows.extend(normalised(classes));
        }
        rows
    }
}

/// Divides by the largest, unless single precision does not tell it from 0.
pub(super) fn normalised(classes: [f64; CLASSES]) -> [f32; CLASSES] {
    let most = classes.iter().copied().fold(0.0, f64::max);
    let most = if most < f64::from(f32::MIN_POSITIVE) {
        1.0
    } else {
        most
    };
    classes.map(|class| (class / most) as f32)
}

/// The weight of each bin for each class: bell-shaped around the class in every octave, of norm 1, less far from the
/// middle octave.
fn weights(frames: &Frames, tuning: f64) -> Vec<[f64; CLASSES]> {
    let reference = 27.5 * (tuning / f64::from(BINS_OF_POWER)).exp2();
    let steps = |bin: usize| CLASSES as f64 * (frames.frequency(bin) / reference).log2();
    // Bin 0 has no pitch: librosa puts it one and a half octaves below bin 1.
    let place = |bin: usize| {
        if bin == 0 {
            steps(1) - 1.5 * CLASSES as f64
        } else {
            steps(bin)
        }
    };
    let width = |bin: usize| {
        if bin + 1 == frames.window() {
            1.0
        } else {
            (place(bin + 1) - place(bin)).max(1.0)
        }
    };
    (0..frames.bins())
        .map(|bin| weights_of_bin(place(bin), width(bin)))
        .collect()
}

/// The weights of a bin that lies `place` steps above A and is `width` steps wide.
fn weights_of_bin(place: f64, width: f64) -> [f64; CLASSES] {
    let half = CLASSES as f64 / 2.0;
    let bells = std::array::from_fn(|class| {
        // C is three steps above A.
        let distance = place - (class + 3) as f64;
        let nearest = (distance + half).rem_euclid(CLASSES as f64) - half;
        (-0.5 * (2.0 * nearest / width).powi(2)).exp()
    });
    let norm = bells
        .iter()
        .map(|bell: &f64| bell * bell)
        .sum::<f64>()
        .sqrt();
    let norm = if norm < f64::MIN_POSITIVE { 1.0 } else { norm };
    let octave = (-0.5 * ((place / CLASSES as f64 - OCTAVE.0) / OCTAVE.1).powi(2)).exp();
    bells.map(|bell| bell / norm * octave)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(frequency: f64) -> Vec<f32> {
        let angle = |index: i32| std::f64::consts::TAU * frequency * f64::from(index) / 16_000.0;
        (0..4096).map(|index| angle(index).sin() as f32).collect()
    }

    fn strongest(frequency: f64, tuning: Tuning) -> usize {
        let frames = Frames::new(16_000, 2048, 512).unwrap();
        let rows = ChromaStft::new(frames, tuning)
            .unwrap()
            .rows(&tone(frequency));
        let row = &rows[4 * CLASSES..5 * CLASSES];
        assert!(row.contains(&1.0) && row.iter().all(|class| (0.0..=1.0).contains(class)));
        row.iter().position(|class| *class == 1.0).unwrap()
    }

    #[test]
    fn tones_have_their_class() {
        assert_eq!(strongest(440.0, Tuning::Given(0.0)), 9);
        assert_eq!(strongest(880.0, Tuning::Estimated), 9);
        assert_eq!(strongest(261.63, Tuning::Given(0.0)), 0);
    }

    #[test]
    fn silence_has_zeros() {
        let frames = Frames::new(16_000, 2048, 512).unwrap();
        let mut chroma = ChromaStft::new(frames, Tuning::Estimated).unwrap();
        assert_eq!(chroma.rows(&[]), [0.0; CLASSES]);
        assert!(ChromaStft::new(frames, Tuning::Given(1.0)).is_err());
    }
}
