//! What the loop over epochs is given, and where it stands.

use crate::{
    Phase, Progress, Stop, TrainError, Trainer, TrainingConfig,
    epochs::{history::EpochRecord, observer::Observer},
    frozen::Frozen,
    run::{
        folder::{Resumed, RunFolder},
        manifest::RunProgress,
        state::Snapshot,
    },
};
use burn::{data::dataloader::DataLoader, prelude::Device};
use misa_data::UtteranceLoader;
use std::{sync::Arc, time::Instant};

/// What the loop over epochs is given.
pub(crate) struct FitInput {
    pub config: TrainingConfig,
    pub train: UtteranceLoader,
    pub valid: UtteranceLoader,
    pub progress: Progress,
    /// The frozen part of BERT, if there is one.
    pub frozen: Arc<Frozen>,
    /// Devices that read batches beside the first.
    pub devices: Vec<Device>,
    pub stop: Stop,
    /// Optimiser steps between two states, besides those at the end of epochs.
    pub save_every: Option<usize>,
}

impl FitInput {
    /// Optimiser steps of a whole run, if patience does not run out.
    fn total_updates(&self) -> usize {
        let config = &self.config;
        let updates = |batches: usize| batches.div_ceil(config.accumulation);
        if config.model.context.is_none() {
            let batches = self.train.num_items().div_ceil(config.batch_size);
            return config.total_epochs() * updates(batches);
        }
        // Whole videos fill batches differently in every order.
        let epochs = 1..=config.total_epochs();
        epochs
            .map(|epoch| updates(self.train.batches(epoch).len()))
            .sum()
    }
}

/// One call of the loop: its clock, its folder and who watches it.
pub(crate) struct FitState<'a> {
    pub input: &'a FitInput,
    pub observer: &'a mut Observer,
    /// Optimiser steps of a whole run, if patience does not run out.
    pub total_updates: usize,
    /// Where states go.
    folder: &'a mut RunFolder,
    started: Instant,
    /// Seconds of earlier sessions.
    before: f64,
}

impl<'a> FitState<'a> {
    pub(crate) fn new(
        input: &'a FitInput,
        folder: &'a mut RunFolder,
        observer: &'a mut Observer,
    ) -> Self {
        Self {
            total_updates: input.total_updates(),
            before: folder.manifest.progress.seconds,
            started: Instant::now(),
            input,
            folder,
            observer,
        }
    }

    /// Where the run stands, and its best model so far.
    pub(crate) fn resume(
        &self,
        trainer: &mut Trainer,
    ) -> Result<(RunProgress, Option<Snapshot>), TrainError> {
        let progress = self.folder.manifest.progress.clone();
        let Some(Resumed {
            state,
            updates,
            best,
        }) = self.folder.resume()?
        else {
            return Ok((progress, None));
        };
        self.restore(trainer, &state, updates)?;
        self.observer.resumed(&progress);
        Ok((progress, best))
    }

    pub(crate) fn restore(
        &self,
        trainer: &mut Trainer,
        state: &Snapshot,
        updates: usize,
    ) -> Result<(), TrainError> {
        let restored = trainer.restore(state, updates);
        restored.map_err(|source| TrainError::Misfit {
            path: self.folder.path().to_path_buf(),
            source,
        })
    }

    /// A copy of the model as it is now; with its optimiser where a trial may go back to both.
    pub(crate) fn keep(&self, trainer: &mut Trainer) -> Snapshot {
        let state = trainer.state();
        match self.input.config.trials {
            1 => state.weights().snapshot(),
            _ => state.snapshot(),
        }
    }

    /// Makes this the state that the run would be resumed from.
    pub(crate) fn commit(
        &mut self,
        trainer: &mut Trainer,
        best: Option<&Snapshot>,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        let updates = trainer.updates();
        let state = trainer.state();
        let progress = RunProgress {
            seconds: self.seconds(),
            ..progress.clone()
        };
        self.folder.commit(&state, updates, best, &progress)
    }

    /// Shows a finished epoch and goes on to the next.
    pub(crate) fn finish_epoch(&self, progress: &mut RunProgress, record: EpochRecord) {
        let epochs = self.input.config.total_epochs();
        self.observer.finished_epoch(&record, epochs);
        progress.seconds = record.seconds;
        progress.history.push(record);
        progress.is_done = progress.epoch >= epochs;
        progress.epoch += 1;
        progress.losses.clear();
    }

    /// Seconds of the run so far, in all sessions.
    pub(crate) fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// What epoch `number` is for.
    pub(crate) fn phase(&self, number: usize) -> Phase {
        self.input.config.phase(number)
    }

    /// Whether somebody asked to stop, here or in the live plots.
    pub(crate) fn should_stop(&self) -> bool {
        self.input.stop.is_requested() || self.observer.should_stop()
    }

    /// Keeps what was learned and says why there is no more.
    pub(crate) fn stopped(&mut self, trainer: &mut Trainer, progress: &RunProgress) -> TrainError {
        if let Some(error) = self.observer.error() {
            return error;
        }
        match self.commit(trainer, None, progress) {
            Ok(()) => TrainError::Stopped {
                path: self.folder.path().to_path_buf(),
                updates: trainer.updates(),
            },
            Err(error) => error,
        }
    }
}
