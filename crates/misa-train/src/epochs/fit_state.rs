//! Input and state of the loop over epochs.

use crate::epochs::history::EpochRecord;
use crate::epochs::observer::Observer;
use crate::frozen::Frozen;
use crate::run::events::Events;
use crate::run::folder::{Resumed, RunFolder};
use crate::run::manifest::RunProgress;
use crate::run::metrics_file::{At, LINE_EVERY, MetricsFile};
use crate::run::state::Snapshot;
use crate::step::frames::FrameDropout;
use crate::{LearningRates, Phase, Progress, Schedule, Stop, TrainError, Trainer, TrainingConfig};
use burn::data::dataloader::DataLoader;
use burn::prelude::Device;
use misa_core::loss::GeneratedLabels;
use misa_data::UtteranceLoader;
use misa_infer::{LabelScale, TermMeans, found_presence};
use std::sync::Arc;
use std::time::Instant;

/// Epochs whose optimiser steps are counted before the first one: twenty times those of any preset. Counting one takes
/// milliseconds, and a run cannot be stopped meanwhile.
const COUNTED_EPOCHS: usize = 10_000;

/// Input of the loop over epochs.
pub(crate) struct FitInput {
    pub config: TrainingConfig,
    pub train: UtteranceLoader,
    pub valid: UtteranceLoader,
    /// The scale of the labels of all splits; `None` of classes.
    pub scale: Option<LabelScale>,
    pub progress: Progress,
    /// Name of the data, to be shown.
    pub data: String,
    /// The frozen part of BERT, if there is one.
    pub frozen: Arc<Frozen>,
    /// Lets frames go missing in training, if any do.
    pub frames: Option<FrameDropout>,
    /// Further devices, which share batches with the first.
    pub devices: Vec<Device>,
    pub stop: Stop,
    /// Optimiser steps between two states, besides those at the end of epochs.
    pub save_every: Option<usize>,
    /// Whether the weights of every epoch are kept.
    pub keep_epochs: bool,
    /// Whether events are written for TensorBoard.
    pub tensorboard: bool,
    /// The epoch after which the run is paused.
    pub pause_after: Option<usize>,
}

impl FitInput {
    /// The labels of single modalities before the first batch, if they are generated.
    pub(crate) fn generated_labels(&self) -> Option<GeneratedLabels> {
        let is_used = self.config.generates_labels();
        let unimodal = self.config.loss.unimodal.as_ref().filter(|_| is_used)?;
        let utterances = self.train.utterances();
        let targets = utterances.iter().map(|utterance| utterance.label);
        let labels = unimodal.generated(&targets.collect::<Vec<f32>>());
        let (modalities, has_bert) = (self.config.model.modalities, self.config.bert.is_some());
        Some(labels.with_presence(found_presence(utterances, modalities, has_bert)))
    }

    /// Optimiser steps of a whole run, if patience does not run out; 0 where the learning rate does not depend on
    /// them: with whole videos, they are counted epoch by epoch.
    fn total_updates(&self) -> usize {
        let config = &self.config;
        if !matches!(config.schedule, Schedule::Cosine { .. }) {
            return 0;
        }
        let updates = |batches: usize| batches.div_ceil(config.accumulation);
        if config.model.context.is_none() {
            let batches = self.train.num_items().div_ceil(config.batch_size);
            return config.total_epochs().saturating_mul(updates(batches));
        }
        // Whole videos fill batches differently in every order.
        let of_epoch = |epoch| updates(self.train.batches(epoch).len());
        updates_of(config.total_epochs(), of_epoch)
    }
}

/// The sum of `of_epoch` over epochs from 1 to `epochs`. Beyond [`COUNTED_EPOCHS`], each is taken to have the mean of
/// those before.
fn updates_of(epochs: usize, of_epoch: impl Fn(usize) -> usize) -> usize {
    let counted = epochs.min(COUNTED_EPOCHS);
    let sum: usize = (1..=counted).map(of_epoch).sum();
    let rest = (epochs - counted) as u128 * sum as u128 / counted.max(1) as u128;
    sum.saturating_add(usize::try_from(rest).unwrap_or(usize::MAX))
}

/// One call of the loop: its clock, its folder and its observer.
pub(crate) struct FitState<'a> {
    pub input: &'a FitInput,
    pub observer: &'a mut Observer,
    /// Optimiser steps of a whole run, see `FitInput::total_updates`.
    pub total_updates: usize,
    /// Where states go.
    folder: &'a mut RunFolder,
    /// What other programs follow.
    metrics: MetricsFile,
    started: Instant,
    /// Seconds of earlier sessions.
    before: f64,
}

impl<'a> FitState<'a> {
    pub(crate) fn new(
        input: &'a FitInput,
        folder: &'a mut RunFolder,
        observer: &'a mut Observer,
    ) -> Result<Self, TrainError> {
        let manifest = &folder.manifest;
        let (updates, follows) = (manifest.updates(), folder.follows_another());
        let begun = manifest.sessions.first().map_or(0, |first| first.started);
        let events = Events::new(folder.path(), begun, input.tensorboard);
        let metrics =
            MetricsFile::open(folder.path(), &manifest.progress, updates, follows, events)?;
        if let Some(lost) = metrics.lost() {
            input.progress.note(lost);
        }
        Ok(Self {
            total_updates: input.total_updates(),
            before: manifest.progress.seconds,
            metrics,
            started: Instant::now(),
            input,
            folder,
            observer,
        })
    }

