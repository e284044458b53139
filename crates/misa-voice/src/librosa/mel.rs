//! Bands of equal width on a scale of pitch.

use crate::librosa::Frames;

/// A scale on which equal steps sound alike.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum MelScale {
    /// `2595 * log10(1 + f / 700)`, as in HTK.
    #[default]
    Htk,
    /// Linear to 1000 Hz and logarithmic above, as in Slaney's Auditory Toolbox.
    Slaney,
}

/// Hz in a unit of Slaney's scale, where it is linear.
const LINEAR: f64 = 200.0 / 3.0;

/// Where Slaney's scale becomes logarithmic: Hz, and units.
const KNEE: (f64, f64) = (1000.0, 15.0);

impl MelScale {
    /// Units of a frequency.
    fn units(self, frequency: f64) -> f64 {
        match self {
            Self::Htk => 2595.0 * (1.0 + frequency / 700.0).log10(),
            Self::Slaney if frequency < KNEE.0 => frequency / LINEAR,
            Self::Slaney => KNEE.1 + (frequency / KNEE.0).ln() / Self::octave(),
        }
    }

    /// The frequency of a number of units, in Hz.
    fn frequency(self, units: f64) -> f64 {
        match self {
            Self::Htk => 700.0 * (10.0_f64.powf(units / 2595.0) - 1.0),
            Self::Slaney if units < KNEE.1 => units * LINEAR,
            Self::Slaney => KNEE.0 * ((units - KNEE.1) * Self::octave()).exp(),
        }
    }

    /// The logarithm of the ratio of two frequencies that lie a unit of Slaney's scale apart: 27 units are a
    /// ratio of 6.4.
    fn octave() -> f64 {
        6.4_f64.ln() / 27.0
    }
}

/// Triangles of equal width on a scale of pitch, from 0 Hz to half the rate. Each has the area 1.
#[derive(Clone, Debug)]
pub(super) struct MelBank {
    bands: Vec<Band>,
}

/// One triangle: its first bin, and a weight for each bin.
#[derive(Clone, Debug)]
struct Band {
    first: usize,
    weights: Vec<f64>,
}

impl MelBank {
    /// Triangles of `bands` bands.
    pub fn new(scale: MelScale, bands: usize, frames: &Frames) -> Self {
        let step = scale.units(f64::from(frames.rate()) / 2.0) / (bands + 1) as f64;
        let corner = |index: usize| scale.frequency(step * index as f64);
        let bands = (0..bands)
            .map(|band| Band::new([corner(band), corner(band + 1), corner(band + 2)], frames));
        Self {
            bands: bands.collect(),
        }
    }

    /// The power in each band. Bands narrower than a bin may be empty.
    pub fn powers<'a>(&'a self, power: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.bands.iter().map(|band| {
            let products = band.weights.iter().zip(&power[band.first..]);
            products.map(|(weight, power)| weight * power).sum()
        })
    }
}

impl Band {
    /// The triangle with the frequencies of its corners.
    fn new([start, peak, end]: [f64; 3], frames: &Frames) -> Self {
        let weight = |bin: &usize| {
            let frequency = frames.frequency(*bin);
            let slope =
                ((frequency - start) / (peak - start)).min((end - frequency) / (end - peak));
            slope * 2.0 / (end - start)
        };
        let is_inside = |bin: &usize| weight(bin) > 0.0;
        let first = (0..frames.bins()).find(is_inside).unwrap_or(0);
        let weights = (first..frames.bins()).map(|bin| weight(&bin));
        Self {
            first,
            weights: weights.take_while(|weight| *weight > 0.0).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_inverted() {
        // 1000 Hz: 999.985 HTK, 15 Slaney. 6400 Hz is 27 units above.
        assert!((MelScale::Htk.units(1000.0) - 999.9855).abs() < 1e-3);
        assert!((MelScale::Slaney.units(6400.0) - 42.0).abs() < 1e-12);
        for scale in [MelScale::Htk, MelScale::Slaney] {
            for frequency in [0.0, 440.0, 1000.0, 5000.0] {
                assert!((scale.frequency(scale.units(frequency)) - frequency).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn every_triangle_has_the_area_one() {
        let frames = Frames::new(16_000, 8192, 512).unwrap();
        for scale in [MelScale::Htk, MelScale::Slaney] {
            let bank = MelBank::new(scale, 20, &frames);
            for area in bank.powers(&vec![frames.frequency(1); frames.bins()]) {
                assert!((area - 1.0).abs() < 1e-3, "{area}");
            }
        }
    }

    #[test]
    fn bands_narrower_than_a_bin_are_empty() {
        let bank = MelBank::new(MelScale::Htk, 128, &Frames::new(16_000, 512, 128).unwrap());
        let powers: Vec<f64> = bank.powers(&[1.0; 257]).collect();
        assert_eq!(powers.len(), 128);
        assert!(powers.contains(&0.0) && powers.iter().all(|power| *power >= 0.0));
    }
}
