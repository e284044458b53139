//! One pass over the train split and one over the valid split.

use crate::{
    LearningRates, MisaLearner, SentimentOutput, TrainError, Trainer,
    fit::{Events, Loop},
    manifest::RunProgress,
};
use burn::{
    data::dataloader::{DataLoader, DataLoaderIterator, Progress},
    prelude::*,
    train::{EventProcessorTraining, Interrupter, LearnerEvent, TrainingError, TrainingItem},
};
use misa_data::UtteranceBatch;
use misa_infer::{Answer, Evaluation, ReadyBatch, TermMeans, evaluate_batches};
use std::iter;

type Event = LearnerEvent<SentimentOutput>;
type Process = fn(&mut Events, Event) -> Result<(), burn::train::EventProcessorError>;

/// One epoch of the loop.
pub(crate) struct Pass<'a, 'b> {
    pub run: &'a mut Loop<'b>,
    pub number: usize,
}

/// What was learned since the last step of the optimiser.
#[derive(Default)]
struct Waiting {
    losses: Vec<TermMeans>,
    /// Utterances of each batch.
    ids: Vec<Vec<String>>,
}

impl Waiting {
    /// Losses and utterances of the batch that was learned last.
    fn last(&self) -> (TermMeans, &[String]) {
        let place = self.losses.len() - 1;
        (self.losses[place], &self.ids[place])
    }
}

impl Pass<'_, '_> {
    /// Learns the batches of the epoch that are left.
    pub(crate) fn train(
        &mut self,
        trainer: &mut Trainer,
        progress: &mut RunProgress,
    ) -> Result<TermMeans, TrainError> {
        let fit = self.run.fit;
        let total = fit.train.num_items();
        self.start(total, Events::process_train);
        fit.train.set_epoch(self.number);
        let mut waiting = Waiting::default();
        let mut batches = fit.train.iter_from(progress.losses.len());
        loop {
            let room = fit.config.accumulation - waiting.losses.len();
            let group = self.group(&mut *batches, room.min(trainer.devices()), &mut waiting)?;
            if group.is_empty() || self.run.should_stop() {
                break;
            }
            // The plots take the terminal on a thread of their own, some time after the start.
            fit.progress.allow_interrupts();
            let rates = self.rates(trainer.updates() + 1, progress);
            let done = batches.progress();
            let outputs = trainer.learn_together(group)?;
            for output in outputs {
                waiting.losses.push(output.loss.to_host());
                let step = progress.losses.len() + waiting.losses.len();
                let (losses, ids) = waiting.last();
                check_losses(self.number, step, losses, ids)?;
                let (done, rate) = (done.clone(), Some(rates.model.into()));
                let item = TrainingItem::new(output, done, Some(step), rate);
                self.send(LearnerEvent::ProcessedItem(item), Events::process_train);
            }
            // The last group of an epoch may be smaller; it is not thrown away.
            let is_last = done.is_completed();
            if waiting.losses.len() == fit.config.accumulation || is_last {
                let step = progress.losses.len() + waiting.losses.len();
                self.update(trainer, rates, step, &waiting)?;
                progress.losses.append(&mut waiting.losses);
                waiting.ids.clear();
                self.save(trainer, progress, is_last)?;
            }
        }
        self.send(LearnerEvent::EndSplit(self.number), Events::process_train);
        match self.run.should_stop() {
            true => Err(self.run.stopped(trainer, progress)),
            false => Ok(TermMeans::mean(&progress.losses)),
        }
    }

    /// The next batches, at most `size`; none at the end of the epoch or after a file that cannot be read.
    fn group(
        &self,
        batches: &mut dyn DataLoaderIterator<UtteranceBatch>,
        size: usize,
        waiting: &mut Waiting,
    ) -> Result<Vec<ReadyBatch>, TrainError> {
        let mut group = Vec::with_capacity(size);
        while group.len() < size
            && let Some(batch) = batches
                .next()
                .and_then(|batch| accept(self.run.interrupter, batch))
        {
            waiting.ids.push(batch.ids.clone());
            group.push(self.run.fit.frozen.ready(batch, true)?);
        }
        Ok(group)
    }

