//! Random choice of the steps that are missing.

use crate::frames::Twister;
use misa_terms::{Modality, PerModality, Random, mix};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most steps to which a matrix is padded; the longest of published files are 500.
const MAX_PADDED: usize = 1 << 20;

/// By which random numbers steps go missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FrameDraws {
    /// The published protocol: NumPy's legacy generator fills the padded matrix of a modality row by
    /// row, and starts anew from the same seed for the next modality. Modalities with matrices of one
    /// shape, as in aligned data, so lack the same steps.
    ///
    /// - Source: TFR-Net, `generate_m`; LNLN, `MMDataset`.
    #[default]
    Published,
    /// Every modality of every utterance has random numbers of its own, which do not depend on padding
    /// or on other utterances.
    Independent,
}

/// How steps go missing in the utterances of a split, at one rate.
///
/// A step is kept if its random number in `[0, 1)` is above the rate, so that of one seed, a step that
/// is missing at a rate is missing at all higher ones. The first and the last step of a text are always
/// kept.
///
/// - Source: TFR-Net, LNLN.
/// - Differs: an utterance without tokens is refused; the published code marks its padding as kept.
#[derive(Clone, Debug, PartialEq)]
pub struct MissingFrames {
    /// Probability that a step is missing. Range: `[0, 1]`.
    pub rate: f64,
    /// Seed of the draws.
    pub seed: u32,
    /// By which random numbers.
    pub draws: FrameDraws,
    /// Steps to which the matrix of each modality is padded, of which [`FrameDraws::Published`] depends;
    /// `None`: the steps of its longest utterance.
    pub padded: Option<PerModality<usize>>,
}

impl MissingFrames {
    /// The masks of utterances of these lengths, in the order of their split.
    ///
    /// # Errors
    ///
    /// [`FrameError`] if the rate is outside its range, an utterance has no steps, or more than its
    /// matrix.
    pub fn masks(
        &self,
        lengths: &PerModality<Vec<usize>>,
    ) -> Result<PerModality<FrameMask>, FrameError> {
        if !(0.0..=1.0).contains(&self.rate) {
            return Err(FrameError::Rate { found: self.rate });
        }
        let mask = |modality: Modality| {
            let lengths = lengths.get(modality);
            let padded = self.padded_steps(modality, lengths)?;
            let rates = vec![self.rate; lengths.len()];
            Ok(match self.draws {
                FrameDraws::Published => {
                    FrameMask::published(modality, lengths, padded, &rates, self.seed)
                }
                FrameDraws::Independent => {
                    FrameMask::independent(modality, lengths, &rates, self.seed.into())
                }
            })
        };
        PerModality::from_fn(mask).transpose()
    }

    /// Steps of the matrix of a modality, in which all lengths fit.
    fn padded_steps(&self, modality: Modality, lengths: &[usize]) -> Result<usize, FrameError> {
        if let Some(utterance) = lengths.iter().position(|&length| length == 0) {
            return Err(FrameError::Empty {
                modality,
                utterance,
            });
        }
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let padded = self.padded.as_ref();
        let padded = padded.map_or(longest, |padded| *padded.get(modality));
        if !(longest..=MAX_PADDED).contains(&padded) {
            return Err(FrameError::Padded {
                modality,
                longest,
                padded,
            });
        }
        Ok(padded)
    }
}

/// Which steps of one modality are kept, in each of several utterances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameMask {
    kept: Vec<Vec<bool>>,
}

impl FrameMask {
    /// The mask of utterances with a rate each, by [`FrameDraws::Published`], in a matrix of `padded`
    /// steps.
    ///
    /// # Panics
    ///
    /// Panics if there is not one rate for each length, or a length exceeds `padded`.
    pub fn published(
        modality: Modality,
        lengths: &[usize],
        padded: usize,
        rates: &[f64],
        seed: u32,
    ) -> Self {
        assert_eq!(lengths.len(), rates.len(), "a rate for each utterance");
        let mut twister = Twister::new(seed);
        let row = |(&length, &rate): (&usize, &f64)| {
            assert!(length <= padded, "{length} steps in {padded}");
            let kept = row(modality, length, rate, || twister.uniform());
            for _ in length..padded {
                twister.uniform();
            }
            kept
        };
        let kept = lengths.iter().zip(rates).map(row).collect();
        Self { kept }
    }

    /// The mask of utterances with a rate each, by [`FrameDraws::Independent`].
    ///
    /// # Panics
    ///
    /// Panics if there is not one rate for each length.
    pub fn independent(modality: Modality, lengths: &[usize], rates: &[f64], seed: u64) -> Self {
        assert_eq!(lengths.len(), rates.len(), "a rate for each utterance");
        let rows = lengths.iter().zip(rates).zip(0..);
        let rows = rows.map(|((&length, &rate), utterance)| {
            let seed = mix(seed, utterance, modality as u64, "missing frames");
            let mut random = Random::new(seed);
            row(modality, length, rate, || random.uniform())
        });
        let kept = rows.collect();
        Self { kept }
    }

    /// The mask of some of the utterances.
    pub fn select(&self, utterances: &[usize]) -> Self {
        let kept = utterances.iter().map(|&row| self.kept[row].clone());
        Self {
            kept: kept.collect(),
        }
    }

    /// By utterance, whether each of its steps is kept.
    pub fn rows(&self) -> &[Vec<bool>] {
        &self.kept
    }

