//! Which modalities each utterance of a batch has.

use crate::{AbsentSteps, ConfigError, Modalities, Modality, PerModality};
use burn::prelude::*;

/// Which modalities each utterance of a batch has; at least one each.
///
/// The sequences of a missing modality never influence a prediction or a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    present: PerModality<Vec<bool>>,
}

impl Presence {
    /// From one flag per utterance and modality.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoModality`] if an utterance has none.
    ///
    /// # Panics
    ///
    /// Panics if the modalities differ in the number of utterances.
    pub fn new(present: PerModality<Vec<bool>>) -> Result<Self, ConfigError> {
        let batch = present.text.len();
        assert_eq!(present.visual.len(), batch, "flags of visual");
        assert_eq!(present.acoustic.len(), batch, "flags of acoustic");
        let presence = Self { present };
        let has_some = |row| (Modality::ALL.iter()).any(|&modality| presence.has(row, modality));
        if (0..batch).all(has_some) {
            Ok(presence)
        } else {
            Err(ConfigError::NoModality)
        }
    }

    /// Which of `used` each of `batch` utterances has: those that it is said to have and of which a step is
    /// not absent. An utterance of which nothing would remain keeps what it is said to have, as zeros.
    /// `None`: all of them.
    ///
    /// - said: what each is said to have; `None`: everything
    /// - absent: the absent steps of each modality; `None`: none
    pub fn found(
        batch: usize,
        used: Modalities,
        said: Option<&Self>,
        absent: &PerModality<Option<&AbsentSteps>>,
    ) -> Option<Self> {
        let is_all_absent = |row, modality| {
            let absent = absent.get(modality);
            absent.is_some_and(|absent| absent.is_all_absent(row))
        };
        let rows = 0..batch;
        let has_gaps = |row: usize| {
            Modality::ALL
                .iter()
                .any(|&modality| is_all_absent(row, modality))
        };
        if !rows.clone().any(has_gaps) {
            return said.cloned();
        }
        let is_said = |row, modality| said.is_none_or(|said| said.has(row, modality));
        let is_found = |row, modality| is_said(row, modality) && !is_all_absent(row, modality);
        let found = PerModality::from_fn(|modality| {
            let has = |row| {
                let something = used.iter().any(|modality| is_found(row, modality));
                if something {
                    is_found(row, modality)
                } else {
                    is_said(row, modality)
                }
            };
            rows.clone().map(has).collect()
        });
        Some(Self::new(found).expect("each utterance keeps something"))
    }

    /// The presence of some of the utterances, in the order of `rows`.
    ///
    /// # Panics
    ///
    /// Panics if a row is beyond the last.
    pub fn select(&self, rows: &[usize]) -> Self {
        let present = self.present.as_ref();
        Self {
            present: present.map(|flags| rows.iter().map(|&row| flags[row]).collect()),
        }
    }

    /// Number of utterances.
    pub fn batch(&self) -> usize {
        self.present.text.len()
    }

    /// Whether utterance number `row` has `modality`.
    pub fn has(&self, row: usize, modality: Modality) -> bool {
        self.present.get(modality)[row]
    }

    /// The utterances that have all of `modalities`; `None` if every utterance has.
    pub(crate) fn rows(&self, modalities: &[Modality]) -> Option<Vec<i64>> {
        let has_all = |row: &usize| modalities.iter().all(|&modality| self.has(*row, modality));
        let rows: Vec<usize> = (0..self.batch()).filter(has_all).collect();
        (rows.len() < self.batch()).then(|| rows.into_iter().map(|row| row as i64).collect())
    }