    /// The progress of the run, and its best model so far.
    pub(crate) fn resume(
        &mut self,
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
        self.folder
            .check_frozen_bert(&trainer.frozen_bert(), &state)?;
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

    /// A copy of the current model, with its optimiser if a trial may go back to both.
    pub(crate) fn keep(&self, trainer: &mut Trainer) -> Snapshot {
        let state = trainer.state();
        match self.input.config.trials {
            1 => state.weights().snapshot(),
            _ => state.snapshot(),
        }
    }

    /// Keeps the weights of the epoch that was just judged, if the run is to keep them; the next state
    /// records them.
    pub(crate) fn keep_epoch(
        &mut self,
        trainer: &mut Trainer,
        epoch: usize,
    ) -> Result<(), TrainError> {
        if !self.input.keep_epochs {
            return Ok(());
        }
        self.folder.keep_epoch(&trainer.trained_weights(), epoch)
    }

    /// Makes this the state that the run would be resumed from.
    pub(crate) fn commit(
        &mut self,
        trainer: &mut Trainer,
        best: Option<&Snapshot>,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        let updates = trainer.updates();
        let recorded = &mut self.folder.manifest.frozen_bert;
        if recorded.is_none() {
            *recorded = trainer.frozen_bert().checksum();
        }
        let state = trainer.state();
        let progress = RunProgress {
            seconds: self.seconds(),
            ..progress.clone()
        };
        self.metrics.sync()?;
        self.folder.commit(&state, updates, best, &progress)?;
        self.metrics.release()
    }

    /// Records the losses of the last batches, if a line is due after `step` optimiser steps.
    pub(crate) fn record_step(
        &mut self,
        step: usize,
        learning_rate: f64,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        if !step.is_multiple_of(LINE_EVERY) {
            return Ok(());
        }
        let batches = LINE_EVERY * self.input.config.accumulation;
        let first = progress.losses.len().saturating_sub(batches);
        let at = self.at(progress, step, learning_rate);
        self.metrics
            .step(at, &TermMeans::mean(&progress.losses[first..]))
    }

    /// Where in the run something was measured.
    fn at(&self, progress: &RunProgress, step: usize, learning_rate: f64) -> At {
        At {
            epoch: progress.epoch,
            step,
            seconds: self.seconds(),
            learning_rate,
        }
    }

    /// The learning rates of the optimiser step number `step`, from 1.
    pub(crate) fn rates(&self, step: usize, progress: &RunProgress) -> LearningRates {
        let rates = self.input.config.rates(step, self.total_updates);
        let scale = progress.scale * progress.plateau.scale;
        LearningRates {
            model: rates.model * scale,
            bert: rates.bert * scale,
            adversary: rates.adversary * scale,
        }
    }

    /// Records and shows a finished epoch, whose last optimiser step used `learning_rate`, and
    /// continues with the next.
    pub(crate) fn finish_epoch(
        &mut self,
        progress: &mut RunProgress,
        record: EpochRecord,
        (step, learning_rate): (usize, f64),
    ) -> Result<(), TrainError> {
        let at = At {
            seconds: record.seconds,
            ..self.at(progress, step, learning_rate)
        };
        self.metrics.epoch(at, &record)?;
        self.observer.finished_epoch(&record);
        let epochs = self.input.config.total_epochs();
        progress.seconds = record.seconds;
        progress.history.push(record);
        progress.is_done = progress.epoch >= epochs;
        progress.epoch += 1;
        progress.losses.clear();
        Ok(())
    }

    /// Seconds of the run so far, in all sessions.
    pub(crate) fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// What epoch `number` is for.
    pub(crate) fn phase(&self, number: usize) -> Phase {
        self.input.config.phase(number)
    }

    /// Whether the run is to be paused before the epoch that it would go on with.
    pub(crate) fn is_paused(&self, progress: &RunProgress) -> bool {
        let pause_after = self.input.pause_after;
        pause_after.is_some_and(|last| progress.epoch > last)
    }

    /// Whether a stop is requested.
    pub(crate) fn should_stop(&self) -> bool {
        self.input.stop.is_requested()
    }

    /// Saves the state and returns the error that ends the run.
    pub(crate) fn stopped(&mut self, trainer: &mut Trainer, progress: &RunProgress) -> TrainError {
        match self.commit(trainer, None, progress) {
            Ok(()) => TrainError::Stopped {
                path: self.folder.path().to_path_buf(),
                updates: trainer.updates(),
            },
            Err(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Epochs of one and of two steps in turn.
    #[test]
    fn steps_are_counted_as_far_as_runs_go_and_guessed_beyond() {
        let of_epoch = |epoch: usize| {
            assert!(epoch <= COUNTED_EPOCHS, "{epoch}");
            1 + epoch % 2
        };
        let count = |epochs| updates_of(epochs, of_epoch);
        assert_eq!([0, 1, 2, 501].map(count), [0, 2, 3, 752]);
        assert_eq!(count(COUNTED_EPOCHS), 15_000);
        assert_eq!(count(3 * COUNTED_EPOCHS), 45_000);
        assert_eq!(count(usize::MAX), usize::MAX);
    }
}