    /// Whether nothing is missing of utterance number `row`.
    pub fn is_whole(&self, row: usize) -> bool {
        self.kept[row].iter().all(|&kept| kept)
    }

    /// The share of steps that are missing; 0 if there are no steps.
    pub fn missing_share(&self) -> f64 {
        let steps = || self.kept.iter().flatten();
        let missing = steps().filter(|&&kept| !kept).count();
        missing as f64 / steps().count().max(1) as f64
    }
}

/// Which steps of one utterance are kept.
fn row(
    modality: Modality,
    length: usize,
    rate: f64,
    mut uniform: impl FnMut() -> f64,
) -> Vec<bool> {
    let mut kept: Vec<bool> = (0..length).map(|_| uniform() > rate).collect();
    if modality == Modality::Text {
        for end in [0, length.saturating_sub(1)] {
            kept.get_mut(end).into_iter().for_each(|end| *end = true);
        }
    }
    kept
}

/// Utterances of which no steps can go missing.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A rate outside its range.
    #[error("the rate of missing frames must be in [0, 1], got {found}")]
    Rate {
        /// The rate.
        found: f64,
    },
    /// An utterance without steps.
    #[error("utterance number {utterance}, from 0: {modality} has no steps, expected at least 1")]
    Empty {
        /// The modality.
        modality: Modality,
        /// The place of the utterance in its split.
        utterance: usize,
    },
    /// A matrix without room for the longest utterance, or a larger one than is allowed.
    #[error(
        "{modality} is padded to {padded} steps, expected from {longest}, those of the longest \
         utterance, to {MAX_PADDED}"
    )]
    Padded {
        /// The modality.
        modality: Modality,
        /// Steps of the longest utterance.
        longest: usize,
        /// Steps of the matrix.
        padded: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rate: f64, draws: FrameDraws) -> MissingFrames {
        MissingFrames {
            rate,
            seed: 1111,
            draws,
            padded: None,
        }
    }

    fn lengths(all: &[usize]) -> PerModality<Vec<usize>> {
        PerModality::from_fn(|_| all.to_vec())
    }

    #[test]
    fn only_published_draws_are_equal_in_all_modalities() {
        let masks = |draws| at(0.5, draws).masks(&lengths(&[400, 300])).unwrap();
        let published = masks(FrameDraws::Published);
        assert_eq!(published.visual, published.acoustic);
        let independent = masks(FrameDraws::Independent);
        assert_ne!(independent.visual, independent.acoustic);
        for mask in [published, independent]
            .map(PerModality::into_array)
            .concat()
        {
            // Six standard deviations of 700 draws.
            assert!((mask.missing_share() - 0.5).abs() < 0.12);
        }
    }

    #[test]
    fn padding_changes_the_published_draws_of_all_utterances_but_the_first() {
        let masks = |draws, padded| {
            let padded = Some(PerModality::from_fn(|_| padded));
            let frames = MissingFrames {
                padded,
                ..at(0.5, draws)
            };
            frames.masks(&lengths(&[90, 90])).unwrap().visual
        };
        let [short, long] = [90, 100].map(|padded| masks(FrameDraws::Published, padded));
        assert_eq!(short.rows()[0], long.rows()[0]);
        assert_ne!(short.rows()[1], long.rows()[1]);
        let [short, long] = [90, 100].map(|padded| masks(FrameDraws::Independent, padded));
        assert_eq!(short, long);
    }

    #[test]
    fn the_ends_of_a_text_stay_and_what_is_missing_stays_missing_at_higher_rates() {
        for draws in [FrameDraws::Published, FrameDraws::Independent] {
            let masks = |rate| at(rate, draws).masks(&lengths(&[60, 1, 2])).unwrap();
            assert_eq!(masks(0.0).acoustic.missing_share(), 0.0);
            let all = masks(1.0);
            assert_eq!(all.visual.missing_share(), 1.0);
            let ends = all.text.rows()[0].iter().filter(|&&kept| kept).count();
            assert_eq!(
                (ends, all.text.is_whole(1), all.text.is_whole(2)),
                (2, true, true)
            );
            let (low, high) = (masks(0.3), masks(0.4));
            let steps = low.text.rows().concat().into_iter();
            let mut steps = steps.zip(high.text.rows().concat());
            assert!(steps.all(|(low, high)| low || !high));
            assert_ne!(low, high);
        }
    }

    #[test]
    fn what_cannot_go_missing_is_refused() {
        let of = |rate, text: usize, padded: Option<usize>| {
            let mut lengths = lengths(&[3, 2]);
            lengths.text[1] = text;
            let padded = padded.map(|padded| PerModality::from_fn(|_| padded));
            let frames = MissingFrames {
                padded,
                ..at(rate, FrameDraws::Published)
            };
            frames.masks(&lengths).unwrap_err().to_string()
        };
        assert_eq!(
            of(f64::NAN, 2, None),
            "the rate of missing frames must be in [0, 1], got NaN"
        );
        assert_eq!(
            of(0.5, 0, None),
            "utterance number 1, from 0: text has no steps, expected at least 1"
        );
        assert_eq!(
            of(0.5, 4, Some(3)),
            "text is padded to 3 steps, expected from 4, those of the longest utterance, to 1048576"
        );
        assert!(of(0.5, 2, Some(usize::MAX)).starts_with("text is padded to 1844"));
    }
}
