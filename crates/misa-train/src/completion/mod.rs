//! The networks that predict the shared vectors of missing modalities, trained after the model.

mod rows;

use crate::step::optimiser::Optimiser;
use crate::{Checkpoint, LearningRates, TrainError};
use burn::optim::GradientsParams;
use burn::prelude::*;
use misa_core::{
    Completion, CompletionConfig, ConfigError, Modalities, PerModality, Presence, weights,
};
use misa_data::{Development, Split};
use misa_infer::{draw_presence, lock_random_state};
use misa_kernels::Adam;
use misa_terms::{Random, mix};
use rows::{Rows, missing};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Probability that a modality is missing, in training and where the best epoch is chosen.
const MISSING: f64 = 0.5;

/// How the networks are trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompletionTraining {
    /// Most epochs. Range: `[1, inf)`.
    pub epochs: usize,
    /// Epochs without a lower error on the valid split before training ends. Range: `[1, inf)`.
    pub patience: usize,
    /// Utterances in an optimiser step. Range: `[1, inf)`.
    pub batch_size: usize,
    /// Of Adam. Range: `(0, inf)`.
    pub learning_rate: f64,
    /// Of weights, order and missing modalities.
    pub seed: u64,
}

impl Default for CompletionTraining {
    fn default() -> Self {
        Self {
            epochs: 200,
            patience: 20,
            batch_size: 64,
            learning_rate: 1e-3,
            seed: 1,
        }
    }
}

impl CompletionTraining {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value) in [
            ("completion.epochs", self.epochs),
            ("completion.patience", self.patience),
            ("completion.batch_size", self.batch_size),
        ] {
            ConfigError::check(field, value as f64, "[1, inf)", value >= 1)?;
        }
        ConfigError::check_positive("completion.learning_rate", self.learning_rate)
    }
}

/// What was trained, and how well it predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionFit {
    /// Utterances of the train split that have every modality.
    pub train: usize,
    /// Those of the train split that lack one, and are left out.
    #[serde(default)]
    pub train_left_out: usize,
    /// Utterances of the valid split that have every modality.
    pub valid: usize,
    /// Those of the valid split that lack one, and are left out.
    #[serde(default)]
    pub valid_left_out: usize,
    /// Epochs trained.
    pub epochs: usize,
    /// The epoch whose weights were kept: that with the lowest error on the valid split.
    pub best_epoch: usize,
    /// By modality in use: its squared error on the valid split where it is missing, as a share of its
    /// variance on the train split. 1 = no better than its mean.
    pub errors: PerModality<Option<f64>>,
}

/// Trains networks that predict the shared vector of a missing modality from those that are there, and
/// returns the checkpoint with them. The weights of the model stay as they are; networks that it has already
/// are replaced, and intervals are measured anew on the valid split.
///
/// The split `train` teaches them and `valid` chooses the epoch. Only utterances with every modality in use are
/// read; the others are counted. The result is a function of the checkpoint, the data and `training`.
///
/// # Errors
///
/// [`TrainError::Config`] if `training` is out of range, or if the model cannot use them: it has one modality, no
/// shared vectors in its fusion, or a fusion other than the transformer and early fusion;
/// [`TrainError::EmptySplit`] if a split has no utterances, [`TrainError::NoneWhole`] if none of them has every
/// modality; and as [`Checkpoint::predict`].
pub fn train_completion(
    checkpoint: Checkpoint,
    data: &Development,
    training: &CompletionTraining,
    device: &Device,
    mut done: impl FnMut(usize),
) -> Result<(Checkpoint, CompletionFit), TrainError> {
    training.validate()?;
    let config = checkpoint.config.clone().with_completion(true);
    config.validate()?;
    let rows = |split| Rows::of(&checkpoint, data, split, device);
    let (train, valid) = (rows(Split::Train)?, rows(Split::Valid)?);
    let networks = networks(&checkpoint, training.seed, device);
    let mut fit = Fit::new(networks, &train, &valid, training, device);
    while fit.goes_on() {
        fit.epoch();
        done(fit.epochs);
    }
    let (best, summary) = fit.finish();

    let mut all = checkpoint.model.state_dict();
    let trained = weights::state_dict(&best, "completion");
    for name in trained.names() {
        if let Some(values) = trained.get(name) {
            all.insert(name.to_string(), values.clone());
        }
    }
    let invalid = |source| TrainError::Weights {
        path: Checkpoint::FOLDER.into(),
        source,
    };
    let (model, _) = (config.init_to_load(device))
        .load_state_dict(&all)
        .map_err(invalid)?;
    let mut checkpoint = Checkpoint {
        model,
        config,
        ..checkpoint
    };
    if checkpoint.calibration.is_some() {
        // What lacks a modality is predicted otherwise now, so it is also otherwise far off.
        let valid = data.dataset().split(Split::Valid);
        checkpoint.calibration = checkpoint.calibrate(valid, device)?;
    }
    Ok((checkpoint, summary))
}

/// The untrained networks, on a device that computes gradients.
fn networks(checkpoint: &Checkpoint, seed: u64, device: &Device) -> Completion {
    let settings = &checkpoint.config.settings;
    let device = device.clone().autodiff();
    let _lock = lock_random_state();
    device.seed(mix(seed, 0, 0, "completion weights"));
    CompletionConfig::new(settings.d_hidden)
        .with_modalities(settings.modalities)
        .init(&device)
}