    fn rates(&self, step: usize, progress: &RunProgress) -> LearningRates {
        let rates = (self.run.fit.config).rates(step, self.run.total_updates);
        let scale = progress.scale * progress.plateau.scale;
        LearningRates {
            model: rates.model * scale,
            bert: rates.bert * scale,
        }
    }

    fn update(
        &self,
        trainer: &mut Trainer,
        rates: LearningRates,
        step: usize,
        waiting: &Waiting,
    ) -> Result<(), TrainError> {
        let updated = trainer.update(rates);
        let updated = updated.map_err(|source| TrainError::NonFiniteGradient {
            epoch: self.number,
            step,
            source,
            ids: waiting.ids.concat(),
        });
        updated.map(drop)
    }

    /// A state between epochs; the end of the train split is followed by one anyway.
    fn save(
        &self,
        trainer: &mut Trainer,
        progress: &RunProgress,
        is_last: bool,
    ) -> Result<(), TrainError> {
        let every = self.run.fit.save_every;
        let is_due = every.is_some_and(|every| trainer.updates().is_multiple_of(every));
        match is_due && !is_last {
            true => self.run.commit(trainer, None, progress),
            false => Ok(()),
        }
    }

    /// Predicts the valid split with the model as it is now.
    pub(crate) fn validate(
        &mut self,
        trainer: &mut Trainer,
        progress: &RunProgress,
    ) -> Result<Evaluation, TrainError> {
        let fit = self.run.fit;
        let learner = trainer.learner().valid();
        let total = fit.valid.num_items();
        self.start(total, Events::process_valid);
        let evaluation = self.evaluate(&learner, total)?;
        self.send(LearnerEvent::EndSplit(self.number), Events::process_valid);
        self.send(LearnerEvent::EndEpoch(self.number), Events::process_train);
        match self.run.should_stop() {
            true => Err(self.run.stopped(trainer, progress)),
            false => Ok(evaluation),
        }
    }

    /// Predicts the valid split, or its first batches when the run is to stop.
    fn evaluate(&mut self, learner: &MisaLearner, total: usize) -> Result<Evaluation, TrainError> {
        let (fit, number, interrupter) = (self.run.fit, self.number, self.run.interrupter);
        let events = &mut *self.run.events;
        let mut loaded = fit.valid.iter();
        let batches = iter::from_fn(|| {
            let batch = accept(interrupter, loaded.next()?)?;
            let goes_on = !fit.stop.is_requested() && !interrupter.should_stop();
            goes_on.then(|| fit.frozen.ready(batch, false))
        });
        let (mut step, mut done) = (0, 0);
        evaluate_batches(batches, fit.config.loss.task, |batch| {
            let output = learner.score(batch);
            let losses = output.loss.to_host();
            step += 1;
            done += batch.batch();
            check_losses(number, step, losses, batch.ids())
                .map_err(|error| TrainError::Valid(Box::new(error)))?;
            let answer = Answer {
                predictions: output.predictions.clone(),
                losses: Some(losses),
            };
            let progress = Progress::new(done, total, Some("utterances".to_string()));
            let item = TrainingItem::new(output, progress, Some(step), None);
            let sent = events.process_valid(LearnerEvent::ProcessedItem(item));
            interrupter.fail_on_error(sent);
            Ok(answer)
        })
    }

    fn start(&mut self, total_items: usize, process: Process) {
        let event = LearnerEvent::StartSplit {
            epoch_number: self.number,
            total_items,
        };
        self.send(event, process);
    }

    fn send(&mut self, event: Event, process: Process) {
        let sent = process(self.run.events, event);
        self.run.interrupter.fail_on_error(sent);
    }
}

/// The batch, or nothing after telling why.
fn accept<E: Into<TrainingError>>(
    interrupter: &Interrupter,
    batch: Result<UtteranceBatch, E>,
) -> Option<UtteranceBatch> {
    batch.map_err(|error| interrupter.fail(error)).ok()
}

/// Stops at a loss that is not a number, naming term and batch.
fn check_losses(
    epoch: usize,
    step: usize,
    losses: TermMeans,
    ids: &[String],
) -> Result<(), TrainError> {
    match losses.named().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some((term, &value)) => Err(TrainError::NonFiniteLoss {
            epoch,
            step,
            term,
            value,
            ids: ids.to_vec(),
        }),
    }
}