    /// The rows of `x`, which has one per utterance, whose utterances have all of `modalities`; `None` if
    /// none has.
    ///
    /// # Shapes
    ///
    /// - x: `[batch, width]`
    /// - output: `[rows, width]`, `x` itself if every utterance has all of them
    pub fn rows_of(&self, modalities: &[Modality], x: &Tensor<2>) -> Option<Tensor<2>> {
        match self.rows(modalities) {
            None => Some(x.clone()),
            Some(rows) if rows.is_empty() => None,
            Some(rows) => {
                let count = rows.len();
                let rows = Tensor::from_data(TensorData::new(rows, [count]), &x.device());
                Some(x.clone().select(0, rows))
            }
        }
    }

    /// 1 for each utterance that has `modality`, 0 for the others, `[batch, 1]`.
    pub fn mask(&self, modality: Modality, device: &Device) -> Tensor<2> {
        let mask: Vec<f32> = self
            .present
            .get(modality)
            .iter()
            .map(|&has| f32::from(u8::from(has)))
            .collect();
        let batch = mask.len();
        Tensor::from_data(TensorData::new(mask, [batch, 1]), device)
    }

    /// `x`, which has a row of `modality` per utterance, with zeros where the modality is missing,
    /// even where `x` is NaN.
    pub(crate) fn blank<const D: usize>(&self, modality: Modality, x: Tensor<D>) -> Tensor<D> {
        match self.missing_elements(modality, &x) {
            None => x,
            Some(elements) => x.mask_fill(elements, 0.0),
        }
    }

    /// `x`, which has a row of `modality` per utterance, with the rows of `other` where the modality is missing.
    pub(crate) fn replace_missing<const D: usize>(
        &self,
        modality: Modality,
        x: Tensor<D>,
        other: Tensor<D>,
    ) -> Tensor<D> {
        match self.missing_elements(modality, &x) {
            None => x,
            Some(elements) => x.mask_where(elements, other),
        }
    }

    /// True in the rows of `x` whose utterance lacks `modality`; `None` if every utterance has it.
    fn missing_elements<const D: usize>(
        &self,
        modality: Modality,
        x: &Tensor<D>,
    ) -> Option<Tensor<D, Bool>> {
        self.rows(&[modality])?;
        let mut shape = [1; D];
        shape[0] = self.batch();
        let is_missing = self.mask(modality, &x.device()).equal_scalar(0.0);
        Some(is_missing.reshape(shape).expand(x.dims()))
    }

    /// Checks that every utterance has one of `modalities`.
    ///
    /// # Panics
    ///
    /// Panics if one has none, naming its row.
    pub(crate) fn assert_something_of(&self, modalities: Modalities) {
        for row in 0..self.batch() {
            let has_some = modalities.iter().any(|modality| self.has(row, modality));
            assert!(has_some, "utterance {row} has none of {modalities}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence() -> Presence {
        Presence::new(PerModality {
            text: vec![true, false, true],
            visual: vec![true, true, true],
            acoustic: vec![false, true, false],
        })
        .unwrap()
    }

    #[test]
    fn rows_have_every_modality_named() {
        use Modality::{Acoustic, Text, Visual};
        assert_eq!(presence().rows(&[Visual]), None);
        assert_eq!(presence().rows(&[Text, Visual]), Some(vec![0, 2]));
        assert_eq!(presence().rows(&[Text, Acoustic]), Some(vec![]));
    }

    #[test]
    #[should_panic(expected = "utterance 2 has none of acoustic")]
    fn an_utterance_has_something_that_is_used() {
        presence().assert_something_of("visual,acoustic".parse().unwrap());
        presence().assert_something_of("text,acoustic".parse().unwrap());
        let without_voice = Presence::new(PerModality {
            text: vec![true; 3],
            visual: vec![true; 3],
            acoustic: vec![true, true, false],
        });
        without_voice
            .unwrap()
            .assert_something_of("acoustic".parse().unwrap());
    }

    #[test]
    fn an_utterance_has_something() {
        let empty = PerModality::from_fn(|_| vec![true, false]);
        assert_eq!(Presence::new(empty), Err(ConfigError::NoModality));
    }
}
