//! Shared vectors of utterances.

use crate::{Checkpoint, TrainError};
use burn::prelude::*;
use misa_core::{Completion, Modalities, Modality, PerModality, Presence};
use misa_data::{Development, Split};

/// The shared vectors of utterances that have every modality in use.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) modalities: Modalities,
    /// Number of utterances.
    pub(super) count: usize,
    /// Utterances of the split that lack a modality in use.
    pub(super) left_out: usize,
    width: usize,
    /// `[count, width]` per modality; empty where one is not in use.
    values: PerModality<Vec<f32>>,
}

impl Rows {
    /// Those of a split.
    ///
    /// # Errors
    ///
    /// [`TrainError::EmptySplit`] if there is no utterance, [`TrainError::NoneWhole`] if none has every modality, and
    /// others as [`Checkpoint::represent`].
    pub(super) fn of(
        checkpoint: &Checkpoint,
        data: &Development,
        split: Split,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let utterances = data.dataset().split(split);
        if utterances.is_empty() {
            return Err(TrainError::EmptySplit { split });
        }
        let found = checkpoint.represent(utterances, device)?;
        let is_whole = &found.is_whole;
        let whole: Vec<usize> = (0..is_whole.len()).filter(|&row| is_whole[row]).collect();
        if whole.is_empty() {
            return Err(TrainError::NoneWhole {
                split,
                count: is_whole.len(),
            });
        }
        let all = Self {
            modalities: checkpoint.config.settings.modalities,
            count: found.ids.len(),
            left_out: found.ids.len() - whole.len(),
            width: found.d_hidden,
            values: found.shared,
        };
        Ok(all.select(&whole))
    }

    /// Some of them, in this order.
    pub(super) fn select(&self, chosen: &[usize]) -> Self {
        let width = self.width;
        let select = |values: &Vec<f32>| -> Vec<f32> {
            let rows = chosen.iter().filter(|_| !values.is_empty());
            rows.flat_map(|&row| &values[row * width..][..width])
                .copied()
                .collect()
        };
        Self {
            count: chosen.len(),
            values: self.values.as_ref().map(select),
            ..*self
        }
    }

    /// `[count, width]` per modality; zeros where one is not in use.
    pub(super) fn vectors(&self, device: &Device) -> PerModality<Tensor<2>> {
        let shape = [self.count, self.width];
        self.values.as_ref().map(|values| match values.as_slice() {
            [] => Tensor::zeros(shape, device),
            values => Tensor::from_data(TensorData::new(values.to_vec(), shape), device),
        })
    }

    /// The same in deviations from the mean, as the networks read them.
    pub(super) fn scaled(&self, networks: &Completion, device: &Device) -> Self {
        let scaled = networks.scaled(&self.vectors(device));
        Self {
            values: PerModality::from_fn(|modality| {
                if self.modalities.contains(modality) {
                    scaled.get(modality).to_data().iter::<f32>().collect()
                } else {
                    Vec::new()
                }
            }),
            ..*self
        }
    }

    /// By modality in use: the mean squared error of its predictions where it is missing; `None` where it
    /// never is.
    pub(super) fn errors(
        &self,
        networks: &Completion,
        presence: &Presence,
        device: &Device,
    ) -> PerModality<Option<f64>> {
        let predicted = networks.predict(&self.vectors(device), presence);
        PerModality::from_fn(|modality| {
            if !self.modalities.contains(modality) {
                return None;
            }
            let missing = missing(presence, modality);
            if missing.is_empty() {
                return None;
            }
            let predicted: Vec<f32> = predicted.get(modality).to_data().iter().collect();
            let expected = self.values.get(modality);
            let errors = missing.iter().flat_map(|&row| {
                let elements = row * self.width..(row + 1) * self.width;
                let pairs = predicted[elements.clone()].iter().zip(&expected[elements]);
                pairs.map(|(x, y)| f64::from(x - y).powi(2))
            });
            Some(errors.sum::<f64>() / (missing.len() * self.width) as f64)
        })
    }
}

/// The utterances that lack a modality.
pub(super) fn missing(presence: &Presence, modality: Modality) -> Vec<usize> {
    let rows = 0..presence.batch();
    rows.filter(|&row| !presence.has(row, modality)).collect()
}
