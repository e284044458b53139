//! The loop over epochs.

use crate::{
    MisaLearner, SentimentOutput, TrainError, Trainer, TrainingConfig,
    evaluate::{Evaluation, named_scores, values},
    frozen::Frozen,
    history::{EpochRecord, TermMeans},
    patience::{Patience, Verdict},
    progress::Progress,
};
use burn::{
    data::dataloader::DataLoader,
    prelude::*,
    train::{
        EventProcessorTraining, InferenceStep, Interrupter, Learner, LearnerEvent,
        SupervisedLearningStrategy, SupervisedTrainingEventProcessor, TrainLoader,
        TrainingComponents, TrainingError, TrainingItem, ValidLoader,
    },
};
use misa_data::{UtteranceBatch, UtteranceLoader};
use misa_kernels::Adam;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

type Events = SupervisedTrainingEventProcessor<MisaLearner>;

/// Burn's training loop with the official rules: everything random is a function of seed, epoch
/// and step, the task loss of the valid split chooses the model, and the best one is given back.
pub(crate) struct Fit {
    pub config: TrainingConfig,
    pub train: UtteranceLoader,
    pub valid: UtteranceLoader,
    pub progress: Progress,
    pub started: Instant,
    /// The frozen part of BERT, if there is one.
    pub frozen: Arc<Frozen>,
    /// What the loop found out; Burn's interface gives back the model alone.
    pub outcome: Arc<Mutex<Outcome>>,
}

/// What the loop found out.
#[derive(Default)]
pub(crate) struct Outcome {
    pub history: Vec<EpochRecord>,
    pub best_epoch: usize,
    pub stopped_early: bool,
    /// Why the loop ended before its time, if it did.
    pub error: Option<TrainError>,
}

/// What one epoch over one split needs.
struct Epoch<'a> {
    number: usize,
    events: &'a mut Events,
    interrupter: &'a Interrupter,
}

impl SupervisedLearningStrategy<MisaLearner> for Fit {
    /// The loaders given are those of [`Fit`], which keeps them to tell them the epoch.
    fn fit(
        &self,
        components: TrainingComponents<MisaLearner>,
        learner: Learner<MisaLearner>,
        _: TrainLoader<MisaLearner>,
        _: ValidLoader<MisaLearner>,
        starting_epoch: usize,
    ) -> (MisaLearner, Events) {
        let mut events = components.event_processor;
        let interrupter = components.interrupter;
        let mut patience = Patience::new(self.config.patience);
        // Kept before the first epoch, so that there is a model whatever happens.
        let mut best = learner.model();
        let decay = self.config.weight_decay;
        let mut trainer = Trainer::with_weight_decay(best.clone(), adam(&self.config), decay);
        // Updates are in place only where the trainer alone holds the weights.
        drop(learner);
        let mut outcome = Outcome::default();

        for number in starting_epoch..=components.num_epochs {
            let mut epoch = Epoch {
                number,
                events: &mut events,
                interrupter: &interrupter,
            };
            let record = match self.epoch(&mut trainer, &mut epoch) {
                Ok(Some(record)) => record,
                // Asked here because the live plots forget it when they close.
                Ok(None) => {
                    outcome.error = Some(interruption(&interrupter));
                    break;
                }
                Err(error) => {
                    outcome.error = Some(error);
                    break;
                }
            };
            let verdict = patience.judge(record.valid_task);
            let improved = verdict == Verdict::Improved;
            if improved {
                best = trainer.learner();
                outcome.best_epoch = number;
            }
            let record = EpochRecord { improved, ..record };
            self.progress.epoch(&record, components.num_epochs);
            outcome.history.push(record);
            if verdict == Verdict::Exhausted {
                outcome.stopped_early = true;
                break;
            }
        }
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        (best, events)
    }
}

impl Fit {
    /// Trains and validates once; `None` when the user stopped the run.
    fn epoch(
        &self,
        trainer: &mut Trainer,
        epoch: &mut Epoch<'_>,
    ) -> Result<Option<EpochRecord>, TrainError> {
        let train = self.train(trainer, epoch)?;
        if epoch.interrupter.should_stop() {
            return Ok(None);
        }
        let valid = self.validate(&trainer.learner().valid(), epoch)?;
        if epoch.interrupter.should_stop() {
            return Ok(None);
        }
        let value = valid.losses.task;
        if !value.is_finite() {
            let epoch = epoch.number;
            return Err(TrainError::NonFiniteValid { epoch, value });
        }
        let task = self.config.loss.task;
        Ok(Some(EpochRecord {
            epoch: epoch.number,
            train,
            valid_task: valid.losses.task,
            valid: named_scores(task, &valid.predictions, &valid.targets),
            improved: false,
            seconds: self.started.elapsed().as_secs_f64(),
        }))
    }

