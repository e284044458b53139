//! One pass over the train split and one over the valid split.

use crate::epochs::evaluate::accept;
use crate::epochs::fit_state::FitState;
use crate::run::manifest::RunProgress;
use crate::{LearningRates, MisaLearner, Phase, TrainError, Trainer};
use burn::data::dataloader::{DataLoader, DataLoaderIterator};
use burn::prelude::*;
use misa_core::PerModality;
use misa_core::loss::Term;
use misa_data::UtteranceBatch;
use misa_infer::{Answer, Evaluation, ReadyBatch, TermMeans, evaluate_batches};
use std::cell::RefCell;
use std::iter;

/// One epoch of the loop.
pub(crate) struct Pass<'a, 'b> {
    pub state: &'a mut FitState<'b>,
    pub number: usize,
}

/// The batches since the last step of the optimiser.
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
    /// Trains on the remaining batches of the epoch.
    pub(crate) fn train(
        &mut self,
        trainer: &mut Trainer,
        progress: &mut RunProgress,
    ) -> Result<TermMeans, TrainError> {
        let input = self.state.input;
        input.train.set_epoch(self.number);
        let mut waiting = Waiting::default();
        let mut batches = input.train.iter_from(progress.losses.len());
        loop {
            let room = input.config.accumulation - waiting.losses.len();
            let group = self.group(&mut *batches, room.min(trainer.devices()), &mut waiting)?;
            if group.is_empty() || self.state.should_stop() {
                break;
            }
            let rates = self.state.rates(trainer.updates() + 1, progress);
            let done = batches.progress();
            let outputs = trainer.learn_together(group)?;
            for output in outputs {
                waiting.losses.push(output.loss.to_host());
                let step = progress.losses.len() + waiting.losses.len();
                let (losses, ids) = waiting.last();
                check_losses(self.number, step, losses, ids)?;
                let (loss, seconds) = (losses[Term::Task], self.state.seconds());
                let observer = &mut self.state.observer;
                observer.trained(self.number, done.items_processed, loss, seconds);
            }
            // The last group of an epoch may be smaller; it is used, too.
            let is_last = done.is_completed();
            if waiting.losses.len() == input.config.accumulation || is_last {
                let step = progress.losses.len() + waiting.losses.len();
                self.update(trainer, rates, step, &waiting)?;
                progress.losses.append(&mut waiting.losses);
                waiting.ids.clear();
                let step = trainer.updates();
                self.state.record_step(step, rates.model, progress)?;
                self.save(trainer, progress, is_last)?;
            }
        }
        if self.state.should_stop() {
            Err(self.state.stopped(trainer, progress))
        } else {
            Ok(TermMeans::mean(&progress.losses))
        }
    }

    /// The next batches, at most `size`; none at the end of the epoch.
    fn group(
        &self,
        batches: &mut dyn DataLoaderIterator<UtteranceBatch>,
        size: usize,
        waiting: &mut Waiting,
    ) -> Result<Vec<ReadyBatch>, TrainError> {
        let mut group = Vec::with_capacity(size);
        while group.len() < size
            && let Some(batch) = batches.next()
        {
            let batch = accept(batch)?;
            waiting.ids.push(batch.ids.clone());
            group.push(self.ready_to_learn(batch)?);
        }
        Ok(group)
    }

    /// The batch as the model reads it in training; frames go missing only in the phase of the objective.
    fn ready_to_learn(&self, batch: UtteranceBatch) -> Result<ReadyBatch, TrainError> {
        let input = self.state.input;
        match &input.frames {
            Some(frames) if input.config.phase(self.number) == Phase::Joint => {
                let (batch, is_whole) = frames.drop_frames(batch);
                input.frozen.ready_to_learn(batch, |row| is_whole[row])
            }
            _ => input.frozen.ready_to_learn(batch, |_| true),
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

    /// Saves a state within an epoch, if one is due; at the end of an epoch, the loop saves one.
    fn save(
        &mut self,
        trainer: &mut Trainer,
        progress: &RunProgress,
        is_last: bool,
    ) -> Result<(), TrainError> {
        let every = self.state.input.save_every;
        let is_due = every.is_some_and(|every| trainer.updates().is_multiple_of(every));
        if is_due && !is_last {
            self.state.commit(trainer, None, progress)?;
        }
        Ok(())
    }

    /// Predicts the valid split with the current model.
    pub(crate) fn validate(
        &mut self,
        trainer: &mut Trainer,
        progress: &RunProgress,
    ) -> Result<Evaluation, TrainError> {
        let learner = trainer.learner().valid();
        let evaluation = self.evaluate(&learner)?;
        if self.state.should_stop() {
            Err(self.state.stopped(trainer, progress))
        } else {
            Ok(evaluation)
        }
    }

    /// Predicts the valid split, or its first batches when the run is to stop.
    fn evaluate(&mut self, learner: &MisaLearner) -> Result<Evaluation, TrainError> {
        let (state, number) = (RefCell::new(&mut *self.state), self.number);
        let input = state.borrow().input;
        let mut loaded = input.valid.iter();
        let batches = iter::from_fn(|| {
            let batch = loaded.next()?;
            let goes_on = !state.borrow().should_stop();
            goes_on.then(|| input.frozen.ready(accept(batch)?))
        });
        let (mut step, mut done) = (0, 0);
        let evaluation = evaluate_batches(batches, input.config.loss.task, |batch| {
            let output = learner.score(batch);
            let losses = output.loss.to_host();
            step += 1;
            done += batch.batch();
            check_losses(number, step, losses, batch.ids())
                .map_err(|error| TrainError::Valid(Box::new(error)))?;
            let seconds = state.borrow().seconds();
            let observer = &mut state.borrow_mut().observer;
            observer.validated(number, done, seconds);
            Ok(Answer {
                predictions: output.predictions,
                losses: Some(losses),
                unimodal: PerModality::default(),
            })
        });
        evaluation.map(|mut evaluation| {
            evaluation.scale = input.scale;
            evaluation
        })
    }
}

/// An error if a loss is NaN or infinite, with the term and the batch.
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
