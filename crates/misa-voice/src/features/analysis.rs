//! All features of a sound in memory.

use super::cepstrum::{COEFFICIENTS, Cepstrum};
use super::shape::{Shape, flux};
use super::spectrum::{BINS, Spectrum, WINDOW};
use super::wave::{SILENT, decibels, zero_crossings};
use super::{VOICE_COLUMNS, VOICE_RATE, VOICE_STEP};
use crate::formants::{FormantFinder, FormantSettings};
use crate::periods::{Harmonics, PeriodFinder};
use crate::pitch::{Frames, PitchTracker};

/// The pitch that semitones count from, in hertz: the lowest A of a piano.
const LOWEST: f32 = 27.5;
/// Why nothing can fail.
const FITS: &str = "the rate is one of those that voices can be analysed at";
/// Columns of a row.
const WIDTH: usize = VOICE_COLUMNS.len();

/// Computes the rows of a stretch of sound, with buffers that are used again.
pub(super) struct VoiceAnalysis {
    spectrum: Spectrum,
    cepstrum: Cepstrum,
    pitch: PitchTracker,
    periods: PeriodFinder,
    harmonics: Harmonics,
    formants: FormantFinder,
    /// The sound with half a window of zeros on both sides.
    padded: Vec<f32>,
}

impl VoiceAnalysis {
    pub(super) fn new() -> Self {
        Self {
            spectrum: Spectrum::new(),
            cepstrum: Cepstrum::new(),
            pitch: PitchTracker::new(VOICE_RATE).expect(FITS),
            periods: PeriodFinder::new(VOICE_RATE).expect(FITS),
            harmonics: Harmonics::new(VOICE_RATE).expect(FITS),
            formants: FormantFinder::new(VOICE_RATE, FormantSettings::default()).expect(FITS),
            padded: Vec::new(),
        }
    }

    /// `[rows, 30]`, a row for each whole step of `samples`.
    pub(super) fn rows(&mut self, samples: &[f32]) -> Vec<f32> {
        let count = samples.len() / VOICE_STEP;
        let mut rows = vec![f32::NAN; count * WIDTH];
        self.spectral(samples, &mut rows);
        self.voiced(samples, &mut rows);
        rows
    }

    /// What only a voice has.
    fn voiced(&mut self, samples: &[f32], rows: &mut [f32]) {
        let frames = Frames::covering(samples.len(), VOICE_RATE);
        let contour = self.pitch.track(samples, frames);
        let periods = self.periods.find(samples, &contour);
        let (jitter, shimmer) = (periods.jitter_in(frames), periods.shimmer_in(frames));
        let harmonics = self.harmonics.measure(samples, &contour);
        let is_voiced = |row: usize| contour.is_voiced(row);
        let formants = self.formants.find(samples, frames, is_voiced);
        for (number, row) in rows.chunks_exact_mut(WIDTH).enumerate() {
            let is_silent = row[0] <= SILENT;
            row[2] = if is_silent {
                0.0
            } else {
                contour.strength[number]
            };
            if is_silent || !contour.is_voiced(number) {
                continue;
            }
            row[1] = 12.0 * (contour.frequency[number] / LOWEST).log2();
            row[11..14].copy_from_slice(&[harmonics[number], jitter[number], shimmer[number]]);
            let frequencies = formants[number].map(|formant| formant.frequency);
            row[14..17].copy_from_slice(&frequencies);
        }
    }

    /// What needs the samples of 20 ms alone.
    fn spectral(&mut self, samples: &[f32], rows: &mut [f32]) {
        // The window of row i has its middle in the middle of the row.
        let before = (WINDOW - VOICE_STEP) / 2;
        self.padded.clear();
        self.padded.resize(before, 0.0);
        self.padded.extend_from_slice(samples);
        self.padded.resize(self.padded.len() + before, 0.0);
        let [mut power, mut last] = [[0.0; BINS]; 2];
        let mut was_silent = true;
        for (row, window) in rows
            .chunks_exact_mut(WIDTH)
            .zip(self.padded.windows(WINDOW).step_by(VOICE_STEP))
        {
            let energy = decibels(window);
            let is_silent = energy <= SILENT;
            row[0] = energy;
            row[3] = zero_crossings(window, energy);
            if !is_silent {
                self.spectrum.power(window, &mut power);
                let now = power.map(f32::sqrt);
                let shape = Shape::new(&power, &now);
                row[4..8].copy_from_slice(&[
                    shape.slope_low,
                    shape.slope_middle,
                    shape.alpha_ratio,
                    shape.hammarberg_index,
                ]);
                if !was_silent {
                    row[8] = flux(&last, &now);
                }
                row[9..11].copy_from_slice(&[shape.centroid, shape.rolloff]);
                self.cepstrum
                    .coefficients(&power, &mut row[WIDTH - COEFFICIENTS..]);
                last = now;
            }
            was_silent = is_silent;
        }
    }
}