    fn train(&self, trainer: &mut Trainer, epoch: &mut Epoch<'_>) -> Result<TermMeans, TrainError> {
        let total = self.train.num_items();
        epoch.start(total, Events::process_train);
        self.train.set_epoch(epoch.number);
        let mut waiting = 0;
        let mut losses = Vec::new();
        let mut batches = self.train.iter();
        while let Some(mut batch) = batches.next().and_then(|batch| epoch.accept(batch)) {
            self.frozen.fill(&mut batch.input, true)?;
            let ids = batch.ids.clone();
            let output = trainer.learn(batch);
            let progress = batches.progress();
            losses.push(values(&output.loss));
            check(losses.len(), epoch.number, &losses, ids)?;

            waiting += 1;
            // The last group of an epoch may be smaller; it is not thrown away.
            if waiting == self.config.accumulation || progress.is_completed() {
                trainer.update_with(self.config.rates(trainer.updates() + 1));
                waiting = 0;
            }
            let item = TrainingItem::new(
                output,
                progress,
                Some(losses.len()),
                Some(self.config.learning_rate.into()),
            );
            epoch.send(LearnerEvent::ProcessedItem(item), Events::process_train);
            if epoch.interrupter.should_stop() {
                break;
            }
        }
        epoch.send(LearnerEvent::EndSplit(epoch.number), Events::process_train);
        Ok(TermMeans::of(&losses))
    }

    fn validate(
        &self,
        learner: &MisaLearner,
        epoch: &mut Epoch<'_>,
    ) -> Result<Evaluation, TrainError> {
        epoch.start(self.valid.num_items(), Events::process_valid);
        let mut evaluation = Evaluation::default();
        let mut losses = Vec::new();
        let mut batches = self.valid.iter();
        while let Some(mut batch) = batches.next().and_then(|batch| epoch.accept(batch)) {
            self.frozen.fill(&mut batch.input, false)?;
            let output = InferenceStep::step(learner, batch);
            losses.push(values(&output.loss));
            evaluation.add(&output, self.config.loss.task);
            let item = TrainingItem::new(output, batches.progress(), Some(losses.len()), None);
            epoch.send(LearnerEvent::ProcessedItem(item), Events::process_valid);
            if epoch.interrupter.should_stop() {
                break;
            }
        }
        epoch.send(LearnerEvent::EndSplit(epoch.number), Events::process_valid);
        epoch.send(LearnerEvent::EndEpoch(epoch.number), Events::process_train);
        evaluation.losses = TermMeans::of(&losses);
        Ok(evaluation)
    }
}

type Event = LearnerEvent<SentimentOutput>;
type Process = fn(&mut Events, Event) -> Result<(), burn::train::EventProcessorError>;

impl Epoch<'_> {
    fn start(&mut self, total_items: usize, process: Process) {
        let event = LearnerEvent::StartSplit {
            epoch_number: self.number,
            total_items,
        };
        self.send(event, process);
    }

    fn send(&mut self, event: Event, process: Process) {
        self.interrupter.fail_on_error(process(self.events, event));
    }

    /// The batch, or nothing after telling why.
    fn accept<E: Into<TrainingError>>(
        &self,
        batch: Result<UtteranceBatch, E>,
    ) -> Option<UtteranceBatch> {
        batch.map_err(|error| self.interrupter.fail(error)).ok()
    }
}

/// The optimiser's settings.
fn adam(config: &TrainingConfig) -> Adam {
    Adam {
        clip: Some(config.gradient_clip),
        ..Adam::default()
    }
}

/// Why the loop was told to stop.
fn interruption(interrupter: &Interrupter) -> TrainError {
    match interrupter.error() {
        Some(error) => TrainError::Training(error),
        None => TrainError::Interrupted {
            reason: (interrupter.get_message()).unwrap_or_else(|| "no reason given".to_string()),
        },
    }
}

/// Stops at a loss that is not a number, naming the batch.
fn check(
    step: usize,
    epoch: usize,
    losses: &[[f64; 6]],
    ids: Vec<String>,
) -> Result<(), TrainError> {
    let value = losses.last().map_or(0.0, |terms| terms[5]);
    match value.is_finite() {
        true => Ok(()),
        false => Err(TrainError::NonFiniteLoss {
            epoch,
            step,
            value,
            ids,
        }),
    }
}
