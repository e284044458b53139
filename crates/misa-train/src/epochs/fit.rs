//! The loop over epochs.

use crate::{
    MisaLearner, Phase, Stop, TrainError, Trainer, TrainingConfig, Updates,
    epoch::Pass,
    folder::{Resumed, RunFolder},
    frozen::Frozen,
    history::EpochRecord,
    manifest::RunProgress,
    patience::Verdict,
    progress::Progress,
    state::Snapshot,
};
use burn::{
    data::dataloader::DataLoader,
    prelude::Device,
    train::{
        Interrupter, Learner, SupervisedLearningStrategy, SupervisedTrainingEventProcessor,
        TrainLoader, TrainingComponents, ValidLoader,
    },
};
use misa_core::loss::Term;
use misa_data::UtteranceLoader;
use misa_kernels::Adam;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

pub(crate) type Events = SupervisedTrainingEventProcessor<MisaLearner>;
/// What a trial that ended leaves of the learning rate.
///
/// - Source: official code.
const TRIAL_FACTOR: f64 = 0.5;

/// Burn's training loop with the official rules: everything random is a function of seed, epoch
/// and step, the task loss of the valid split chooses the model, and the best one is given back.
pub(crate) struct Fit {
    pub config: TrainingConfig,
    pub train: UtteranceLoader,
    pub valid: UtteranceLoader,
    pub progress: Progress,
    /// The frozen part of BERT, if there is one.
    pub frozen: Arc<Frozen>,
    /// Where states go.
    pub folder: Arc<Mutex<RunFolder>>,
    /// Devices that read batches beside the first.
    pub devices: Vec<Device>,
    /// What to go on from; taken away by the loop.
    pub resumed: Mutex<Option<Resumed>>,
    pub stop: Stop,
    /// Optimiser steps between two states, besides those at the end of epochs.
    pub save_every: Option<usize>,
    /// What the loop found out; Burn's interface gives back the model alone.
    pub outcome: Arc<Mutex<Outcome>>,
}

/// What the loop found out.
#[derive(Default)]
pub(crate) struct Outcome {
    pub progress: Option<RunProgress>,
    /// Why the loop ended before its time, if it did.
    pub error: Option<TrainError>,
}

impl SupervisedLearningStrategy<MisaLearner> for Fit {
    /// The loaders given are [`crate::no_batches::NoBatches`]: those of [`Fit`] are told the epoch.
    fn fit(
        &self,
        components: TrainingComponents<MisaLearner>,
        learner: Learner<MisaLearner>,
        _: TrainLoader<MisaLearner>,
        _: ValidLoader<MisaLearner>,
        _: usize,
    ) -> (MisaLearner, Events) {
        let mut events = components.event_processor;
        let model = learner.model();
        let trainer = Trainer::new(model.clone(), updates(&self.config));
        let mut trainer = trainer.with_devices(&self.devices);
        // Updates are in place only where the trainer alone holds the weights.
        drop(learner);
        let mut run = Loop {
            fit: self,
            events: &mut events,
            interrupter: &components.interrupter,
            started: Instant::now(),
            before: 0.0,
            total_updates: self.total_updates(),
        };
        let mut outcome = Outcome::default();
        let best = match run.epochs(&mut trainer) {
            Ok((best, progress)) => {
                outcome.progress = Some(progress);
                best
            }
            Err(error) => {
                outcome.error = Some(error);
                model
            }
        };
        *lock(&self.outcome) = outcome;
        (best, events)
    }
}

impl Fit {
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

/// One call of the loop.
pub(crate) struct Loop<'a> {
    pub fit: &'a Fit,
    pub events: &'a mut Events,
    pub interrupter: &'a Interrupter,
    started: Instant,
    /// Seconds of earlier sessions.
    before: f64,
    /// Optimiser steps of a whole run, if patience does not run out.
    pub total_updates: usize,
}