/// What is missing of `count` utterances where an epoch is judged; never nothing, which would make all epochs equal.
///
/// There must be at least two modalities and one utterance.
fn valid_presence(modalities: Modalities, count: usize, seed: u64) -> Presence {
    let draw = |attempt| {
        let seed = mix(seed, 0, attempt, "completion valid");
        draw_presence(modalities, count, MISSING, seed, None)
    };
    let lacks_some = |presence: &Presence| {
        let mut used = modalities.iter();
        used.any(|modality| !missing(presence, modality).is_empty())
    };
    let found = (0..).map(draw).find(lacks_some);
    found.expect("one of so many draws hides something")
}

/// Networks in training.
struct Fit<'a> {
    networks: Completion,
    optimiser: Optimiser,
    training: &'a CompletionTraining,
    train: Rows,
    valid: Rows,
    /// The same in every epoch.
    valid_presence: Presence,
    epochs: usize,
    best: Option<Best>,
    device: Device,
}

struct Best {
    epoch: usize,
    error: f64,
    networks: Completion,
}

impl<'a> Fit<'a> {
    fn new(
        networks: Completion,
        train: &Rows,
        valid: &Rows,
        training: &'a CompletionTraining,
        device: &Device,
    ) -> Self {
        let device = device.clone().autodiff();
        let networks = networks.with_scale_of(&train.vectors(&device));
        let scaled = |rows: &Rows| rows.scaled(&networks, &device);
        let (train, valid) = (scaled(train), scaled(valid));
        Self {
            optimiser: Optimiser::new(Adam::default(), 0.0, HashMap::new()),
            valid_presence: valid_presence(valid.modalities, valid.count, training.seed),
            networks,
            training,
            train,
            valid,
            epochs: 0,
            best: None,
            device,
        }
    }

    fn goes_on(&self) -> bool {
        let best = self.best.as_ref().map_or(0, |best| best.epoch);
        self.epochs < self.training.epochs && self.epochs - best < self.training.patience
    }

    fn epoch(&mut self) {
        self.epochs += 1;
        let (seed, epoch) = (self.training.seed, self.epochs as u64);
        let mut order: Vec<usize> = (0..self.train.count).collect();
        Random::new(mix(seed, epoch, 0, "completion order")).shuffle(&mut order);
        for (step, chosen) in order.chunks(self.training.batch_size).enumerate() {
            let seed = mix(seed, epoch, step as u64, "completion missing");
            let presence = draw_presence(self.train.modalities, chosen.len(), MISSING, seed, None);
            self.learn(chosen, &presence);
        }
        let error = self.valid_error();
        if self.best.as_ref().is_none_or(|best| error < best.error) {
            self.best = Some(Best {
                epoch: self.epochs,
                error,
                networks: self.networks.valid(),
            });
        }
    }

    /// One optimiser step on the mean squared error of what is missing; nothing if nothing is.
    fn learn(&mut self, chosen: &[usize], presence: &Presence) {
        let batch = self.train.select(chosen).vectors(&self.device);
        let predicted = self.networks.predict(&batch, presence);
        let errors = self.train.modalities.iter().filter_map(|modality| {
            let rows = missing(presence, modality);
            if rows.is_empty() {
                return None;
            }
            let rows: Vec<i64> = rows.into_iter().map(|row| row as i64).collect();
            let rows = Tensor::from_data(TensorData::from(rows.as_slice()), &self.device);
            let difference = predicted.get(modality).clone() - batch.get(modality).clone();
            Some(difference.select(0, rows).square().mean())
        });
        let Some(loss) = errors.reduce(|sum, error| sum + error) else {
            return;
        };
        let gradients = GradientsParams::from_grads(loss.backward(), &self.networks);
        let rates = LearningRates::from(self.training.learning_rate);
        let networks = self.networks.clone();
        self.networks = self.optimiser.step(networks, gradients, rates, 1.0);
    }

    fn valid_error(&self) -> f64 {
        let networks = self.networks.valid();
        let errors = self.errors(&networks);
        let errors: Vec<f64> = errors.into_array().into_iter().flatten().collect();
        errors.iter().sum::<f64>() / errors.len().max(1) as f64
    }

    fn errors(&self, networks: &Completion) -> PerModality<Option<f64>> {
        let device = self.device.clone().inner();
        (self.valid).errors(networks, &self.valid_presence, &device)
    }

    fn finish(self) -> (Completion, CompletionFit) {
        let (best_epoch, networks) = match &self.best {
            Some(best) => (best.epoch, best.networks.clone()),
            // Every error was NaN, which no finite vectors give.
            None => (0, self.networks.valid()),
        };
        let fit = CompletionFit {
            train: self.train.count,
            train_left_out: self.train.left_out,
            valid: self.valid.count,
            valid_left_out: self.valid.left_out,
            epochs: self.epochs,
            best_epoch,
            errors: self.errors(&networks),
        };
        (networks, fit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quarter of the draws would hide nothing.
    #[test]
    fn something_is_missing_where_an_epoch_is_judged() {
        let modalities: Modalities = "text,acoustic".parse().unwrap();
        for seed in 0..40 {
            let presence = valid_presence(modalities, 1, seed);
            let mut used = modalities.iter();
            assert!(used.any(|modality| !presence.has(0, modality)), "{seed}");
        }
    }
}
