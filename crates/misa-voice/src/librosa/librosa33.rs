//! The 33 columns of CH-SIMS.

use crate::librosa::chroma_stft::CLASSES;
use crate::librosa::constant_q::ConstantQ;
use crate::librosa::mfcc::Cepstrum;
use crate::librosa::tuning::{BINS_OF_CONSTANT_Q, Peaks};
use crate::librosa::{Frames, MelScale, Mfcc, Spectrum, zero_crossing_rate};

/// The 33 columns that CH-SIMS has of a voice, as librosa computes them: 20 mel-frequency cepstral coefficients (scale
/// of HTK), the zero crossing rate, and 12 pitch classes from a constant-Q transform, 43.07 times a second.
///
/// - Source: CH-SIMS (MMSA-FET); librosa 0.11. The hop of 512 samples is inferred from the number of rows of CH-SIMS.
/// - Differs: see [`ChromaCqt`](crate::librosa::ChromaCqt).
#[derive(Debug)]
pub struct Librosa33 {
    frames: Frames,
    spectrum: Spectrum,
    magnitudes: Vec<f64>,
    cepstrum: Cepstrum,
    peaks: Peaks,
}

impl Librosa33 {
    /// Names of the columns, in order.
    pub const COLUMNS: [&str; 33] = [
        "mfcc_1",
        "mfcc_2",
        "mfcc_3",
        "mfcc_4",
        "mfcc_5",
        "mfcc_6",
        "mfcc_7",
        "mfcc_8",
        "mfcc_9",
        "mfcc_10",
        "mfcc_11",
        "mfcc_12",
        "mfcc_13",
        "mfcc_14",
        "mfcc_15",
        "mfcc_16",
        "mfcc_17",
        "mfcc_18",
        "mfcc_19",
        "mfcc_20",
        "zero_crossing_rate",
        "chroma_cqt_1",
        "chroma_cqt_2",
        "chroma_cqt_3",
        "chroma_cqt_4",
        "chroma_cqt_5",
        "chroma_cqt_6",
        "chroma_cqt_7",
        "chroma_cqt_8",
        "chroma_cqt_9",
        "chroma_cqt_10",
        "chroma_cqt_11",
        "chroma_cqt_12",
    ];

    /// Samples a second of the sounds.
    pub const RATE: u32 = 22_050;

    /// Samples in a frame.
    pub const WINDOW: usize = 2048;

    /// Samples from one row to the next. The middle of row `i` is sample `i * HOP`.
    pub const HOP: usize = 512;

    /// Makes tables and buffers once for all sounds.
    pub fn new() -> Self {
        let frames =
            Frames::new(Self::RATE, Self::WINDOW, Self::HOP).expect("the constants can be used");
        Self {
            spectrum: Spectrum::new(frames),
            magnitudes: vec![0.0; frames.bins()],
            cepstrum: Cepstrum::new(&frames, MelScale::Htk),
            peaks: Peaks::new(frames, BINS_OF_CONSTANT_Q),
            frames,
        }
    }

    /// The columns of each row, `[1 + samples / 512, 33]` row by row. All are finite.
    ///
    /// The floor of the coefficients and the tuning of the pitch classes depend on the whole sound. Besides what is
    /// returned, memory is taken for 128 bands and the peaks of each row, about 30 kB for a second of sound, and for
    /// a block of samples of fixed length.
    pub fn features(&mut self, samples: &[f32]) -> Vec<f32> {
        let width = Self::COLUMNS.len();
        let mut rows = vec![0.0; self.frames.count(samples.len()) * width];
        self.analyse(samples);
        let crossings = zero_crossing_rate(samples, &self.frames);
        for (frame, row) in rows.chunks_exact_mut(width).enumerate() {
            self.cepstrum.write(frame, &mut row[..Mfcc::COLUMNS]);
            row[Mfcc::COLUMNS] = crossings[frame];
        }
        ConstantQ::new(&self.frames, self.peaks.tuning()).run(samples, |frame, classes| {
            rows[(frame + 1) * width - CLASSES..][..CLASSES].copy_from_slice(&classes);
        });
        rows
    }

    /// Collects bands and peaks of the whole sound from one spectrum for each frame.
    fn analyse(&mut self, samples: &[f32]) {
        self.cepstrum.start();
        self.peaks.start();
        for frame in 0..self.frames.count(samples.len()) {
            let power = self.spectrum.power(samples, frame);
            self.cepstrum.add(power);
            for (magnitude, power) in self.magnitudes.iter_mut().zip(power) {
                *magnitude = power.sqrt();
            }
            self.peaks.add(&self.magnitudes);
        }
    }
}

impl Default for Librosa33 {
    fn default() -> Self {
        Self::new()
    }
}
