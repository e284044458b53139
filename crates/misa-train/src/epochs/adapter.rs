//! Runs the loop over epochs as the strategy of Burn's learner.
//!
//! Everything that Burn's interface requires but the loop does not need is here: a learner with an
//! optimiser, two loaders, and a strategy that returns only a model. What a run shows and records is
//! our own: Burn's live plots change the mode of the terminal, and do not restore it when the process
//! is ended.

use crate::epochs::fit::{Fitted, fit_and_show};
use crate::epochs::fit_state::FitInput;
use crate::epochs::quiet::Quiet;
use crate::run::folder::RunFolder;
use crate::{MisaLearner, SentimentOutput, TrainError};
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::optim::AdamConfig;
use burn::prelude::*;
use burn::train::{
    AsyncProcessorTraining, InferenceStep, Learner, LearnerEvent, SupervisedLearningStrategy,
    SupervisedTraining, TrainLoader, TrainOutput, TrainStep, TrainingComponents, TrainingStrategy,
    ValidLoader,
};
use misa_infer::ReadyBatch;
use std::cell::Cell;
use std::iter::Empty;
use std::sync::Arc;

const CALLED_ONCE: &str = "Burn calls its strategy once";

/// Calls [`fit_and_show`] within Burn's training; returns the folder and the result.
pub(crate) fn fit_with_burn(
    learner: MisaLearner,
    input: FitInput,
    folder: RunFolder,
) -> (RunFolder, Fitted) {
    let (epochs, rate) = (input.config.total_epochs(), input.config.learning_rate);
    let training = SupervisedTraining::new(folder.path(), Arc::new(NoBatches), Arc::new(NoBatches))
        .with_metric_logger(Quiet)
        .with_application_logger(None)
        .renderer(Box::new(Quiet))
        .num_epochs(epochs);
    let observed = Observed {
        learner: Some(learner),
    };
    // Burn's learner requires an optimiser, but the one in `Trainer` is used.
    let learner = Learner::new(observed, AdamConfig::new().init(), rate);
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "Burn's interface wants an `Arc`; the strategy stays on this thread"
    )]
    let strategy = Arc::new(Strategy {
        given: Cell::new(Some((input, folder))),
        result: Cell::new(None),
    });
    let launched = training
        .with_training_strategy(TrainingStrategy::Custom(strategy.clone()))
        .launch(learner);
    let (folder, fitted) = strategy.result.take().expect(CALLED_ONCE);
    let fitted = fitted.and_then(|fitted| match launched.error {
        Some(error) => Err(TrainError::Training(Box::new(error))),
        None => Ok(fitted),
    });
    (folder, fitted)
}

/// The learner in the form that Burn requires.
#[derive(Module, Debug)]
struct Observed {
    /// `None` after the loop has taken it.
    learner: Option<MisaLearner>,
}

impl Observed {
    fn learner(&self) -> &MisaLearner {
        self.learner.as_ref().expect("the loop has the learner")
    }
}

impl TrainStep for Observed {
    type Input = ReadyBatch;
    type Output = SentimentOutput;

    fn step(&self, batch: ReadyBatch) -> TrainOutput<SentimentOutput> {
        TrainStep::step(self.learner(), batch)
    }
}

impl InferenceStep for Observed {
    type Input = ReadyBatch;
    type Output = SentimentOutput;

    fn step(&self, batch: ReadyBatch) -> SentimentOutput {
        InferenceStep::step(self.learner(), batch)
    }
}

type Event = LearnerEvent<SentimentOutput>;

/// Our loop instead of Burn's. Burn shares a strategy and accepts only a model as its result, so the
/// input and the result of the loop are passed through cells.
struct Strategy {
    given: Cell<Option<(FitInput, RunFolder)>>,
    result: Cell<Option<(RunFolder, Fitted)>>,
}

impl SupervisedLearningStrategy<Observed> for Strategy {
    fn fit(
        &self,
        components: TrainingComponents<Observed>,
        burn_learner: Learner<Observed>,
        _: TrainLoader<Observed>,
        _: ValidLoader<Observed>,
        _: usize,
    ) -> (Observed, AsyncProcessorTraining<Event, Event>) {
        let (input, folder) = self.given.take().expect(CALLED_ONCE);
        let learner = burn_learner.model().learner.expect(CALLED_ONCE);
        // Weights are updated in place only if the trainer holds the only copy.
        drop(burn_learner);
        self.result.set(Some(fit_and_show(learner, &input, folder)));
        (Observed { learner: None }, components.event_processor)
    }
}

/// The loaders that Burn requires. The loop uses those of [`FitInput`], which start at a given epoch
/// and batch.
#[derive(Clone, Debug)]
struct NoBatches;

impl DataLoader<ReadyBatch> for NoBatches {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ReadyBatch> + 'a> {
        Box::new(Nothing(std::iter::empty()))
    }

    fn num_items(&self) -> usize {
        0
    }

    fn to_device(&self, _: &Device) -> Arc<dyn DataLoader<ReadyBatch>> {
        Arc::new(Self)
    }

    fn slice(&self, _: usize, _: usize) -> Arc<dyn DataLoader<ReadyBatch>> {
        Arc::new(Self)
    }
}

struct Nothing(Empty<Result<ReadyBatch, DatasetError>>);

impl Iterator for Nothing {
    type Item = Result<ReadyBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl DataLoaderIterator<ReadyBatch> for Nothing {
    fn progress(&self) -> Progress {
        Progress::new(0, 0, None)
    }
}