impl Loop<'_> {
    /// Runs the epochs that are left; gives the best model.
    fn epochs(&mut self, trainer: &mut Trainer) -> Result<(MisaLearner, RunProgress), TrainError> {
        let config = &self.fit.config;
        let (mut progress, mut best) = self.take_up(trainer)?;
        self.before = progress.seconds;
        while !progress.is_done {
            let phase = config.phase(progress.epoch);
            trainer.set_phase(phase);
            let record = self.epoch(trainer, &mut progress)?;
            if phase != Phase::Joint {
                progress.seconds = self.seconds();
                self.end_pretraining_epoch(trainer, &mut progress, record)?;
                continue;
            }
            let verdict = progress.patience.judge(record.valid_terms[Term::Task]);
            let improved = verdict == Verdict::Improved;
            if improved {
                best = Some(self.keep(trainer));
                progress.best_epoch = progress.epoch;
            }
            progress.plateau.judge(config.schedule, improved);
            progress.seconds = self.seconds();
            let record = EpochRecord {
                improved,
                seconds: progress.seconds,
                ..record
            };
            self.fit.progress.epoch(&record, config.total_epochs());
            progress.history.push(record);
            match (verdict, &best) {
                (Verdict::Retry, Some(best)) => {
                    let updates = trainer.updates();
                    self.restore(trainer, best, updates)?;
                    progress.scale *= TRIAL_FACTOR;
                }
                (Verdict::Exhausted, _) => progress.stopped_early = true,
                _ => {}
            }
            progress.is_done = progress.stopped_early || progress.epoch >= config.total_epochs();
            progress.epoch += 1;
            progress.losses.clear();
            self.commit(trainer, best.as_ref().filter(|_| improved), &progress)?;
        }
        if let Some(best) = &best {
            let updates = trainer.updates();
            self.restore(trainer, best, updates)?;
        }
        trainer.set_phase(Phase::Joint);
        Ok((trainer.learner(), progress))
    }

    /// Nothing is chosen before the objective is learned: the last state counts.
    fn end_pretraining_epoch(
        &self,
        trainer: &mut Trainer,
        progress: &mut RunProgress,
        record: EpochRecord,
    ) -> Result<(), TrainError> {
        let total = self.fit.config.total_epochs();
        let record = EpochRecord {
            seconds: progress.seconds,
            ..record
        };
        self.fit.progress.epoch(&record, total);
        progress.history.push(record);
        progress.is_done = progress.epoch >= total;
        progress.epoch += 1;
        progress.losses.clear();
        self.commit(trainer, None, progress)
    }

    /// Where the run stands, and its best model so far.
    fn take_up(
        &self,
        trainer: &mut Trainer,
    ) -> Result<(RunProgress, Option<Snapshot>), TrainError> {
        let progress = lock(&self.fit.folder).manifest.progress.clone();
        let resumed = lock(&self.fit.resumed).take();
        let Some(Resumed {
            state,
            updates,
            best,
        }) = resumed
        else {
            return Ok((progress, None));
        };
        self.restore(trainer, &state, updates)?;
        self.fit.progress.resumed(&progress);
        Ok((progress, best))
    }

    fn restore(
        &self,
        trainer: &mut Trainer,
        state: &Snapshot,
        updates: usize,
    ) -> Result<(), TrainError> {
        let restored = trainer.restore(state, updates);
        restored.map_err(|source| TrainError::Misfit {
            path: lock(&self.fit.folder).path().to_path_buf(),
            source,
        })
    }

    /// A copy of the model as it is now; with its optimiser where a trial may go back to both.
    fn keep(&self, trainer: &mut Trainer) -> Snapshot {
        let state = trainer.state();
        match self.fit.config.trials {
            1 => state.weights().snapshot(),
            _ => state.snapshot(),
        }
    }

    pub(crate) fn commit(
        &self,
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
        lock(&self.fit.folder).commit(&state, updates, best, &progress)
    }

    /// Seconds of the run so far, in all sessions.
    fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// Trains and validates once.
    fn epoch(
        &mut self,
        trainer: &mut Trainer,
        progress: &mut RunProgress,
    ) -> Result<EpochRecord, TrainError> {
        let number = progress.epoch;
        let mut pass = Pass { run: self, number };
        let train = pass.train(trainer, progress)?;
        let valid = pass.validate(trainer, progress)?;
        let phase = self.fit.config.phase(number);
        let weights = match phase {
            Phase::Masked | Phase::Unimodal => None,
            Phase::Joint => trainer.parts().0.objective.learned_weights(),
        };
        let weights = weights.into_iter().flatten();
        Ok(EpochRecord {
            epoch: number,
            phase,
            train,
            valid_terms: valid.losses,
            weights: weights
                .map(|(term, factor)| (term.to_string(), factor.into()))
                .collect(),
            valid: match phase {
                Phase::Masked => Vec::new(),
                Phase::Unimodal | Phase::Joint => valid.named_scores(self.fit.config.loss.task),
            },
            improved: false,
            seconds: 0.0,
        })
    }

    /// Whether somebody asked to stop, here or in the live plots.
    pub(crate) fn should_stop(&self) -> bool {
        self.fit.stop.is_requested() || self.interrupter.should_stop()
    }

    /// Keeps what was learned and says why there is no more.
    pub(crate) fn stopped(&self, trainer: &mut Trainer, progress: &RunProgress) -> TrainError {
        if let Some(error) = self.interrupter.error() {
            return TrainError::Training(error);
        }
        match self.commit(trainer, None, progress) {
            Ok(()) => TrainError::Stopped {
                path: lock(&self.fit.folder).path().to_path_buf(),
                updates: trainer.updates(),
            },
            Err(error) => error,
        }
    }
}

/// How the optimiser updates weights.
fn updates(config: &TrainingConfig) -> Updates {
    let clip = config.gradient_clip;
    Updates {
        adam: Adam {
            clip: clip.value(),
            ..Adam::default()
        },
        max_norm: clip.norm(),
        weight_decay: config.weight_decay,
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
