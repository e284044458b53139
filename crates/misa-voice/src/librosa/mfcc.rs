//! Mel-frequency cepstral coefficients.

use crate::librosa::mel::MelBank;
use crate::librosa::{Frames, MelScale, Spectrum};

/// Bands of the mel spectrum.
const BANDS: usize = 128;

/// The least power that is told from silence: -100 dB.
const LEAST: f64 = 1e-10;

/// Decibels below the maximum of the whole sound at which a band is cut off.
const RANGE: f32 = 80.0;

/// Mel-frequency cepstral coefficients.
///
/// The logarithm of the power in 128 bands from 0 Hz to half the rate, not less than 80 dB below the maximum of the
/// **whole** sound, as 20 coefficients of an orthonormal cosine transform (DCT-II). So the rows of a part of a sound
/// may differ from those of the whole.
///
/// - Source: librosa 0.11, `mfcc` (`htk=True` for [`MelScale::Htk`]).
#[derive(Debug)]
pub struct Mfcc {
    spectrum: Spectrum,
    cepstrum: Cepstrum,
}

impl Mfcc {
    /// Coefficients of a frame.
    pub const COLUMNS: usize = 20;

    /// Makes tables and buffers once for all sounds.
    pub fn new(frames: Frames, scale: MelScale) -> Self {
        Self {
            spectrum: Spectrum::new(frames),
            cepstrum: Cepstrum::new(&frames, scale),
        }
    }

    /// Coefficients of each frame, `[frames, 20]` row by row. Finite; silence has -1131.37 and zeros.
    pub fn rows(&mut self, samples: &[f32]) -> Vec<f32> {
        let frames = self.spectrum.frames().count(samples.len());
        self.cepstrum.start();
        for frame in 0..frames {
            self.cepstrum.add(self.spectrum.power(samples, frame));
        }
        let mut rows = vec![0.0; frames * Self::COLUMNS];
        for (frame, row) in rows.chunks_exact_mut(Self::COLUMNS).enumerate() {
            self.cepstrum.write(frame, row);
        }
        rows
    }
}

/// The mel spectra of a sound, whose maximum must be known before the first row is.
#[derive(Debug)]
pub(super) struct Cepstrum {
    bank: MelBank,
    /// `[coefficients, bands]`
    cosines: Vec<f64>,
    /// `[frames, bands]`, in dB
    decibels: Vec<f32>,
    highest: f32,
}

impl Cepstrum {
    /// Makes the tables.
    pub fn new(frames: &Frames, scale: MelScale) -> Self {
        let cosine = |index: usize| {
            let (coefficient, band) = (index / BANDS, index % BANDS);
            let angle =
                std::f64::consts::PI * coefficient as f64 * (band as f64 + 0.5) / BANDS as f64;
            let share = if coefficient == 0 { 1.0 } else { 2.0 };
            angle.cos() * (share / BANDS as f64).sqrt()
        };
        Self {
            bank: MelBank::new(scale, BANDS, frames),
            cosines: (0..Mfcc::COLUMNS * BANDS).map(cosine).collect(),
            decibels: Vec::new(),
            highest: f32::NEG_INFINITY,
        }
    }

    /// Forgets the sound before.
    pub fn start(&mut self) {
        self.decibels.clear();
        self.highest = f32::NEG_INFINITY;
    }

    /// Adds a frame with its power spectrum.
    pub fn add(&mut self, power: &[f64]) {
        // Not `max`, which hides NaN.
        let decibels = self
            .bank
            .powers(power)
            .map(|power| 10.0 * (if power < LEAST { LEAST } else { power }).log10());
        let before = self.decibels.len();
        self.decibels
            .extend(decibels.map(|decibels| decibels as f32));
        let highest = self.decibels[before..]
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
        self.highest = self.highest.max(highest);
    }

    /// Writes the coefficients of a frame, after every frame has been added.
    pub fn write(&self, frame: usize, row: &mut [f32]) {
        let floor = self.highest - RANGE;
        let mut decibels = [0.0; BANDS];
        for (decibels, stored) in decibels.iter_mut().zip(&self.decibels[frame * BANDS..]) {
            // Not `max`, which hides NaN.
            *decibels = f64::from(if *stored < floor { floor } else { *stored });
        }
        for (coefficient, cosines) in row.iter_mut().zip(self.cosines.chunks_exact(BANDS)) {
            let products = cosines.iter().zip(&decibels);
            *coefficient = products
                .map(|(cosine, decibels)| cosine * decibels)
                .sum::<f64>() as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_spectrum_has_only_the_first_coefficient() {
        let frames = Frames::new(16_000, 2048, 512).unwrap();
        let mut cepstrum = Cepstrum::new(&frames, MelScale::Htk);
        cepstrum.add(&[0.0; 1025]);
        let mut row = [9.0; 20];
        cepstrum.write(0, &mut row);
        // -100 dB in 128 bands: -100 * sqrt(128).
        assert!((row[0] + 1131.3708).abs() < 1e-3);
        assert!(row[1..].iter().all(|value| value.abs() < 1e-9));
    }

    #[test]
    fn the_floor_is_80_decibels_below_the_maximum() {
        let frames = Frames::new(16_000, 2048, 512).unwrap();
        let mut cepstrum = Cepstrum::new(&frames, MelScale::Htk);
        cepstrum.add(&[0.0; 1025]);
        cepstrum.add(&[1000.0; 1025]);
        let mut row = [0.0; 20];
        cepstrum.write(0, &mut row);
        let floor = f64::from(cepstrum.highest) - 80.0;
        assert!(floor > -80.0 && (f64::from(row[0]) - floor * 128.0_f64.sqrt()).abs() < 1e-3);
    }
}
